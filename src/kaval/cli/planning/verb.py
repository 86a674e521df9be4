"""`kaval plan`: teams, places, order and times for a whole operation folder, without the station."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from kaval.cli.plan_checking import folder_files
from kaval.cli.planning.exporting import write_whole
from kaval.cli.planning.shown import latest_clock, show
from kaval.cli.progress import Steps
from kaval.engine.formats.planning import plan_bytes, read_problem, write_plan
from kaval.engine.kernel.errors import ConfigurationError
from kaval.engine.rules.planning.problem import Plan, Problem

CANNOT = 3  # exit code: a plan was written, and some district has none


def plan(
    context: typer.Context,
    *,
    operation_dir: Annotated[
        Path | None,
        typer.Option(help="The folder of the operation (docs/planning.md), or a simulated world."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")] = False,
    out: Annotated[Path | None, typer.Option(help="Also write the JSON object to this file.")] = None,
    effort: Annotated[
        float,
        typer.Option(min=0.0, max=100.0, help="How long to look for better; 0 is the first plan found."),
    ] = 1.0,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, help="Processes; the plan is the same for any number.", show_default="cores"
        ),
    ] = None,
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Measure against greedy nearest-first and OR-Tools routing.")
    ] = False,
    lang: Annotated[str, typer.Option(help="What is lacking in en or ml.")] = "en",
) -> None:
    """Plans an operation: who is in which team, which places it enters, in which order and when.

    Ends with 3 when a district has no plan: the plan of all others is given, and what is lacking in words. Progress
    goes to standard error. Same folder and effort, same plan.

    Examples: kaval plan --operation-dir world/planning --json · kaval plan --operation-dir op --out plan.json
    """
    if context.invoked_subcommand is not None:
        return
    if operation_dir is None:
        raise typer.BadParameter("name the folder of the operation", param_hint="--operation-dir")
    if lang not in ("en", "ml"):
        raise typer.BadParameter("en or ml", param_hint="--lang")
    problem, made, document = _made(
        operation_dir, effort=effort, workers=workers or os.cpu_count() or 1, loud=not as_json
    )
    measured = _baselines(problem, made, seconds=float(document["seconds"])) if baselines else []
    if measured:
        document["baselines"] = [one.as_json() for one in measured]
    if out is not None:
        write_whole(out, plan_bytes(document))
    if as_json:
        json.dump(document, sys.stdout, ensure_ascii=False, allow_nan=False)
        sys.stdout.write("\n")
    else:
        show(made, problem, lang=lang, baselines=measured)
    if made.lacks:
        raise typer.Exit(CANNOT)


def _made(folder: Path, *, effort: float, workers: int, loud: bool) -> tuple[Problem, Plan, dict[str, Any]]:
    """The problem, its plan, and the JSON object with the seconds from here to the end."""
    from kaval.cli.planning.running import processes
    from kaval.engine.rules.planning.day import plan_day

    begun = time.monotonic()
    with Steps() as steps, processes(workers) as run:
        with steps.step("read"):
            problem = read_problem(folder_files(folder))
        with steps.step("first plan"):
            made = plan_day(problem, effort=0.0)  # here, while the other processes still load the solver
        first = time.monotonic() - begun
        if loud:
            left = f", {len(made.unplaced)} places without a team" if made.unplaced else ""
            steps.say(f"  a first plan: latest entry {latest_clock(made.objective, problem)}{left}")
        if effort > 0:
            with steps.step("plan"):
                made = plan_day(
                    problem,
                    effort=effort,
                    run=run,
                    told=lambda done, total: steps.progress("districts", done, total),
                )
    seconds = time.monotonic() - begun
    return problem, made, write_plan(made, problem, seconds=seconds, first_feasible_seconds=first)


def _baselines(problem: Problem, made: Plan, *, seconds: float) -> list[Any]:
    from kaval.cli.planning.baselines import greedy_nearest, ortools_metres, routing, routing_parts

    with Steps() as steps, steps.step("baselines"):
        parts = routing_parts(problem, made)
        return [
            greedy_nearest(problem, made),
            routing(parts, "OR-Tools routing", ortools_metres, seconds=seconds),
        ]


def simulate(
    *,
    places: Annotated[int, typer.Option(min=1, help="Places to search.")] = 5000,
    teams: Annotated[int, typer.Option(min=1, help="Teams the officers are enough for.")] = 2000,
    districts: Annotated[int, typer.Option(min=1, max=400, help="Districts.")] = 100,
    seed: Annotated[int, typer.Option(help="The same numbers and seed give the same folder.")] = 7,
    out: Annotated[Path, typer.Option(help="The folder to write.")] = Path("operation"),
) -> None:
    """Writes an operation folder of any size, with officers for so many teams and a day that can be done.

    Example: kaval plan simulate --places 5000 --teams 2000 --districts 100 --seed 7 --out nation
    """
    from kaval.simulation import ForeignFolder
    from kaval.simulation.nation import write_operation

    try:
        made = write_operation(places=places, teams=teams, districts=districts, seed=seed, out=out)
    except (ForeignFolder, ValueError) as refused:
        raise ConfigurationError(str(refused)) from refused
    typer.echo(f"{made}: {places:,} places, officers for {teams:,} teams, {districts} districts")
