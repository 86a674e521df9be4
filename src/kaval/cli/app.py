"""The verbs and where each one lives."""

from __future__ import annotations

from typing import Annotated

import typer

import kaval
from kaval.cli import (
    attributing,
    attribution_station,
    database,
    deconflicting,
    demo,
    examining,
    hashsets,
    lab_report,
    ledger,
    linking,
    network,
    offline,
    packets,
    planning,
    profiles,
    scoring,
    serving,
    taking_in,
    unit,
    viral,
    working,
)

app = typer.Typer(
    name="kaval",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Kaval: lawful leads, attribution one can trust, one morning's operation, custody that holds in court.",
    epilog="Examples: `kaval simulate --operation small --seed 7 --out world` · `kaval demo --exit --json` · "
    "`kaval ledger verify ledger.jsonl`",
)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    if version:
        typer.echo(f"kaval {kaval.__version__}")
        raise typer.Exit


app.command("simulate")(offline.simulate)
app.command("read")(offline.read)
app.command("intake")(taking_in.intake)
app.command("link")(linking.link)
app.command("examine")(examining.examine)
app.command("demo")(demo.demo)
app.command("serve")(serving.serve)
app.command("work")(working.work)
app.command("score")(scoring.score)
app.command("attribute", cls=attributing.SeveralValues)(attributing.attribute)
app.add_typer(unit.app, name="unit")
app.add_typer(attribution_station.app, name="attribution")
app.add_typer(viral.app, name="viral")
app.add_typer(linking.app, name="watch")
app.add_typer(deconflicting.app, name="deconflict")
app.add_typer(database.app, name="db")
app.add_typer(hashsets.app, name="hashset")
app.add_typer(lab_report.app, name="lab")
app.add_typer(ledger.app, name="ledger")
app.add_typer(network.app, name="network")
app.add_typer(packets.app, name="packet")
app.add_typer(profiles.app, name="profile")
app.add_typer(planning.app, name="plan")
