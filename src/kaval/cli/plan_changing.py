"""`kaval plan change` and `kaval plan compare`: late changes answered with few people moved, and plans side by side."""

from __future__ import annotations

import csv
import io
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from kaval.cli.plan_checking import file_bytes, folder_files
from kaval.cli.planning.exporting import write_whole
from kaval.cli.planning.verb import CANNOT
from kaval.engine.formats.planning import plan_bytes, read_plan, read_problem, write_plan
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.planning.changes import (
    SLACK_MINUTES,
    Event,
    OfficerIn,
    OfficerOut,
    SiteChanged,
    SiteIn,
    SiteOut,
    TeamOut,
)
from kaval.engine.rules.planning.difference import Difference, PlanRow, difference
from kaval.engine.rules.planning.difference import compare as compared
from kaval.engine.rules.planning.problem import Plan, Problem

_KEYS = {"places.csv": "place_id", "officers.csv": "officer_id"}
_SHOWN = 40

Ids = list[str] | None


def change(
    plan: Annotated[Path, typer.Argument(help="The plan: the output of kaval plan --json.")],
    *,
    operation_dir: Annotated[Path, typer.Option(help="The folder of the operation it was made from.")],
    officer_out: Annotated[
        Ids, typer.Option(help="An officer who cannot serve; may come several times.")
    ] = None,
    team_out: Annotated[Ids, typer.Option(help="A team that drops out with all its officers.")] = None,
    site_out: Annotated[Ids, typer.Option(help="A place that is withdrawn.")] = None,
    officer_in: Annotated[
        Path | None, typer.Option(help="CSV like officers.csv: officers who come, or whose entry changed.")
    ] = None,
    places: Annotated[
        list[Path] | None,
        typer.Option(
            "--site-in",
            "--place-changed",
            help="CSV like places.csv: new places; or place_id and only the columns that changed.",
        ),
    ] = None,
    links: Annotated[Path | None, typer.Option(help="CSV like links.csv: links found since.")] = None,
    fixed: Annotated[
        Ids, typer.Option(help="A place done or under way; what is before it stays too.")
    ] = None,
    slack: Annotated[
        int, typer.Option(min=0, help="Minutes the day may become longer so that fewer people move.")
    ] = SLACK_MINUTES,
    reason: Annotated[str, typer.Option(help="Why; kept with the plan.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the new plan to this file.")] = None,
    operation_out: Annotated[
        Path | None, typer.Option(help="Write the folder as it stands after the changes, for the next one.")
    ] = None,
) -> None:
    """Answers late changes: every rule kept, as few people moved as can be, and who they are.

    Several changes are answered one after the other. Ends with 3 when a place is left without a team.

    Examples: kaval plan change plan.json --operation-dir op --officer-out KL-0042 --reason ill --out new.json · kaval
    plan change plan.json --operation-dir op --site-in found.csv --links found-links.csv --operation-out op2 --json
    """
    files, before = folder_files(operation_dir), read_plan(file_bytes(plan), file=str(plan))
    problem = read_problem(files)
    after = _with(
        files, {"officers.csv": [officer_in] if officer_in else [], "places.csv": places or []}, links
    )
    gone: list[Event] = [
        *(OfficerOut(one, reason) for one in officer_out or ()),
        *(TeamOut(one, reason) for one in team_out or ()),
        *(SiteOut(one, reason) for one in site_out or ()),
    ]
    events = _events(problem, read_problem(after), gone, reason=reason)
    if not events:
        raise typer.BadParameter("say what changed", param_hint="--officer-out, --team-out, --site-out")
    problem, made, document = _answered(problem, before, events, fixed=frozenset(fixed or ()), slack=slack)
    if out is not None:
        write_whole(out, plan_bytes(document))
    if operation_out is not None:
        _write_folder(operation_out, after, problem)
    _print(document, difference(before, made), as_json=as_json)
    if made.unplaced:
        raise typer.Exit(CANNOT)


