"""`kaval attribute`: from addresses and instants to places, or an honest "not attributable", without the station."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperCommand

from kaval.cli.progress import Steps
from kaval.engine.rules.attribution.checks import check_by_id

if TYPE_CHECKING:
    from kaval.cli.attributing.running import Summary

_SEVERAL = ("--observations", "--answers")
_LEVELS = {
    2: ("a place: every check passed", "സ്ഥലം: എല്ലാ പരിശോധനയും കടന്നു"),
    1: ("a subscriber, no place yet", "വരിക്കാരൻ മാത്രം, സ്ഥലമില്ല"),
    0: ("an address only", "വിലാസം മാത്രം"),
}
_HEADINGS = {
    "en": ("Level", "Observations", "Reaches"),
    "ml": ("നില", "നിരീക്ഷണങ്ങൾ", "എത്തുന്നത്"),
}
_CAUSES = {"en": ("Check", "Observations", "Passes when"), "ml": ("പരിശോധന", "നിരീക്ഷണങ്ങൾ", "കടക്കാൻ വേണ്ടത്")}


class SeveralValues(TyperCommand):
    """Takes several files after one `--observations` or `--answers`, as a shell writes `answers/*`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeats the option before each further value."""
        plain, option = [], ""
        for at, word in enumerate(args):
            if word.startswith("-"):
                option = word if word in _SEVERAL else ""
            elif option and args[at - 1] != option:
                plain.append(option)
            plain.append(word)
        return super().parse_args(ctx, plain)


def attribute(
    observations: Annotated[
        list[Path], typer.Option(help="Observations: CSV files, or folders of them.", show_default=False)
    ],
    answers: Annotated[
        list[Path],
        typer.Option(
            help="What the ISPs answered: files or folders, one folder for each ISP.", show_default=False
        ),
    ],
    profiles: Annotated[
        Path, typer.Option(help="The knowledge folder: case.json and its tables (docs/attribution.md).")
    ],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line for each observation, in their order.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, help="Processes; the result is the same for any number.", show_default="cores"
        ),
    ] = None,
    lang: Annotated[str, typer.Option(help="Reasons in en or ml.")] = "en",
) -> None:
    """Says for every observation whom it names, how far that reaches, and which checks stop it. Needs no station.

    Nothing is printed before everything is decided. Progress and a summary go to standard error.

    Example: kaval attribute --observations observations/ --answers answers/NEELA/*.csv --profiles profiles --json
    """
    if lang not in _HEADINGS:
        raise typer.BadParameter("en or ml", param_hint="--lang")
    # late import: NumPy behind it takes a moment to load, which every other command would pay
    from kaval.cli.attributing.running import attributed, load

    with Steps() as steps, steps.step("load"):
        record, summary = load(observations, answers, profiles, say=steps.progress)
    levels: Counter[int] = Counter()
    causes: Counter[str] = Counter()
    with Steps() as steps:
        lines = attributed(record, workers=workers or os.cpu_count() or 1, lang=lang, say=steps.progress)
        with steps.step("decide"):
            for line in lines:
                if as_json:
                    sys.stdout.buffer.write(line + b"\n")
                told = json.loads(line)
                levels[told["level"]] += 1
                causes.update(told["blocked_by"])
    sys.stdout.flush()
    if not as_json:
        _show(levels, causes, lang=lang)
    _summarise(summary, levels)


def _show(levels: Counter[int], causes: Counter[str], *, lang: str) -> None:
    console, malayalam = Console(), lang == "ml"
    table = Table(*_HEADINGS[lang])
    for level, words in _LEVELS.items():
        table.add_row(str(level), f"{levels[level]:,}", words[malayalam])
    console.print(table)
    if causes:
        table = Table(*_CAUSES[lang])
        for check, count in sorted(causes.items(), key=lambda one: (-one[1], one[0])):
            rule = check_by_id(check)
            table.add_row(check, f"{count:,}", rule.rule_ml if malayalam else rule.rule)
        console.print(table)


def _summarise(summary: Summary, levels: Counter[int]) -> None:
    reached = ", ".join(f"{levels[level]:,} at level {level}" for level in _LEVELS)
    _tell(
        [
            f"{summary.observations:,} observations of {summary.subjects:,} subjects, {summary.leases:,} lease rows in "
            f"{summary.files:,} answer files: {reached}",
            *(
                [f"{summary.warnings:,} warnings in answers: see them with `kaval read`"]
                if summary.warnings
                else []
            ),
            *summary.notes,
        ]
    )


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"kaval: {line}", file=sys.stderr)
