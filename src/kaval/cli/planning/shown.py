"""A plan on the terminal: one line a district, what is lacking in words, and what it was measured against."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from math import isfinite
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.problem import Objective, Plan, Problem

if TYPE_CHECKING:  # it loads OR-Tools, which only --baselines needs
    from kaval.cli.planning.baselines import Baseline

_HEADINGS = {
    "en": ("District", "Places", "Teams", "Latest entry", "Unequal load", "km", "Gap"),
    "ml": ("ജില്ല", "സ്ഥലങ്ങൾ", "സംഘങ്ങൾ", "അവസാന പ്രവേശനം", "ഭാര വ്യത്യാസം", "കി.മീ.", "വിടവ്"),
}
_WORDS = {
    "en": ("All", "cannot be planned", "or", "places without a team", "Not checked"),
    "ml": ("ആകെ", "ആസൂത്രണം സാധ്യമല്ല", "അല്ലെങ്കിൽ", "സ്ഥലങ്ങൾക്ക് സംഘമില്ല", "പരിശോധിച്ചിട്ടില്ല"),
}


def show(plan: Plan, problem: Problem, *, lang: str, baselines: Iterable[Baseline] = ()) -> None:
    """Prints the plan on standard output. A district's gap is that of its loads and metres; the latest entry is the
    state's, whose gap is the worst of all three.
    """
    console, words = Console(highlight=False), _WORDS[lang]
    table = Table(*_HEADINGS[lang])
    for number in range(1, 7):
        table.columns[number].justify = "right"
    names = {station.district_id: station.district_name for station in problem.stations}
    for report in plan.districts:
        name = names.get(report.district_id) or report.district_id
        gap = report.objective.gap_to(report.lower_bound).own
        table.add_row(name, *_row(report.sites, report.teams, report.objective, gap=gap, problem=problem))
    table.add_section()
    gap = plan.objective.gap_to(plan.lower_bound).worst
    table.add_row(words[0], *_row(len(plan.stops), len(plan.teams), plan.objective, gap=gap, problem=problem))
    console.print(table)
    for lack in plan.lacks:
        name = names.get(lack.district_id) or lack.district_id
        text = lack.text_ml if lang == "ml" else lack.text
        console.print(f"{name} {words[1]}: {text} ({', '.join(lack.rules)})", markup=False)
        for one in lack.relaxations:
            console.print(f"  {words[2]} {one.text_ml if lang == 'ml' else one.text}", markup=False)
    if plan.unplaced:
        shown = ", ".join(place for place, _ in plan.unplaced[:12])
        more = f" (+{len(plan.unplaced) - 12})" if len(plan.unplaced) > 12 else ""
        console.print(f"{len(plan.unplaced)} {words[3]}: {shown}{more}", markup=False)
    for note in dict.fromkeys((*problem.notes, *plan.notes)):
        console.print(f"{words[4]}: {note}" if note in problem.notes else note, markup=False)
    for baseline in baselines:
        console.print(_told(baseline, plan, problem), markup=False)


def latest_clock(objective: Objective, problem: Problem) -> str:
    """The latest entry as a local time of day."""
    at = problem.rules.first_entry_at + timedelta(minutes=objective.latest_entry_minutes)
    return at.astimezone(IST).strftime("%H:%M")


def _row(places: int, teams: int, made: Objective, *, gap: float, problem: Problem) -> tuple[str, ...]:
    return (
        f"{places:,}",
        f"{teams:,}",
        latest_clock(made, problem),
        str(made.unequal_load),
        f"{made.metres / 1000:,.1f}",
        f"{gap:.2%}" if isfinite(gap) else "-",
    )


def _told(baseline: Baseline, plan: Plan, problem: Problem) -> str:
    head = f"beside {baseline.name}, {baseline.seconds:.1f} s:"
    if baseline.metres is not None:
        ours, theirs = baseline.metres
        if theirs is None:
            return f"{head} no routes found in time"
        return f"{head} routing part alone {theirs / 1000:,.1f} km, ours {ours / 1000:,.1f} km (x{ours / theirs:.3f})"
    assert baseline.objective is not None
    made, own = baseline.objective, plan.objective
    return (
        f"{head} latest entry {latest_clock(made, problem)} (ours {latest_clock(own, problem)}), unequal load "
        f"{made.unequal_load} ({own.unequal_load}), {made.metres / 1000:,.1f} km ({own.metres / 1000:,.1f}), "
        f"breaks rules {baseline.broken} times"
    )