def compare(
    plans: Annotated[list[Path], typer.Argument(help="Two or more plans: outputs of kaval plan --json.")],
    *,
    operation_dir: Annotated[Path, typer.Option(help="The folder of the operation they were made from.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Sets plans side by side: objective, bound, gap, teams, places of a team, waves, people moved from the one before.

    Example: kaval plan compare plan.json new.json --operation-dir op
    """
    problem = read_problem(folder_files(operation_dir))
    read = [(path.stem, read_plan(file_bytes(path), file=str(path))) for path in plans]
    rows = compared(read)
    changes = [difference(one, other) for (_, one), (_, other) in pairwise(read)]
    if as_json:
        since = [None, *(_difference(found) for found in changes)]
        shown = [{**_row(row), "since": one} for row, one in zip(rows, since, strict=True)]
        _echo_json({"operation": problem.operation, "plans": shown})
        return
    table = Table(
        "Plan", "Latest entry", "Load", "km", "Gap", "Teams", "Places", "Per team", "Waves", "Moved"
    )
    for row in rows:
        table.add_row(*_cells(row))
    Console(highlight=False).print(table)
    for found in changes:
        _say(found)


def _answered(
    problem: Problem, plan: Plan, events: Sequence[Event], *, fixed: frozenset[str], slack: int
) -> tuple[Problem, Plan, dict[str, Any]]:
    """The problem and the plan after all changes, and the object that is written."""
    # late import: the solver behind it takes a second to load, which every other command would pay
    from kaval.engine.rules.planning.repair import repair

    made, begun, rows = plan, time.monotonic(), []
    for event in events:
        started = time.monotonic()
        answer = repair(problem, made, event, fixed=fixed, slack_minutes=slack)
        problem, made = answer.problem, answer.plan
        rows.append(
            {
                "change": type(event).__name__,
                "about": _about(event),
                "reason": event.reason,
                "people_moved": answer.difference.people_moved,
                "seconds": round(time.monotonic() - started, 2),
            }
        )
    document = write_plan(made, problem, seconds=time.monotonic() - begun)
    return problem, made, {**document, "changes": rows, "difference": _difference(difference(plan, made))}


def _about(event: Event) -> str:
    match event:
        case OfficerOut(officer_id):
            return officer_id
        case OfficerIn(officer):
            return officer.officer_id
        case TeamOut(team_id):
            return team_id
        case SiteOut(site_id):
            return site_id
        case SiteIn(site) | SiteChanged(site):
            return site.site_id


def _with(
    files: Mapping[str, bytes], more: Mapping[str, Sequence[Path]], links: Path | None
) -> dict[str, bytes]:
    """The folder's files with what came since."""
    after = dict(files)
    for name, paths in more.items():
        for path in paths:
            after[name] = _merged(after[name], file_bytes(path), key=_KEYS[name], file=str(path))
    if links is not None:
        after["links.csv"] = _appended(after.get("links.csv"), file_bytes(links), file=str(links))
    return after


def _events(problem: Problem, told: Problem, gone: Sequence[Event], *, reason: str) -> list[Event]:
    """Who comes, who and what goes, places that are not as they were, then those that are new."""
    officers, was = set(problem.officers), {site.site_id: site for site in problem.sites}
    changed = [one for one in told.sites if one.site_id in was and was[one.site_id] != one]
    return [
        *(OfficerIn(one, reason) for one in told.officers if one not in officers),
        *gone,
        *(SiteChanged(one, reason) for one in changed),
        *(SiteIn(one, reason) for one in told.sites if one.site_id not in was),
    ]


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "people_moved": found.people_moved,
        "moved": [one.officer_id for one in found.people if one.moved],
        "text": [text for text, _ in found.words],
        "text_ml": [text_ml for _, text_ml in found.words],
    }


def _print(document: Mapping[str, Any], found: Difference, *, as_json: bool) -> None:
    if as_json:
        _echo_json(document)
        return
    _say(found)
    for one in document["unplaced"]:
        typer.echo(f"no team for {one['place']} ({one['why']})")
    for lack in document["infeasible"] or ():
        typer.echo(lack["text"])


def _say(found: Difference) -> None:
    words = [text for text, _ in found.words]
    for text in words[:_SHOWN]:
        typer.echo(text)
    if len(words) > _SHOWN:
        typer.echo(f"and {len(words) - _SHOWN} more; --json has all")


def _row(row: PlanRow) -> dict[str, Any]:
    parts = ("latest_entry_minutes", "unequal_load", "metres")
    return {
        "plan": row.name,
        "objective": {part: getattr(row.objective, part) for part in parts},
        "lower_bound": {part: getattr(row.lower_bound, part) for part in parts},
        "teams": row.teams,
        "places": row.stops,
        "unplaced": row.unplaced,
        "most_places": row.places[0],
        "fewest_places": row.places[1],
        "waves": list(row.waves),
        "people_moved": row.moved,
    }


def _cells(row: PlanRow) -> tuple[str, ...]:
    worst = row.gaps.worst
    return (
        row.name,
        f"+{row.objective.latest_entry_minutes} min",
        str(row.objective.unequal_load),
        f"{row.objective.metres / 1000:,.1f}",
        f"{worst:.1%}" if worst < 10 else "-",
        str(row.teams),
        f"{row.stops} (-{row.unplaced})" if row.unplaced else str(row.stops),
        f"{row.places[1]} to {row.places[0]}",
        " ".join(map(str, row.waves)),
        str(row.moved),
    )


def _echo_json(document: Mapping[str, Any]) -> None:
    json.dump(document, sys.stdout, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")


def _table(content: bytes, *, file: str) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of a CSV file; a cell that is absent is empty."""
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), restval="")
        rows = [{name: cell for name, cell in row.items() if name is not None} for row in reader]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise ReaderError(f"no CSV: {problem}", file=file, mend="Save the table as CSV in UTF-8") from problem
    return list(reader.fieldnames or ()), rows


def _merged(content: bytes, more: bytes, *, key: str, file: str) -> bytes:
    """The table with these rows: of an id that is there the columns given are replaced, others come last."""
    columns, rows = _table(content, file="the folder's table")
    new_columns, new = _table(more, file=file)
    if key not in new_columns:
        raise ReaderError(f"the column {key} is missing", file=file, mend=f"Give every row its {key}")
    there = {row[key]: row for row in rows if key in row}
    for row in new:
        if row[key] in there:
            there[row[key]].update(row)
        else:
            rows.append(row)
    return _written(list(dict.fromkeys((*columns, *new_columns))), rows)


def _appended(content: bytes | None, more: bytes, *, file: str) -> bytes:
    if content is None:
        return more
    columns, rows = _table(content, file="links.csv")
    new_columns, new = _table(more, file=file)
    return _written(list(dict.fromkeys((*columns, *new_columns))), [*rows, *new])


def _written(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _write_folder(folder: Path, files: Mapping[str, bytes], problem: Problem) -> None:
    """The operation folder without the officers and places that are gone."""
    there = {
        "place_id": {site.site_id for site in problem.sites},
        "officer_id": {officer.officer_id for officer in problem.officers},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        key = {**_KEYS, "links.csv": "place_id"}.get(name)
        if key is not None:
            columns, rows = _table(content, file=name)
            content = _written(columns, [row for row in rows if row[key] in there[key]])
        write_whole(folder / name, content)
