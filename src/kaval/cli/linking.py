"""`kaval link` and `kaval watch`: who is the same, and which identifiers must not arrive unnoticed."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from kaval.cli.progress import Steps
from kaval.cli.station import opened
from kaval.cli.taking_in import officer_of
from kaval.engine.kernel.errors import ReaderError

app = typer.Typer(
    no_args_is_help=True,
    help="Identifiers that raise a notice when a report names them: of registered offenders, as far as the unit may "
    "hold them, and of other units' matters. Only keyed digests are kept, and whom to ask.",
)
_COLUMNS = ("kind", "value", "reference")


def link(
    by: Annotated[str, typer.Option(help="The analyst or intake clerk in whose name the rules link.")],
    everything: Annotated[
        bool,
        typer.Option("--all", help="Link all reports anew: after weights or rules changed. Decisions hold."),
    ] = False,
) -> None:
    """Links what has arrived and not been linked, raises notices, and orders the changed subjects anew.

    Intake does this by itself; this is for what was taken in before, and can be run at any time again.

    Examples: kaval link --by KL-0009 · kaval link --all --by KL-0009
    """
    moment = datetime.now(UTC)
    with Steps() as steps, opened(say=steps.say):
        from kaval.station.operations.following import follow_arrival
        from kaval.station.operations.linking import link_again

        officer, key = officer_of(by), f"link {moment.isoformat()}"
        if everything:
            with steps.step("link again"):
                changed = link_again(by=officer, at=moment, key=key)
            typer.echo(f"{changed} subjects changed")
        with steps.step("link and order"):
            linked = follow_arrival(by=officer, at=moment, key=key)
    typer.echo(f"{linked} new reports linked")


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="CSV with the columns kind, value, reference.")],
    *,
    kind: Annotated[str, typer.Option(help="registered_offender or other_unit")],
    holder: Annotated[str, typer.Option(help="Whom to ask: the register or the unit that handed it over.")],
    basis: Annotated[str, typer.Option(help="By which law or agreement the unit may hold it.")],
    until: Annotated[str, typer.Option(help="The last day it is held (2027-03-31).")],
    by: Annotated[str, typer.Option(help="The supervisor who answers for it.")],
) -> None:
    """Takes identifiers under watch; the plain values are read, turned into keyed digests, and not kept.

    Example: kaval watch add matters.csv --kind other_unit --holder "Cyber Cell North" --basis "agreement 12/2026"
    --until 2027-03-31 --by KL-0012
    """
    entries = _entries(file)
    try:
        last = date.fromisoformat(until)
    except ValueError as problem:
        raise typer.BadParameter(f"{until!r} is no date like 2027-03-31", param_hint="--until") from problem
    moment = datetime.now(UTC)
    with opened():
        from kaval.station.operations.watched import Watched, watch_keys

        new = watch_keys(
            by=officer_of(by),
            at=moment,
            key=f"watch {file.name} {moment.isoformat()}",
            kind=kind,
            holder=holder,
            basis=basis,
            until=last,
            entries=[Watched(*entry) for entry in entries],
        )
    typer.echo(f"{len(entries)} identifiers under watch until {last.isoformat()}, {new} of them new")


@app.command()
def withdraw(
    holder: Annotated[str, typer.Argument(help="The holder as it was named.")],
    reference: Annotated[str, typer.Argument(help="The holder's reference.")],
    *,
    reason: Annotated[str, typer.Option(help="Why it is no longer watched.")],
    by: Annotated[str, typer.Option(help="The supervisor who answers for it.")],
) -> None:
    """Takes a holder's identifiers of one reference out of watch.

    Example: kaval watch withdraw "Cyber Cell North" M-17 --reason "matter closed" --by KL-0012
    """
    moment = datetime.now(UTC)
    with opened():
        from kaval.station.operations.watched import withdraw_watched

        key = f"{holder} {reference} {moment.isoformat()}"
        count = withdraw_watched(
            by=officer_of(by), at=moment, key=key, holder=holder, reference=reference, text=reason
        )
    typer.echo(f"{count} identifiers are no longer watched")


def _entries(file: Path) -> list[tuple[str, str, str]]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            if reader.fieldnames is None or not set(_COLUMNS) <= set(reader.fieldnames):
                raise ReaderError(
                    f"the first line must name {', '.join(_COLUMNS)}",
                    file=str(file),
                    mend="add the header line",
                )
            return [(row["kind"], row["value"], row["reference"]) for row in reader]
    except (OSError, UnicodeDecodeError) as problem:
        raise ReaderError(str(problem), file=str(file), mend="check the path; save it as UTF-8") from problem
