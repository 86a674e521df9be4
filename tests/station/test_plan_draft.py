"""A draft: who comes in through which gate, what is stated of places and officers, which plan is in force."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from kaval.cli.play.chain import Play
from kaval.station.models import (
    Approval,
    Attribution,
    LedgerEntry,
    Officer,
    Operation,
    PlanChange,
    PlanVersion,
    Site,
    SiteLink,
    Stop,
    Team,
    TeamMember,
)
from kaval.station.operations import plan_facts, plan_versions
from tests.station.plan_rows import AT, admitted, drafted, in_force, in_one_group, planned, signed, stops_said
from tests.station.plays import footprint, leader_of, refused

PLAYED_UNTIL = "attribute"


@pytest.fixture
def draft(play: Play) -> Operation:
    """An operation in draft with its sites and its plan."""
    operation = drafted(play)
    admitted(play, operation)
    return planned(play, operation)


def test_a_draft_is_filled_again_what_no_longer_passes_is_withdrawn_with_the_reason(
    play: Play, draft: Operation
) -> None:
    site = draft.sites.select_related("attribution").get(number=4)
    Attribution.objects.filter(id=site.attribution_id).update(quarantined_at=AT)
    assert admitted(play, draft, key="again") == 13
    change = PlanChange.objects.get(operation=draft)
    assert (change.kind, change.site, change.reason[:6]) == ("withdrawn", site, "G-SEAL")
    planned(play, draft, key="again")
    assert "0004" not in stops_said(in_force(draft).plan)
    Attribution.objects.filter(id=site.attribution_id).update(quarantined_at=None)
    assert admitted(play, draft, key="third") == 14
    assert draft.sites.get(number=4).state == "planned"
    assert PlanChange.objects.filter(operation=draft).count() == 1


def test_a_rule_that_cannot_be_is_refused(play: Play) -> None:
    with refused("G-RULES"):
        drafted(play, rules={"woman_rank": "GENERAL"})
    operation = drafted(play)
    with refused("G-RULES"):
        plan_facts.set_rules(
            by=play.officer("commander"), at=AT, key="r", operation=operation, rules={"most_stops": 0}
        )


def _why_not() -> set[str]:
    entries = LedgerEntry.objects.filter(act__name="admit_sites").order_by("index")
    said = [json.loads(bytes(entry.content)) for entry in entries]
    return {one["facts"]["why"] for one in said if one["kind"] == "site_not_admitted"}


def test_an_officer_below_inspector_leads_no_case_under_the_it_act(play: Play) -> None:
    operation = drafted(play)
    Officer.objects.filter(id=operation.commander_id).update(rank="SI")
    with refused("G-L2"):
        admitted(play, operation)


def test_without_a_warrant_a_place_lies_within_the_limits_of_the_officer_who_searches(play: Play) -> None:
    place = Attribution.objects.filter(level__gte=2).order_by("id")[0].place
    assert place is not None
    sho = Officer.objects.filter(station=place.station).order_by("number")[0]
    Officer.objects.filter(id=sho.id).update(rank="INSPECTOR")
    papers = ("crime_number", "grounds_in_case_diary", "thing_sought", "why_not_otherwise")
    basis = {"search_basis": "POLICE_185", "officer_by_station": {place.station.code: sho.number}}
    operation = drafted(play, legal_basis={**basis, **dict.fromkeys(papers, "on record")})
    within = Attribution.objects.filter(level__gte=2, place__station=place.station).values("place").distinct()
    assert admitted(play, operation) == within.count()
    assert {site.place.station_id for site in operation.sites.select_related("place")} == {place.station_id}
    assert _why_not() == {"G-BASIS"}, "nobody wrote down that the others lie within the commander's limits"


def test_one_site_may_have_its_own_basis_with_all_its_papers(play: Play, draft: Operation) -> None:
    site, commander = draft.sites.get(number=2), play.officer("commander")
    papers = {"written_order": "KL/94/7", "order_served": "2026-02-25"}
    with refused("G-BASIS"):
        plan_facts.set_search_basis(
            by=commander, at=AT, key="1", site=site, search_basis="CONSENT_94", papers={"written_order": "x"}
        )
    with refused("G-LIMITS"):
        own = dict.fromkeys(
            ("crime_number", "grounds_in_case_diary", "thing_sought", "why_not_otherwise"), "x"
        )
        plan_facts.set_search_basis(
            by=commander, at=AT, key="2", site=site, search_basis="POLICE_185",
            papers={**own, "place_inside_limits": "x"},
        )  # fmt: skip
    plan_facts.set_search_basis(
        by=commander, at=AT, key="3", site=site, search_basis="CONSENT_94", papers=papers
    )
    admitted(play, draft, key="again")
    held = draft.sites.get(number=2)
    assert (held.search_basis, held.legal) == ("CONSENT_94", papers)


def test_sites_whose_people_share_a_group_are_entered_in_one_wave(play: Play, draft: Operation) -> None:
    before = stops_said(in_force(draft).plan)
    early = next(key for key, (_, order) in sorted(before.items()) if order == 1)
    late = next(key for key, (_, order) in sorted(before.items()) if order > 1)
    pair = [draft.sites.select_related("attribution").get(number=int(key)) for key in (early, late)]
    group = in_one_group(*pair)
    admitted(play, draft, key="again")
    links = SiteLink.objects.filter(site__operation=draft, kind="group")
    assert {link.site_id for link in links} == {site.id for site in pair}
    assert {link.key for link in links}.isdisjoint({str(group.id), group.id.hex, group.code})
    planned(play, draft, key="again")
    after = stops_said(in_force(draft).plan)
    assert after[early][1] == after[late][1]
    counted = plan_facts.withdraw_link(
        by=play.officer("commander"), at=AT, key="w", operation=draft, kind="group", link_key=links[0].key,
        reason="the group is a public one",
    )  # fmt: skip
    assert counted == 2
    admitted(play, draft, key="third")
    assert not links.filter(withdrawn_at=None).exists(), "what a person withdrew is not computed back"


def test_facts_of_a_site_bind_the_plan(play: Play, draft: Operation) -> None:
    site = draft.sites.get(number=3)
    opens = draft.first_entry_at + timedelta(hours=2)
    facts = plan_facts.SiteFacts(kind="flat", not_before=opens, people_expected=4, witnesses=("W-7", "W-7 "))
    plan_facts.describe_site(by=play.officer("commander"), at=AT, key="f", site=site, facts=facts)
    planned(play, draft, key="again")
    stop = Stop.objects.get(site=site)
    assert stop.arrive_at >= opens
    assert stop.leave_at - stop.arrive_at == timedelta(minutes=75)
    assert Site.objects.get(id=site.id).witnesses == ["W-7"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "castle"},
        {"planned_minutes": 1},
        {"people_expected": -1},
        {"not_before": AT, "not_after": AT},
    ],
)
def test_a_fact_that_is_none_is_refused(play: Play, draft: Operation, wrong: dict[str, Any]) -> None:
    with refused("G-FACTS"):
        plan_facts.describe_site(
            by=play.officer("commander"), at=AT, key="f", site=draft.sites.get(number=1),
            facts=plan_facts.SiteFacts(**wrong),
        )  # fmt: skip


def test_an_interest_keeps_an_officer_from_a_place_until_it_ends(play: Play, draft: Operation) -> None:
    site, commander = draft.sites.select_related("place").get(number=1), play.officer("commander")
    leader = leader_of(site)
    conflict = plan_facts.record_conflict(
        by=commander, at=AT, key="c", officer=leader, place=site.place, reason="a neighbour"
    )
    planned(play, draft, key="again")
    assert not TeamMember.objects.filter(officer=leader, left_at=None, team__stops__site=site).exists()
    plan_facts.end_conflict(by=commander, at=AT, key="e", interest=conflict)
    planned(play, draft, key="third")
    assert stops_said(in_force(draft).plan) == stops_said(PlanVersion.objects.get(number=1).plan)


def test_a_draft_is_planned_again_and_signed_anew(play: Play, draft: Operation) -> None:
    signed(play, draft, "commander")
    out = TeamMember.objects.filter(operation=draft, role="woman").select_related("officer").order_by("id")[0]
    Officer.objects.filter(id=out.officer_id).update(
        leave_from=AT.date(), leave_to=draft.first_entry_at.date()
    )
    planned(play, draft, key="again", incomplete_because="the district has no other woman officer today")
    assert TeamMember.objects.get(id=out.id).left_at == AT
    second = in_force(draft)
    assert (second.number, second.made, second.before) == (2, "solved", PlanVersion.objects.get(number=1))
    assert Operation.objects.get(id=draft.id).plan_digest == second.digest
    signed(play, draft, "deputy_commander")
    assert Operation.objects.get(id=draft.id).state == "draft", "one signature each under two plans"


def test_what_a_district_lacks_is_said_and_taken_only_with_a_reason(play: Play, draft: Operation) -> None:
    district = draft.sites.order_by("number")[0].district
    Officer.objects.filter(district=district, gender="F").update(
        leave_from=AT.date(), leave_to=draft.first_entry_at.date()
    )
    before = footprint()
    with refused("G-LACK") as refusal:
        planned(play, draft, key="again")
    assert district.name in refusal.value.text
    assert "wom" in refusal.value.text
    assert footprint() == before
    planned(play, draft, key="third", incomplete_because="that district follows on Monday")
    assert not Team.objects.filter(operation=draft, district=district, stood_down_at=None).exists()
    assert in_force(draft).plan["infeasible"]


def test_a_plan_made_elsewhere_is_kept_and_taken_when_it_holds(play: Play, draft: Operation) -> None:
    deputy, plan = play.officer("deputy_commander"), in_force(draft).plan
    lost = {**plan, "stops": plan["stops"][1:]}
    for wrong, code in ((lost, "G-PLAN"), ({"teams": 7}, "G-FORMAT")):
        with refused(code):
            plan_versions.add_version(
                by=deputy, at=AT, key=code, operation=draft, made="imported", plan=wrong, text="from a file"
            )
    kept = plan_versions.add_version(
        by=deputy, at=AT, key="k", operation=draft, made="imported", plan=plan, text="from a file"
    )
    assert (kept.number, in_force(draft).number) == (2, 1)
    plan_versions.take_version(by=deputy, at=AT, key="t", operation=draft, number=2)
    assert (in_force(draft).number, Operation.objects.get(id=draft.id).plan_digest) == (2, kept.digest)
    with refused("G-VERSION"):
        plan_versions.take_version(by=deputy, at=AT, key="u", operation=draft, number=9)


def test_a_version_that_was_signed_comes_back_unsigned(play: Play, draft: Operation) -> None:
    signed(play, draft, "commander")
    again = plan_versions.take_version(
        by=play.officer("deputy_commander"), at=AT, key="t", operation=draft, number=1
    )
    assert again.number == 2
    assert stops_said(again.plan) == stops_said(PlanVersion.objects.get(number=1).plan)
    assert not Approval.objects.filter(plan_digest=again.digest).exists()
    signed(play, draft, "commander", key="anew")
