"""`kaval demo`: a synthetic state, written, played through the station, scored, and shown in the console."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from kaval.cli import serving
from kaval.cli.progress import Steps
from kaval.cli.station import opened
from kaval.engine.kernel.errors import ConfigurationError, KeyConflict
from kaval.gateways.postgres import default_home

STEPS = (
    "install",
    "take in",
    "link",
    "triage",
    "request",
    "answer",
    "attribute",
    "plan",
    "field day",
    "press note",
    "examine",
    "documents",
    "ledger",
    "score",
)


def demo(
    *,
    operation: Annotated[str, typer.Option(help="small, linking, 20.3, 23.1 or state")] = "20.3",
    seed: Annotated[int, typer.Option(help="The same operation and seed give the same rows.")] = 7,
    leave: Annotated[
        bool, typer.Option("--exit", help="End after the run instead of serving the console.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The last line on standard output is one JSON object.")
    ] = False,
    until: Annotated[str, typer.Option(help=f"Stop after this step: {', '.join(STEPS)}.")] = "score",
    port: Annotated[int, typer.Option(help="Port of the console on this machine.")] = 8000,
    world: Annotated[Path | None, typer.Option(help="A world to play instead of one made here.")] = None,
) -> None:
    """Plays a whole operation on a synthetic state, from sealed reports to counts, and opens the console on it.

    Runs again without changing anything; stopped at any moment, it goes on where it was.

    Examples: kaval demo · kaval demo --exit --json --operation small --seed 3
    """
    if until not in STEPS:
        raise typer.BadParameter(f"{until!r} is not one of {', '.join(STEPS)}", param_hint="--until")
    home = (
        default_home() / "demo" / f"{operation}-{seed}" if "KAVAL_HOME" not in os.environ else default_home()
    )
    began = time.monotonic()
    with Steps() as steps:
        _refuse_another(home, world, operation=operation, seed=seed)
        folder = world or _world(home, steps, operation=operation, seed=seed)
        with opened(say=steps.say, home=home) as cluster:
            try:
                summary = _run(folder, home, steps, until=until)
            except KeyConflict as conflict:
                raise ConfigurationError(
                    f"the station in {home} was fed another world ({conflict.text}); "
                    "remove it or name another KAVAL_HOME"
                ) from conflict
            summary["seconds"] = round(time.monotonic() - began, 2)
            summary["steps"] = steps.seconds
            _print(summary, as_json=as_json)
            if not leave:
                steps.__exit__(None, None, None)
                serving.run(cluster, port=port, open_browser=True)


def _refuse_another(home: Path, world: Path | None, *, operation: str, seed: int) -> None:
    """A station holds one world: another would overwrite the first and then be refused by the station itself."""
    manifest = home / "world" / "manifest.json"
    if world is not None or not (home / "pg").exists() or not manifest.exists():
        return
    held = json.loads(manifest.read_text())
    if (held["operation"], held["seed"]) != (operation, seed):
        raise ConfigurationError(
            f"{home} holds {held['operation']} with seed {held['seed']}; name another KAVAL_HOME for this world"
        )


def _world(home: Path, steps: Steps, *, operation: str, seed: int) -> Path:
    from kaval.simulation import OPERATIONS, ForeignFolder, write_world

    if operation not in OPERATIONS:
        raise typer.BadParameter(
            f"{operation!r} is not one of {', '.join(OPERATIONS)}", param_hint="--operation"
        )
    folder = home / "world"
    with steps.step("simulate"):
        try:
            made = write_world(
                operation=operation, seed=seed, out=folder, progress=steps.progress, missing_tools="skip"
            )
        except ForeignFolder as foreign:
            raise ConfigurationError(str(foreign)) from foreign
    for tool in made.missing_tools:
        steps.say(f"  without {tool}: images of that file system were left out")
    return folder


def _run(folder: Path, home: Path, steps: Steps, *, until: str) -> dict[str, Any]:
    from kaval.cli import ledger
    from kaval.cli.play import aftermath, chain, day
    from kaval.cli.play.world import World

    play = chain.Play(World(folder), steps.progress)
    acts: dict[str, Callable[[], object]] = {
        "install": lambda: chain.install(play),
        "take in": lambda: chain.take_in(play),
        "link": lambda: chain.link(play),
        "triage": lambda: chain.triage(play),
        "request": lambda: chain.request(play),
        "answer": lambda: chain.answer(play),
        "attribute": lambda: chain.attribute(play),
        "plan": lambda: chain.plan(play),
        "field day": lambda: day.run(play),
        "press note": lambda: aftermath.press_note(play),
        "examine": lambda: aftermath.examine(play, work=home / "examinations"),
        "documents": lambda: aftermath.documents(play),
        "ledger": lambda: ledger.write(home / "ledger.jsonl"),
    }
    summary: dict[str, Any] = {}
    for name in STEPS[: STEPS.index(until) + 1]:
        with steps.step(name):
            if name == "score":
                from kaval.cli.scoring import score_world

                summary = score_world(folder)
            else:
                acts[name]()
    return {**_counts(folder, home), **summary}


def _counts(folder: Path, home: Path) -> dict[str, Any]:
    from kaval.cli.play.world import World
    from kaval.station.queries.funnel import run_counts

    # The simulated calendar may lie ahead of today: everything recorded counts.
    end = datetime.max.replace(tzinfo=UTC)
    world = World(folder)
    return {
        "operation": world.order["operation"],
        "home": str(home),
        **run_counts(world.order["code"], as_of=end),
    }


def _print(summary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(summary, sort_keys=True))
        return
    shown = (
        "operation",
        "reports",
        "leads",
        "subjects",
        "attributed",
        "places",
        "teams",
        "devices",
        "cases",
        "seizure_reports",
        "arrests",
        "findings",
        "wrong_doors",
        "missed_doors",
        "ledger_entries",
        "seconds",
    )
    typer.echo(
        "\n".join(f"{name.replace('_', ' '):<16} {summary[name]}" for name in shown if name in summary)
    )
    # Three counts of NCMEC's reports that are not one population; "reports" above is what every source sent.
    for name, count in summary.get("reports_by_handling", {}).items():
        typer.echo(f"{'ncmec ' + name.replace('_', ' '):<20} {count}")
    typer.echo(f"{'home':<16} {summary['home']}")
