"""`kaval deconflict`: other units' events in, their questions answered: pointers only, both ways."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kaval.cli.plan_checking import file_bytes
from kaval.cli.station import opened
from kaval.cli.taking_in import officer_of
from kaval.engine.formats.planning.events import COLUMNS, read_events
from kaval.engine.kernel.errors import ConfigurationError

app = typer.Typer(
    no_args_is_help=True,
    help="Other units' events, met by time and place or by identity. What comes out is whom to ring and under which "
    f"reference, never a matter. Tables have the columns {', '.join(COLUMNS)} (docs/planning.md).",
)
_File = Annotated[Path, typer.Argument(help="CSV or XLSX as the other unit sent it.")]
_By = Annotated[str, typer.Option(help="The number of the officer who answers for it.")]


@app.command()
def add(
    reference: Annotated[str, typer.Argument(help="The other unit's reference.")],
    *,
    unit: Annotated[str, typer.Option(help="The other unit.")],
    contact: Annotated[str, typer.Option(help="Whom to ring there.")],
    start: Annotated[str, typer.Option("--from", help="With offset: 2026-02-22T05:00:00+05:30.")],
    end: Annotated[str, typer.Option("--to", help="With offset.")],
    at: Annotated[str, typer.Option(help="Latitude,longitude in degrees: 9.9816,76.2999.")] = "",
    radius_m: Annotated[int | None, typer.Option(min=0, help="Metres around it.")] = None,
    identity: Annotated[
        list[str] | None, typer.Option(help="kind:value; may be given several times; only a digest is kept.")
    ] = None,
    by: _By,
) -> None:
    """Takes one event of another unit; given again under its reference, the latest word counts.

    Example: kaval deconflict add M-17 --unit "Unit North" --contact "duty desk" --from 2026-02-22T05:00:00+05:30
    --to 2026-02-22T09:00:00+05:30 --at 9.9816,76.2999 --radius-m 300 --by KL-0012
    """
    latitude, _, longitude = at.partition(",")
    cells = (reference, unit, contact, start, end, latitude.strip(), longitude.strip())
    row = [*cells, "" if radius_m is None else str(radius_m), ";".join(identity or [])]
    (event,) = read_events(_table(row), file="the event given")
    with opened():
        from kaval.station.operations.deconfliction_events import add_event

        moment = datetime.now(UTC)
        held = add_event(by=officer_of(by), at=moment, key=_key(reference, moment), event=event)
        typer.echo(f"{held.reference} of {held.unit} counts; the page of each operation shows what it meets")


@app.command("import")
def import_(file: _File, *, by: _By) -> None:
    """Takes all events of another unit's table, or none.

    Example: kaval deconflict import north.csv --by KL-0012
    """
    content = file_bytes(file)
    with opened():
        from kaval.station.operations.deconfliction_events import import_events

        moment = datetime.now(UTC)
        done = import_events(
            by=officer_of(by), at=moment, key=_key(file.name, moment), content=content, file=file.name
        )
    typer.echo(f"{done.new} new events, {done.changed} changed, {done.same} as they were")


@app.command()
def ask(
    file: _File,
    *,
    contact: Annotated[str, typer.Option(help="Whom of us the other unit may ring.")],
    agreed_key: Annotated[
        Path | None, typer.Option(help="A file with the key agreed with that unit, for its digests.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object for each pointer.")] = False,
    by: _By,
) -> None:
    """Answers another unit's questions: for each that meets an operation of ours whom to ring and under which
    reference. Never a site, a name or an address; each answer is in the ledger.

    Example: kaval deconflict ask north-questions.csv --contact "Operations desk" --by KL-0012
    """
    content = file_bytes(file)
    key = b"" if agreed_key is None else file_bytes(agreed_key).strip()
    with opened():
        from kaval.station.operations.deconfliction_events import answer_questions

        moment = datetime.now(UTC)
        answers = answer_questions(
            by=officer_of(by),
            at=moment,
            key=_key(file.name, moment),
            content=content,
            file=file.name,
            contact=contact,
            agreed_key=key,
        )
    for one in answers:
        if json_:
            typer.echo(json.dumps({"asked": one.asked, "reference": one.reference, "contact": one.contact}))
        else:
            typer.echo(f"{one.asked}: ring {one.contact}, reference {one.reference}")
    if not answers and not json_:
        typer.echo("nothing of ours meets these questions now")


def _key(about: str, moment: datetime) -> str:
    return f"{about} {moment.isoformat()}"


def _table(row: list[str]) -> bytes:
    """One row as a table, so that what is typed is read by the same rules as what is sent."""
    if any(character in cell for cell in row for character in '"\r\n'):
        raise ConfigurationError("quotation marks and line breaks have no place in an event")
    return "\n".join((",".join(COLUMNS), ",".join(f'"{cell}"' for cell in row), "")).encode()
