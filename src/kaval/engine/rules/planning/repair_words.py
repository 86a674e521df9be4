"""Why a repaired plan leaves places out, in words: what keeps them from every team, alone or beside its places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kaval.engine.rules.planning.explain import explain_routes
from kaval.engine.rules.planning.problem import Lack, Relaxation
from kaval.engine.rules.planning.repair_ground import Draft, Ground
from kaval.engine.rules.planning.repair_sites import steps
from kaval.engine.rules.planning.rule_words import mend, rule_text

_SAID = 6  # places named in a sentence


def why_left_out(ground: Ground, draft: Draft, district_id: str) -> Lack:
    """The lack of one district whose places were given up.

    First the places by themselves, as if the teams had nothing else: a smallest set of rules and what would do. Where
    each could be served then, the rules that keep it from every list as the lists are.
    """
    sites = ground.clock.sites
    lost = tuple(sorted(one for one in draft.given_up if sites[one].district_id == district_id))
    # A team that only ends what it is at may have lost an officer of the problem; it takes no place any more.
    present = {one.officer_id for one in ground.problem.officers}
    teams = [
        team
        for _, team in sorted(draft.teams.items())
        if team.district_id == district_id and present.issuperset(team.officers)
    ]
    uncalled = [one for one in lost if sites[one].children and not sites[one].cwc_contact]
    if not uncalled:
        alone = replace(
            ground.problem, sites=tuple(one for one in ground.problem.sites if one.site_id in lost)
        )
        found = explain_routes(alone, district_id, teams)
        if found.rules:
            return replace(found, about=found.about or lost)
    return _beside(
        ground, district_id, lost, rules=["P-CHILD"] if uncalled else _in_the_way(ground, draft, lost)
    )


def _in_the_way(ground: Ground, draft: Draft, lost: Sequence[str]) -> list[str]:
    """The rules each place would break wherever it were put; no list with room: the most stops of a team."""
    found: set[str] = set()
    for site_id in lost:
        tried = list(steps(ground, replace(draft, open=(site_id,))))
        found |= {rule for one in tried for rule, _ in one.faults} if tried else {"P-STOPS"}
    return sorted(found) or ["P-ONCE"]


def _beside(ground: Ground, district_id: str, lost: Sequence[str], *, rules: Sequence[str]) -> Lack:
    name = next((one.district_name for one in ground.problem.stations if one.district_id == district_id), "")
    places = ", ".join(lost[:_SAID]) + (f" (+{len(lost) - _SAID})" if len(lost) > _SAID else "")
    said, said_ml = (" ".join(rule_text(one, ml) for one in rules) for ml in (False, True))
    return Lack(
        district_id,
        tuple(rules),
        f"{name or district_id}: no team can take {places} beside its other places. {said}",
        f"{name or district_id}: മറ്റ് സ്ഥലങ്ങൾക്കൊപ്പം {places} ഏറ്റെടുക്കാൻ ഒരു ടീമിനും കഴിയില്ല. {said_ml}",
        tuple(lost),
        tuple(Relaxation("mend", 1, mend(one), mend(one, True)) for one in rules),
    )
