"""The field day: each team works through its stops in the order of the plan, through the operations its phone
would use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kaval.cli.play.chain import Play
from kaval.engine.kernel.errors import ConfigurationError
from kaval.engine.rules.field.states import BEFORE_THE_DOOR
from kaval.station.audit import one_transaction
from kaval.station.models import Officer, Site, Stop, TeamMember
from kaval.station.operations import custody, field, plan_changes, planning, readiness
from kaval.station.operations.field_facts import SeizedItem

_WITNESSES = [
    {"name": "W1", "locality": True, "order_served": True},
    {"name": "W2", "locality": True, "order_served": True},
]
_CLOSED_DOOR = ("nobody_there", "wrong_place", "refused")


@dataclass(frozen=True)
class Visit:
    """One stop as it happens: who leads, what is met, when the team arrives."""

    stop: Stop
    leader: Officer
    woman: Officer
    chief: Officer
    met: dict[str, Any]

    @property
    def site(self) -> Site:
        """The site of the stop."""
        return self.stop.site

    def key(self, step: str) -> str:
        """The idempotency key a phone would make for a step at this site."""
        return f"{self.site.operation.code}:{self.site.number}:{step}"


def run(play: Play) -> None:
    """Opens the day, plays every stop in the order of arrival, closes it when every site is accounted for."""
    operation, commander = play.operation, play.officer("commander")
    world = play.world
    _changes_before_the_door(play)
    _go(play)
    planning.start_operation(
        by=commander,
        at=world.when("first_entry_at") - timedelta(hours=1),
        key=operation.code,
        operation=operation,
    )
    visits = _visits(play)
    for number, visit in enumerate(visits, start=1):
        with one_transaction(keys=_keys(visit)):
            _play_visit(visit)
        play.progress("field day", number, len(visits))
    planning.close_operation(
        by=commander, at=world.when("day_end_at"), key=operation.code, operation=operation
    )


def _changes_before_the_door(play: Play) -> None:
    commander = play.officer("commander")
    at = play.world.when("freeze_at") + timedelta(hours=10)
    for site in _sites(play):
        met = play.world.day.get((site.place.provider.code, site.place.customer_ref))
        if met and met["before_day"]:
            plan_changes.change_plan(
                by=commander,
                at=at,
                key=f"{site.operation.code}:{site.number}",
                site=site,
                kind=met["before_day"],
                reason=met["before_day_reason"] or "ordered by the commander",
            )


def _go(play: Play) -> None:
    """The deputy's word a day before the first entry, the commander's two hours before it."""
    for moment, hours, role in (("t24", 24, "deputy_commander"), ("t2", 2, "commander")):
        readiness.decide_go(
            by=play.officer(role),
            at=play.world.when("first_entry_at") - timedelta(hours=hours),
            key=f"{play.operation.code}:{moment}",
            operation=play.operation,
            moment=moment,
            go=True,
            reason="teams complete, papers in hand, no other unit's event open",
        )


def _visits(play: Play) -> list[Visit]:
    members = {
        (row.team_id, row.role): row.officer
        for row in TeamMember.objects.filter(operation=play.operation, left_at=None).select_related("officer")
    }
    chiefs = {row.district_id: row for row in Officer.objects.filter(roles__contains=["district_chief"])}
    stops = Stop.objects.filter(site__operation=play.operation).exclude(site__state__in=BEFORE_THE_DOOR)
    found = []
    for stop in stops.select_related(
        "site__place__station", "site__place__provider", "site__operation", "team"
    ).order_by("arrive_at", "site__number"):
        met = play.world.day.get((stop.site.place.provider.code, stop.site.place.customer_ref))
        if met is None:
            raise ConfigurationError(
                f"the world says nothing about site {stop.site.number}; it is not the world of this plan"
            )
        found.append(
            Visit(
                stop,
                members[stop.team_id, "leader"],
                members[stop.team_id, "woman"],
                chiefs[stop.site.district_id],
                met,
            )
        )
    return found


def _play_visit(visit: Visit) -> None:
    arrive = visit.stop.arrive_at
    _step(visit, "en_route", arrive - timedelta(minutes=15))
    _step(visit, "at_door", arrive)
    outcome = visit.met["outcome"]
    if outcome in _CLOSED_DOOR and not visit.met["entered"]:
        _step(visit, "left", arrive + timedelta(minutes=10))
        _outcome(visit, arrive + timedelta(minutes=11))
        return
    field.decide_at_door(
        by=visit.leader,
        at=arrive + timedelta(minutes=1),
        key=visit.key("go"),
        site=visit.site,
        go=True,
        reason="name and door as in the packet, nobody warned",
    )
    _step(
        visit,
        "entered",
        arrive + timedelta(minutes=2),
        woman_member=visit.woman.number,
        notice_given=True,
    )
    _welfare(visit, arrive + timedelta(minutes=4))
    _step(
        visit,
        "search_started",
        arrive + timedelta(minutes=8),
        witnesses=_WITNESSES,
        self_search=True,
        recording=True,
    )
    end = max(arrive + timedelta(minutes=20), visit.stop.leave_at - timedelta(minutes=15))
    _seize(visit, arrive + timedelta(minutes=15))
    _step(visit, "search_ended", end, list_copy_to_occupant=True, recording_covers_list=True)
    _step(visit, "left", end + timedelta(minutes=5))
    _consequences(visit, end + timedelta(minutes=6))
    _outcome(visit, end + timedelta(minutes=12))


def _keys(visit: Visit) -> list[str]:
    """The keys of the acts of a visit, so that they are looked up at once."""
    steps = ("en_route", "at_door", "entered", "search_started", "search_ended", "left")
    seals = [device["seal"] for device in visit.met["devices"]]
    return [
        *(f"log_event:{visit.key(step)}" for step in steps),
        f"decide_at_door:{visit.key('go')}",
        f"record_welfare:{visit.key('welfare')}",
        f"record_outcome:{visit.key('outcome')}",
        f"register_crime:{visit.key('crime')}",
        f"report_seizure:{visit.key('106')}",
        *(f"seize_item:{visit.key('seize:' + seal)}" for seal in seals),
        *(f"hand_over_exhibit:{visit.key('locker:' + seal)}" for seal in seals),
        *(f"record_arrest:{visit.key(f'arrest:{number}')}" for number, _ in enumerate(visit.met["arrests"])),
    ]


def _step(visit: Visit, kind: str, at: datetime, **facts: Any) -> None:
    field.log_event(by=visit.leader, at=at, key=visit.key(kind), site=visit.site, kind=kind, facts=facts)


def _welfare(visit: Visit, at: datetime) -> None:
    children = visit.met["children"]
    field.record_welfare(
        by=visit.woman,
        at=at,
        key=visit.key("welfare"),
        site=visit.site,
        adults=visit.met["adults"],
        children=children,
        cwc_contact="district CWC duty member" if children else "",
    )


def _seize(visit: Visit, at: datetime) -> None:
    for number, device in enumerate(visit.met["devices"]):
        moment = at + timedelta(minutes=number)
        item = SeizedItem(
            kind=device["kind"],
            make=device["make"],
            model=device["model"],
            serial=device["serial"],
            imei=device["imei"],
            capacity_gb=device["capacity_gb"],
            state=device["state"],
            found_at=device["found_at"],
            seal=device["seal"],
            image_sha256=device["image_sha256"] or "",
        )
        field.seize_item(
            by=visit.leader, at=moment, key=visit.key(f"seize:{device['seal']}"), site=visit.site, item=item
        )


def _consequences(visit: Visit, at: datetime) -> None:
    site, met = visit.site, visit.met
    if met["outcome"] == "crime_registered":
        sections = sorted({section for arrest in met["arrests"] for section in arrest["sections"]}) or [
            "IT Act 67B(b)",
            "POCSO 15(1)",
        ]
        field.register_crime(by=visit.chief, at=at, key=visit.key("crime"), site=site, sections=sections)
    if met["outcome"] == "seizure_report":
        field.report_seizure(by=visit.leader, at=at, key=visit.key("106"), site=site)
    for number, arrest in enumerate(met["arrests"]):
        field.record_arrest(
            by=visit.chief,
            at=at + timedelta(minutes=1 + number),
            key=visit.key(f"arrest:{number}"),
            site=site,
            age=arrest["age"],
            gender=arrest["gender"],
            evidence=arrest["evidence"],
            reason="reasons recorded under BNSS 35(1)(b)",
        )
    for exhibit in site.exhibits.order_by("number"):
        custody.hand_over_exhibit(
            by=visit.leader,
            at=at + timedelta(minutes=4),
            key=visit.key(f"locker:{exhibit.seal}"),
            exhibit=exhibit,
            event="transported",
            to=f"locker {site.place.station.code}",
            place=f"station {site.place.station.code}",
            purpose="kept at the station locker",
        )


def _outcome(visit: Visit, at: datetime) -> None:
    reason = visit.met["reason"] or visit.met["outcome"]
    field.record_outcome(
        by=visit.leader,
        at=at,
        key=visit.key("outcome"),
        site=visit.site,
        code=visit.met["outcome"],
        reason=reason,
    )


def _sites(play: Play) -> list[Site]:
    return list(
        Site.objects.filter(operation=play.operation)
        .select_related("place__provider", "operation")
        .order_by("number")
    )
