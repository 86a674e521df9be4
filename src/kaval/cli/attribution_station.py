"""`kaval attribution`: what the station's attributions rest on, looked at again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from kaval.cli.station import opened
from kaval.cli.taking_in import officer_of

app = typer.Typer(
    no_args_is_help=True,
    help="The attributions a station holds: whether the reports, answers, profiles and lists behind them are whole.",
)


@app.callback()
def _group() -> None:
    """A group even while it has one verb."""


@app.command()
def verify(
    *,
    by: Annotated[
        str, typer.Option(help="The analyst, supervisor or commander who looks; else a supervisor.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Computes every digest behind every attribution anew; ends with 1 when a seal is broken.

    Examples: kaval attribution verify · kaval attribution verify --json --by KL-0012
    """
    moment = datetime.now(UTC)
    with opened():
        from kaval.station.models import Officer
        from kaval.station.operations.seals import verify_attributions
        from kaval.station.queries.attribution_seals import seal_report

        first = Officer.objects.filter(roles__contains=["supervisor"]).order_by("number").first()
        officer = officer_of(by) if by or first is None else first
        verify_attributions(by=officer, at=moment, key=f"verify {moment.isoformat()}")
        found = seal_report()
    if as_json:
        typer.echo(json.dumps(found, sort_keys=True, ensure_ascii=False))
    else:
        for row in found["broken"]:
            for seal in row["seals"]:
                typer.echo(f"{row['subject']}  {seal['text']}")
        typer.echo(f"{found['attributions']} attributions, {len(found['broken'])} rest on a broken seal")
    if found["broken"]:
        raise typer.Exit(1)
