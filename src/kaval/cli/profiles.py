"""Profiles of free layouts: proposed from a file with the evidence, confirmed by an officer, kept by version."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kaval.engine.formats import profile as profiles
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.profile import Profile, Suggestion, TimeRule
from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.engine.kernel.instant import ist_text
from kaval.gateways.postgres import default_home

app = typer.Typer(
    no_args_is_help=True,
    help="Profiles of free layouts: which column means what, in what order the date stands, in which zone.",
    epilog="Examples: `kaval profile suggest list.xlsx --out list.json` · "
    "`kaval profile confirm list.json --name bureau-list --by HQ-007 --answer zone=+05:30,agreed` · "
    "`kaval profile list`",
)
_FILE_NAME = re.compile(r"([A-Za-z0-9_-]+)@([1-9][0-9]{0,5})\.json")
_MAX_BYTES = 16 * 1024 * 1024

HomeOption = Annotated[
    Path | None, typer.Option(help="The station's home; else KAVAL_HOME or its usual place.")
]


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A file where it lies, so that a table of gigabytes is never held in memory."""

    path: Path

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def open(self) -> BinaryIO:
        """A seekable stream."""
        return self.path.open("rb")


def profiles_of(home: Path) -> tuple[Profile, ...]:
    """The confirmed profiles of a home, by name and version; none when it has none.

    Raises:
        ReaderError: a file there is no profile, or names itself otherwise than its content does.
    """
    folder = home / "profiles"
    found = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        profile = profile_at(path)
        if f"{profile.label}.json" != path.name or not _FILE_NAME.fullmatch(path.name):
            raise ReaderError(
                f"holds {profile.label}", file=str(path), mend="Give the file back its name; do not edit it"
            )
        found.append(profile)
    return tuple(sorted(found, key=lambda profile: (profile.name, profile.version)))


def profile_at(path: Path) -> Profile:
    """The profile in a file.

    Raises:
        ReaderError: there is no such file, or it is no profile.
    """
    return profiles.from_json(_loaded(path), file=str(path))


@app.command()
def suggest(
    file: Annotated[Path, typer.Argument(help="A CSV, XLSX, JSON or XML file as received.")],
    *,
    kind: Annotated[str | None, typer.Option(help=f"One of {', '.join(profiles.KINDS)}.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the proposal as JSON.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the proposal here, for `confirm`.")] = None,
) -> None:
    """Proposes what the columns of a file mean, with the evidence for each, and asks what the file leaves open.

    Example: kaval profile suggest leads.xlsx --out leads.json
    """
    if not file.is_file():
        raise ReaderError("no such file", file=str(file), mend="Check the path")
    suggestion = profiles.suggest(ReceivedFile(str(file), OnDisk(file)), kind=kind)
    text = _text(profiles.suggestion_to_json(suggestion))
    if out is not None:
        out.write_text(text, encoding="utf-8")
    if as_json:
        typer.echo(text, nl=False)
        return
    _show_suggestion(suggestion, Console())
    if out is not None:
        answers = "".join(f" --answer {question.key}=…" for question in suggestion.questions)
        typer.echo(f"\nNext: kaval profile confirm {out} --name NAME --by OFFICER{answers}")


