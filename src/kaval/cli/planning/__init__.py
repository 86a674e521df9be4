"""`kaval plan` and its verbs: plan, check, change, compare, export, retime, simulate."""

from __future__ import annotations

import typer

from kaval.cli import plan_changing, plan_checking
from kaval.cli.planning import exporting, verb

app = typer.Typer()
app.callback(invoke_without_command=True)(verb.plan)
app.command("check")(plan_checking.check)
app.command("change")(plan_changing.change)
app.command("compare")(plan_changing.compare)
app.command("export")(exporting.export)
app.command("retime")(exporting.retime)
app.command("simulate")(verb.simulate)

__all__ = ["app"]
