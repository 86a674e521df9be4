"""`kaval plan check`: a plan looked at by the checker that was written apart from the solver."""

from __future__ import annotations

import json
from collections import Counter
from math import inf
from pathlib import Path
from typing import Annotated, Any

import typer

from kaval.engine.formats.planning import FILES, read_plan, read_problem
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.planning.problem import Plan, Problem
from kaval.engine.rules.planning.verify import Violation, violations
from kaval.engine.rules.planning.verify_words import broken

_ROUNDED = 1e-6  # gaps stand in the file with six places


def check(
    plan: Annotated[Path, typer.Argument(help="The plan: the output of kaval plan --json.")],
    *,
    operation_dir: Annotated[Path, typer.Option(help="The folder of the operation it was made from.")],
    repaired: Annotated[
        bool, typer.Option("--repaired", help="The plan was changed late: a team may stand idle.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Says whether a plan keeps every rule; ends with 1 and every broken rule in words when it does not.

    Distances, times, people and sums are worked out anew from the folder and the plan alone.

    Example: kaval plan check --operation-dir op plan.json
    """
    problem = read_problem(folder_files(operation_dir))
    document, made = _plan(plan)
    found = sorted({*violations(problem, made, repaired=repaired), *_stated(document, problem, plan=made)})
    if json_:
        typer.echo(json.dumps(_as_json(found, made), ensure_ascii=False))
    else:
        _say(found, made)
    if found:
        raise typer.Exit(1)


def folder_files(folder: Path) -> dict[str, bytes]:
    """The files of an operation folder by name, as far as they are there; of a simulated world, those in `planning`.

    Raises:
        ReaderError: no such folder, or a file that cannot be read.
    """
    if not folder.is_dir():
        raise ReaderError("no such folder", file=str(folder), mend="check the path")
    inside = folder / "planning"
    if (inside / "places.csv").is_file() and not (folder / "places.csv").exists():
        folder = inside
    return {name: file_bytes(folder / name) for name in FILES if (folder / name).exists()}


def _plan(path: Path) -> tuple[dict[str, Any], Plan]:
    """The plan twice: as it is written, and as a plan."""
    content = file_bytes(path)
    made = read_plan(content, file=str(path))
    return json.loads(content.decode("utf-8-sig")), made


def file_bytes(path: Path) -> bytes:
    """What the file holds.

    Raises:
        ReaderError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as problem:
        raise ReaderError(str(problem.strerror), file=str(path), mend="check the path") from problem


def _stated(document: dict[str, Any], problem: Problem, *, plan: Plan) -> list[Violation]:
    """What only the file says: which operation it is for, and the gap."""
    found = []
    name = document.get("operation", problem.operation)
    if name != problem.operation:
        found.append(broken("P-KNOWN", "other-operation", stated=name, found=problem.operation))
    worst = plan.objective.gap_to(plan.lower_bound).worst
    stated = document.get("gap", worst)
    told = (
        float(stated) if isinstance(stated, int | float) else inf
    )  # null: there is no share above a bound of 0
    if told != worst and not abs(told - worst) <= _ROUNDED:
        found.append(broken("P-SUM", "sum", part="gap", of="", stated=stated, found=round(worst, 6)))
    return found


def _as_json(found: list[Violation], plan: Plan) -> dict[str, Any]:
    return {
        "accepted": not found,
        "places": len(plan.stops),
        "unplaced": len(plan.unplaced),
        "teams": len(plan.teams),
        "rules": dict(sorted(Counter(one.rule for one in found).items())),
        "violations": [
            {"rule": one.rule, "about": list(one.about), "text": one.text, "text_ml": one.text_ml}
            for one in found
        ],
    }


def _say(found: list[Violation], plan: Plan) -> None:
    for one in found:
        typer.echo(f"{one.rule}: {one.text}")
    counted = f"places: {len(plan.stops)}, left out: {len(plan.unplaced)}, teams: {len(plan.teams)}"
    if found:
        typer.echo(f"refused: rules are broken {len(found)} times ({counted})", err=True)
    else:
        typer.echo(f"accepted: every rule is kept ({counted})")