@app.command()
def confirm(
    file: Annotated[Path, typer.Argument(help="A proposal written by `kaval profile suggest --out`.")],
    *,
    name: Annotated[str, typer.Option(help="The profile's name: letters, digits, - and _.")],
    by: Annotated[str, typer.Option(help="The officer who has compared it with the file.")],
    answer: Annotated[
        list[str] | None, typer.Option(help="zone=+05:30, zone=+05:30,agreed, order=dmy, fixed.platform=…")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Confirms a proposal as the next version of a profile; refused while a question is open.

    Example: kaval profile confirm leads.json --name watch-g --by HQ-007 --answer zone=+05:30 --answer order=dmy
    """
    where = home or default_home()
    suggestion = profiles.suggestion_from_json(_loaded(file), file=str(file))
    suggestion = profiles.answered(suggestion, _answers(answer or []))
    version = max((found.version for found in profiles_of(where) if found.name == name), default=0) + 1
    profile = profiles.confirmed(suggestion, name=name, version=version, by=by, at=datetime.now(UTC))
    path = _write(where / "profiles", profile)
    typer.echo(f"{profile.label} confirmed by {profile.confirmed_by}: {path}")


@app.command("list")
def list_(home: HomeOption = None) -> None:
    """Lists the confirmed profiles.

    Example: kaval profile list
    """
    found = profiles_of(home or default_home())
    if not found:
        typer.echo("no profile is confirmed here; begin with: kaval profile suggest FILE")
        return
    table = Table("profile", "kind", "layout", "columns", "confirmed")
    for profile in found:
        when = ist_text(profile.confirmed_at) if profile.confirmed_at else ""
        table.add_row(
            escape(profile.label), profile.kind, profile.layout.kind, str(len(profile.fingerprint)),
            escape(f"{profile.confirmed_by} {when}"),
        )  # fmt: skip
    Console().print(table)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="`name`, for its newest version, or `name@version`.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the profile as JSON.")] = False,
    home: HomeOption = None,
) -> None:
    """Shows a profile.

    Example: kaval profile show watch-g@2
    """
    found = [item for item in profiles_of(home or default_home()) if name in (item.label, item.name)]
    if not found:
        raise RefusedError("profile_unknown", f"no profile {name!r} here; see: kaval profile list")
    profile = found[-1]
    if as_json:
        typer.echo(_text(profiles.to_json(profile)), nl=False)
    else:
        _show_profile(profile, Console(), {})
        when = ist_text(profile.confirmed_at) if profile.confirmed_at else "an unknown time"
        typer.echo(f"{profile.label}, confirmed by {profile.confirmed_by} at {when}")


def _answers(given: list[str]) -> dict[str, str]:
    answers = {}
    for item in given:
        key, sign, value = item.partition("=")
        if not sign or not key or not value:
            raise RefusedError("profile_answer", f"{item!r}: an answer is key=value, for example zone=+05:30")
        if key in answers:
            raise RefusedError("profile_answer", f"{key!r} is answered twice")
        answers[key] = value
    return answers


def _loaded(path: Path) -> Any:
    if not path.is_file():
        raise ReaderError("no such file", file=str(path), mend="Check the path")
    if path.stat().st_size > _MAX_BYTES:
        raise ReaderError("larger than any profile", file=str(path))
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as problem:
        raise ReaderError(
            f"not JSON ({problem})", file=str(path), mend="Make it again with: kaval profile suggest"
        ) from problem


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _write(folder: Path, profile: Profile) -> Path:
    """Written beside and linked into place: whole or not at all, and never over another."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{profile.label}.json"
    fresh = folder / f".{profile.label}.{os.getpid()}.new"
    try:
        with fresh.open("w", encoding="utf-8") as out:
            out.write(_text(profiles.to_json(profile)))
            out.flush()
            os.fsync(out.fileno())
        os.link(fresh, path)
    except FileExistsError as taken:
        raise RefusedError("profile_taken", f"{profile.label} is there already; confirm again") from taken
    finally:
        fresh.unlink(missing_ok=True)
    return path


def _show_suggestion(suggestion: Suggestion, console: Console) -> None:
    profile = suggestion.profile
    evidence = {
        name: [_line(item.text, item.place) for item in items] for name, items in suggestion.evidence.items()
    }
    for line in evidence.get("layout", ()):
        console.print(escape(line))
    asked = frozenset(question.key for question in suggestion.questions)
    _show_profile(profile, console, evidence, asked=asked)
    used = {*profile.columns.values(), *(name for rule in profile.times.values() for name in rule.columns)}
    rest = [name for name in suggestion.header if name not in used]
    if rest:
        shown = ", ".join(rest[:40]) + (f" and {len(rest) - 40} more" if len(rest) > 40 else "")
        console.print(escape(f"Kept under their own names: {shown}"))
    if not suggestion.questions:
        console.print("No question is open.")
        return
    console.print(f"\n[bold]{len(suggestion.questions)} to be answered before it can be confirmed[/bold]")
    for question in suggestion.questions:
        console.print(escape(f"- {question.key}: {question.text}"))
        for value, meaning in question.options:
            console.print(escape(f"    {value}" + (f"  ({meaning})" if meaning else "")))


def _line(text: str, place: str) -> str:
    return f"{text} ({place})" if place and place not in text and place != "header" else text


def _show_profile(
    profile: Profile, console: Console, evidence: dict[str, list[str]], *, asked: frozenset[str] = frozenset()
) -> None:
    table = Table("field", "column", "evidence" if evidence else "rule", title=f"kind: {profile.kind}")
    for field in sorted({*profile.columns, *profile.times, *profile.fixed}):
        column, rule = profile.columns.get(field, ""), profile.times.get(field)
        said = list(evidence.get(field, ()))
        if rule is not None:
            column = " + ".join(rule.columns)
            zone = _zone(rule) if f"zone.{field}" not in asked else "zone OPEN"
            said.insert(0, f"order {rule.order or 'OPEN'}, {rule.clock.value}, {zone}")
        elif field in profile.fixed:
            column = f"= {profile.fixed[field]}"
        table.add_row(escape(field), escape(column), escape("\n".join(said)))
    console.print(table)


def _zone(rule: TimeRule) -> str:
    if rule.zone_minutes is None:
        return "own offset"
    return f"{_offset(rule.zone_minutes)} ({rule.zone_source})"


def _offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
