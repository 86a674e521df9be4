"""Verbs that need no station: making a synthetic state, reading received files."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kaval.cli.profiles import OnDisk, profile_at, profiles_of
from kaval.cli.progress import Steps
from kaval.engine import formats
from kaval.engine.formats import archive
from kaval.engine.formats._spec import EnclosedFile, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.as_json import to_json
from kaval.engine.kernel.errors import ConfigurationError, ReaderError
from kaval.gateways.postgres import default_home


def simulate(
    operation: Annotated[str, typer.Option(help="small, linking, 20.3, 23.1 or state")] = "small",
    seed: Annotated[int, typer.Option(help="The same operation and seed give the same world.")] = 7,
    out: Annotated[
        Path, typer.Option(help="The folder to write; an identical world there is left alone.")
    ] = Path("world"),
    *,
    faults: Annotated[
        str | None,
        typer.Option(
            help="A world of attributions that go wrong: all, none, kinds by comma, kind=weight, or list."
        ),
    ] = None,
    observations: Annotated[
        int, typer.Option(min=1, help="How many observations a world of faults holds.")
    ] = 10_000,
) -> None:
    """Writes a synthetic state with known truth, in the formats the real world would hand over.

    Examples: kaval simulate --operation 20.3 --seed 7 --out /tmp/world · kaval simulate --operation state --faults all
    --observations 600 --out /tmp/faults
    """
    from kaval.simulation import OPERATIONS, ForeignFolder, write_world

    if faults == "list":
        typer.echo(_catalogue())
        return
    if operation not in OPERATIONS:
        raise typer.BadParameter(
            f"{operation!r} is not one of {', '.join(OPERATIONS)}", param_hint="--operation"
        )
    if faults is not None:
        _simulate_faults(operation, seed, out=out, faults=faults, observations=observations)
        return
    with Steps() as steps:
        try:
            summary = write_world(
                operation=operation, seed=seed, out=out, progress=steps.progress, missing_tools="skip"
            )
        except ForeignFolder as foreign:
            raise ConfigurationError(str(foreign)) from foreign
    for tool in summary.missing_tools:
        typer.echo(f"without {tool}: images of that file system were left out", err=True)
    typer.echo(
        f"{summary.path}: operation {summary.operation}, seed {summary.seed}, {summary.reports} reports, "
        f"{summary.files} files, {summary.size / 1e6:.0f} MB{'' if summary.written else ' (was there already)'}"
    )


def _simulate_faults(operation: str, seed: int, *, out: Path, faults: str, observations: int) -> None:
    from kaval.simulation import ForeignFolder
    from kaval.simulation.faults import write_fault_world

    try:
        with Steps() as steps:
            steps.say("writing a world of faults")
            made = write_fault_world(
                operation=operation, seed=seed, out=out, faults=faults, observations=observations
            )
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--faults") from wrong
    except ForeignFolder as foreign:
        raise ConfigurationError(str(foreign)) from foreign
    typer.echo(
        f"{made.path}: operation {made.operation}, seed {made.seed}, faults {made.faults}, "
        f"{made.observations} observations of {made.subjects} subjects, {made.files} files, {made.size / 1e6:.0f} MB"
        f"{'' if made.written else ' (was there already)'}"
    )


def _catalogue() -> str:
    """Every kind of fault: what happened, where that is documented, which check is the cause."""
    from kaval.simulation.faults import catalogue

    rows = [
        f"{one.kind}\n    {one.what}\n    {one.source}; "
        + (f"cause: {', '.join(one.causes)}" if one.causes else "harmless: must pass")
        for one in catalogue()
    ]
    return "\n".join(rows)


def read(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders as received; a ZIP is looked into.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per file, each record with its place.")
    ] = False,
    lines: Annotated[
        bool, typer.Option("--lines", help="One JSON object per record: for files larger than memory.")
    ] = False,
    profile: Annotated[
        list[Path] | None,
        typer.Option("--profile", help="A confirmed profile (JSON); may be given several times."),
    ] = None,
) -> None:
    """Reads received files offline and shows what was understood, and what was not; nothing is kept.

    Restricted values (file names, texts, what is said about a victim) are masked. Ends with 3 when something
    could not be read.

    Examples: kaval read report.xml --json · kaval read package.zip · kaval read leads.csv --profile "tool@2.json"
    """
    profiles = (*profiles_of(default_home()), *map(profile_at, profile or ()))
    unread = 0
    for path in (
        file for given in paths for file in (sorted(given.rglob("*")) if given.is_dir() else [given])
    ):
        if not path.is_file():
            if not path.exists():
                raise ReaderError("no such file", file=str(path), mend="check the path")
            continue
        unread += _read_received(
            ReceivedFile(str(path), OnDisk(path), profiles), as_json=as_json, lines=lines
        )
    if unread:
        raise typer.Exit(3)


def _read_received(file: ReceivedFile, *, as_json: bool, lines: bool) -> int:
    """Shows what one received file holds; gives how many parts of it could not be read."""
    unread = 0
    try:
        for entry in archive.entries(file):
            if isinstance(entry, ReceivedFile):
                unread += _read_member(entry, as_json=as_json, lines=lines)
            else:
                _show_aside(file.name, entry, as_json=as_json or lines)
                unread += isinstance(entry, ReadWarning)
    except ReaderError as trouble:
        print(f"kaval: {trouble}", file=sys.stderr)
        return unread + 1
    return unread


def _show_aside(name: str, entry: EnclosedFile | ReadWarning, *, as_json: bool) -> None:
    if isinstance(entry, ReadWarning):
        print(f"kaval: {name} {entry.place}: {entry.text}. {entry.mend}".rstrip(), file=sys.stderr)
    elif as_json:
        typer.echo(json.dumps({"file": name, "enclosed": asdict(entry)}, ensure_ascii=False, sort_keys=True))
    else:
        typer.echo(f"{name}!{entry.name}: {entry.size} bytes, SHA-256 {entry.sha256}, not opened")


def _read_member(member: ReceivedFile, *, as_json: bool, lines: bool) -> int:
    for kind in ("intake", "provider", "network"):
        if not formats.claimants(member, kind):
            continue
        try:
            if lines:
                _lines(member, kind)
            else:
                _whole(member, kind, as_json=as_json)
        except ReaderError as trouble:
            print(f"kaval: {trouble}", file=sys.stderr)
            return 1
        return 0
    print(f"kaval: {member.name}: no reader claims this file. It would be quarantined.", file=sys.stderr)
    return 1


def _lines(member: ReceivedFile, kind: str) -> None:
    spec, items = formats.stream_one(member, kind)
    for item in items:
        reading = Reading(spec, (), (item,)) if isinstance(item, ReadWarning) else Reading(spec, (item,))
        typer.echo(json.dumps({"file": member.name, **to_json(reading)}, ensure_ascii=False, sort_keys=True))


def _whole(member: ReceivedFile, kind: str, *, as_json: bool) -> None:
    reading = formats.read_one(member, kind)
    if as_json:
        typer.echo(json.dumps({"file": member.name, **to_json(reading)}, ensure_ascii=False, sort_keys=True))
        return
    typer.echo(
        f"{member.name}: {reading.format.title}, {len(reading.records)} records, "
        f"{len(reading.warnings)} warnings"
    )
    for warning in reading.warnings:
        typer.echo(f"  {warning.place} {warning.code}: {warning.text} {warning.mend}".rstrip())
