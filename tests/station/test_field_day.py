"""The day at one site: the order of its steps, who may take them, and what each outcome must rest on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kaval.cli.play.chain import Play
from kaval.engine.kernel.errors import NotPermitted
from kaval.station.models import Arrest, Crime, CustodyEvent, Exhibit, Officer, Outcome, Site, Team, Welfare
from kaval.station.operations import custody, field, planning
from kaval.station.operations.field_facts import SeizedItem
from tests.station.plays import (
    arrival_of,
    chief_of,
    footprint,
    give_go,
    go_at_door,
    last_refusal,
    leader_of,
    refused,
    woman_of,
)

PLAYED_UNTIL = "plan"
TWO = [{"name": "W1", "locality": True}, {"name": "W2", "locality": True}]
SECTIONS = ["IT Act 67B(b)", "POCSO 15(1)"]
PHONE = SeizedItem(
    "phone", "Meenam", "M2", "SN-1", "490154203237518", 128, "on_locked", "bedroom shelf", "KL-900001"
)
PROOF = ["account logged in on device"]


class Visit:
    """One site on its day, with the people who act there; every act has the key of what it does."""

    def __init__(self, play: Play, number: int = 1) -> None:
        self.site = Site.objects.select_related("operation", "district", "place__station").get(number=number)
        self.at = arrival_of(self.site)
        self.leader, self.woman, self.chief = leader_of(self.site), woman_of(self.site), chief_of(self.site)

    def log(self, kind: str, *, by: Officer | None = None, **facts: Any) -> None:
        """A step, a minute after the one before."""
        self.at += timedelta(minutes=1)
        field.log_event(
            by=by or self.leader, at=self.at, key=f"{kind}:{self.at}", site=self.site, kind=kind, facts=facts
        )

    def enter(self) -> Visit:
        """To the door and through it."""
        self.log("en_route")
        self.log("at_door")
        go_at_door(self.site, at=self.at)
        self.log("entered", woman_member=self.woman.number, notice_given=True)
        return self

    def search(self, *, children: int = 0, cwc: str = "") -> Visit:
        """Into the search, with everything the law asks for."""
        self.enter().meet(children=children, cwc=cwc)
        self.log("search_started", witnesses=TWO, self_search=True)
        return self

    def meet(self, *, children: int = 0, cwc: str = "", key: str = "welfare") -> Welfare:
        """Who was there."""
        return field.record_welfare(
            by=self.woman,
            at=self.at,
            key=f"{self.site.number}:{key}",
            site=self.site,
            adults=2,
            children=children,
            cwc_contact=cwc,
        )

    def seize(self, item: SeizedItem = PHONE, *, key: str = "") -> Exhibit:
        """Seizes an item."""
        return field.seize_item(by=self.leader, at=self.at, key=key or item.seal, site=self.site, item=item)

    def crime(self, *, by: Officer | None = None, key: str = "crime") -> Crime:
        """Registers a crime."""
        return field.register_crime(
            by=by or self.chief, at=self.at, key=key, site=self.site, sections=SECTIONS
        )

    def arrest(self, **other: Any) -> Arrest:
        """Enters an arrest."""
        given: dict[str, Any] = {
            "age": 34,
            "gender": "M",
            "evidence": PROOF,
            "reason": "35(1)(b)(ii)(c)",
            **other,
        }
        return field.record_arrest(by=self.chief, at=self.at, key="arrest", site=self.site, **given)

    def end(self, code: str, reason: str = "as met", *, key: str = "outcome") -> Outcome:
        """Gives the site its outcome."""
        return field.record_outcome(
            by=self.leader,
            at=self.at,
            key=f"{self.site.number}:{key}",
            site=self.site,
            code=code,
            reason=reason,
        )


@pytest.fixture
def visit(play: Play) -> Visit:
    """A site of a live operation before its team has set out."""
    give_go(play)
    planning.start_operation(
        by=play.officer("commander"),
        at=play.world.when("first_entry_at") - timedelta(hours=1),
        key="start",
        operation=play.operation,
    )
    return Visit(play)


def test_nothing_happens_before_the_day_is_opened(play: Play) -> None:
    visit = Visit(play)
    with refused("G-LIVE"):
        visit.log("en_route")
    with refused("F-STEP"):
        visit.end("nobody_there")


def test_steps_come_in_their_order(visit: Visit) -> None:
    for early in ("entered", "search_started", "search_ended", "no such step"):
        with refused("F-STEP"):
            visit.log(early, witnesses=TWO)
    visit.enter()
    with refused("F-STEP"):
        visit.log("at_door")


@pytest.mark.parametrize("witnesses", [None, [], TWO[:1], 2, "two"])
def test_no_search_without_two_witnesses(visit: Visit, witnesses: object) -> None:
    visit.enter()
    with refused("F-WITNESSES"):
        visit.log("search_started", witnesses=witnesses)


def test_no_search_without_the_woman_member(visit: Visit) -> None:
    visit.log("at_door")
    go_at_door(visit.site, at=visit.at)
    visit.log("entered", notice_given=True)
    with refused("F-WOMAN"):
        visit.log("search_started", witnesses=TWO)


def test_another_team_may_do_nothing_here(visit: Visit) -> None:
    elsewhere = Team.objects.exclude(stops__site=visit.site).earliest("number")
    stranger = elsewhere.members.get(role="leader").officer
    visit.search()
    with pytest.raises(NotPermitted, match="TEAM"):
        visit.log("left", by=stranger)
    visit.leader = visit.woman = stranger
    before = footprint()
    for act in (visit.seize, lambda: visit.meet(key="x"), lambda: visit.end("nothing_found")):
        with pytest.raises(NotPermitted, match="TEAM"):
            act()
    assert footprint() == before
    assert last_refusal().by == stranger


def test_a_chief_of_another_district_registers_nothing_here(visit: Visit, play: Play) -> None:
    visit.search()
    visit.seize()
    other = (
        Officer.objects.filter(roles__contains=["district_chief"])
        .exclude(id=visit.chief.id)
        .earliest("number")
    )
    with pytest.raises(NotPermitted, match="DISTRICT"):
        visit.crime(by=other)


def test_nothing_is_seized_before_the_search_began(visit: Visit) -> None:
    with refused("F-STEP"):
        visit.seize()
    visit.enter()
    with refused("F-STEP"):
        visit.seize()
    assert not Exhibit.objects.exists()


def test_a_seizure_is_numbered_sealed_and_the_first_step_of_custody(visit: Visit) -> None:
    exhibit = visit.search().seize()
    step = CustodyEvent.objects.get(exhibit=exhibit)
    assert exhibit.number == f"{visit.site.operation.code}/0001-1"
    assert (step.seq, step.holder_to, step.seal_after) == (0, visit.leader.number, PHONE.seal)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"imei": "490154203237519"}, "S-IMEI"),
        ({"found_at": " "}, "S-FOUND"),
        ({"seal": ""}, "S-SEAL"),
        ({"kind": "toaster"}, "S-KIND"),
    ],
)
def test_an_item_with_a_wrong_form_is_not_listed(visit: Visit, wrong: dict[str, str], rule: str) -> None:
    visit.search()
    with refused(rule):
        visit.seize(replace(PHONE, **wrong))  # type: ignore[arg-type]
    assert not Exhibit.objects.exists()


@pytest.mark.parametrize("same", [{"seal": PHONE.seal}, {"imei": PHONE.imei}, {"serial": PHONE.serial}])
def test_a_seal_an_imei_a_serial_is_used_once_in_the_state(
    visit: Visit, play: Play, same: dict[str, str]
) -> None:
    visit.search().seize()
    other = Visit(play, 2).search()
    item = replace(PHONE, seal="KL-900002", imei="356938035643809", serial="SN-2")
    with refused(r"S-(SEAL|IMEI|SERIAL)"):
        other.seize(replace(item, **same), key="other")  # type: ignore[arg-type]
    assert other.seize(item).number.endswith("0002-1")


def test_children_without_the_child_welfare_committee_are_refused(visit: Visit) -> None:
    visit.enter()
    with refused("F-CHILDREN"):
        visit.meet(children=2)
    assert visit.meet(children=2, cwc="duty member").children == 2


def test_who_was_met_is_written_down_once(visit: Visit) -> None:
    """A second count would be dropped by the database while the ledger says that it was taken."""
    visit.enter().meet()
    before = footprint()
    with refused("TWICE"):
        visit.meet(children=2, cwc="duty member", key="corrected")
    assert footprint() == before


def test_nobody_is_met_in_a_house_that_nobody_entered(visit: Visit) -> None:
    with refused("F-STEP"):
        visit.meet()


def test_no_crime_without_something_seized(visit: Visit) -> None:
    visit.search()
    with refused("F-MATERIAL"):
        visit.crime()


def test_the_outcome_crime_needs_a_registered_crime(visit: Visit) -> None:
    visit.search().seize()
    with refused("F-SECTIONS"):
        visit.end("crime_registered")
    visit.crime()
    assert visit.end("crime_registered").entered


def test_an_outcome_needs_the_children_counted(visit: Visit) -> None:
    visit.enter()
    visit.log("search_started", witnesses=TWO)
    with refused("F-CHILDREN"):
        visit.end("nothing_found")


def test_a_seizure_report_needs_a_seizure_and_no_crime(visit: Visit) -> None:
    visit.search()
    report: dict[str, Any] = {"by": visit.leader, "at": visit.at, "site": visit.site}
    with refused("BNSS-106"):
        field.report_seizure(key="early", **report)
    visit.seize()
    visit.crime()
    with refused("BNSS-106"):
        field.report_seizure(key="late", **report)


def test_the_outcome_seizure_report_needs_the_report(visit: Visit) -> None:
    visit.search().seize()
    with refused("F-SUSPICION"):
        visit.end("seizure_report")
    field.report_seizure(by=visit.leader, at=visit.at, key="106", site=visit.site)
    with refused("TWICE"):
        field.report_seizure(by=visit.leader, at=visit.at, key="106 again", site=visit.site)
    assert visit.end("seizure_report").code == "seizure_report"


def test_one_crime_for_one_site(visit: Visit) -> None:
    visit.search().seize()
    first = visit.crime()
    with refused("TWICE"):
        visit.crime(key="again")
    assert visit.crime() == first


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"evidence": ["subscriber"]}, "A-63"),
        ({"evidence": ["Subscriber", " resident ", ""]}, "A-63"),
        ({"evidence": []}, "A-63"),
        ({"age": 17}, "F-AGE"),
        ({"reason": " "}, "F-35"),
    ],
)
def test_an_arrest_rests_on_a_person_and_a_device(visit: Visit, wrong: dict[str, Any], rule: str) -> None:
    visit.search().seize()
    visit.crime()
    before = footprint()
    with refused(rule):
        visit.arrest(**wrong)
    assert footprint() == before
    assert visit.arrest(**{"age": 18}).number.endswith("/A1")


def test_no_arrest_without_a_crime(visit: Visit) -> None:
    visit.search().seize()
    with refused("A-63"):
        visit.arrest()


def test_no_woman_is_arrested_in_the_dark(visit: Visit) -> None:
    visit.search().seize()
    visit.crime()
    visit.at = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)  # 21:00 in Kerala
    with refused("G-SUN"):
        visit.arrest(gender="F")


def test_a_site_has_one_outcome(visit: Visit) -> None:
    visit.search()
    assert visit.end("nothing_found", "device clean").audit_due_at == visit.at + timedelta(hours=24)
    before = footprint()
    with refused("F-STEP"):
        visit.end("nothing_found", "device clean", key="again")
    with refused("F-STEP"):
        visit.log("left")
    assert footprint() == before


def test_nobody_there_is_said_at_the_door(visit: Visit) -> None:
    """Who was never there cannot know that nobody was there."""
    for step in ("en_route", "at_door"):
        with refused("F-STEP"):
            visit.end("nobody_there")
        visit.log(step)
    assert not visit.end("nobody_there").entered


@pytest.mark.parametrize("code", ["withdrawn", "deferred", "", "anything"])
def test_a_team_cannot_withdraw_its_own_site(visit: Visit, code: str) -> None:
    """Only a numbered change by the commander does that."""
    visit.log("at_door")
    with refused("F-OUTCOME"):
        visit.end(code)


def test_an_outcome_that_says_nothing_was_found_needs_nothing_seized(visit: Visit) -> None:
    visit.search().seize()
    with refused("F-NO-EXHIBIT"):
        visit.end("nothing_found")


def test_custody_has_no_gap(visit: Visit, play: Play) -> None:
    exhibit = visit.search().seize()
    custodian, examiner = play.officer("custodian"), play.officer("examiner")
    given: dict[str, Any] = {
        "exhibit": exhibit,
        "event": "transported",
        "place": "station",
        "purpose": "locker",
    }
    hour = timedelta(hours=1)
    with refused("C-1"):
        custody.hand_over_exhibit(by=custodian, at=visit.at + hour, key="1", to=examiner.number, **given)
    with refused("C-2"):
        custody.hand_over_exhibit(by=visit.leader, at=visit.at - hour, key="2", to=custodian.number, **given)
    custody.hand_over_exhibit(by=visit.leader, at=visit.at + hour, key="3", to=custodian.number, **given)
    with refused("C-1"):
        custody.hand_over_exhibit(by=visit.leader, at=visit.at + 2 * hour, key="4", to="locker", **given)
    steps = CustodyEvent.objects.filter(exhibit=exhibit).order_by("seq")
    assert [(step.seq, step.holder_from, step.holder_to) for step in steps] == [
        (0, "site", visit.leader.number),
        (1, visit.leader.number, custodian.number),
    ]


def test_the_same_step_again_from_a_phone_without_a_net_is_one_step(visit: Visit) -> None:
    """What was sent and not answered is sent again with the same key and time."""
    given: dict[str, Any] = {
        "by": visit.leader,
        "at": visit.at,
        "key": "k",
        "site": visit.site,
        "kind": "en_route",
    }
    first = field.log_event(**given)
    before = footprint()
    assert field.log_event(**given) == first
    assert footprint() == before
