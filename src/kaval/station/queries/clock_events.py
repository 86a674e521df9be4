"""What limits in time run from, as it stands in the rows: one event for a search, a seizure, an arrest, a request.

A reference is a number that people use: of a crime, an arrest, a request, a subject, or the operation with its site.
Where the station keeps no record (a preliminary enquiry, the court's own dates) nothing is guessed: no event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Max, Min, QuerySet

from kaval.engine.rules.cases.clock_rules import section_marks
from kaval.engine.rules.cases.clocks import ClockEvent
from kaval.engine.rules.triage.clocks import request_limits
from kaval.station.models import (
    Arrest,
    Crime,
    CustodyEvent,
    ErrorNotice,
    Exhibit,
    FieldEvent,
    GroundVerification,
    Lead,
    Observation,
    Outcome,
    ProviderRequest,
    SeizureReport,
    Site,
    Subject,
    Welfare,
)

POLICE_SEARCHES: Final = ("POLICE_185", "POLICE_186_1", "POLICE_186_3")
_NOT_ENTERED: Final = ("planned", "en_route", "at_door")
# Of a site: the operation's code and the number, the station, the district.
_SITE: Final = ("operation__code", "number", "place__station__code", "district__code")
_OF_SITE: Final = tuple(f"site__{column}" for column in _SITE)
# Of these the station keeps no record yet, so their clocks do not run by themselves; the page says so.
UNRECORDED: Final = (
    "preliminary_enquiry",
    "child_victim",
    "accused_appeared",
    "disposal_order",
    "cognizance",
)
_REPORTER: Final = ("reporter", "reporter/name", "reporter/phone", "reporter/email")


@dataclass(slots=True)
class Gathered:
    """Events in a viewer's reach, and when which clock (`clock:row`) was met by a record."""

    events: list[ClockEvent] = field(default_factory=list)
    met: dict[str, datetime] = field(default_factory=dict)

    def at_site(
        self, kind: str, at: datetime, row: object, *, place: Sequence[Any], owner: str, **given: Any
    ) -> None:
        """Adds an event at a site; `place` holds the columns of `_SITE`."""
        code, number, station, district = place
        given.setdefault("reference", f"{code} · {number}")
        self.events.append(
            ClockEvent(kind, at, str(row), owner=owner, station=station, district=district, **given)
        )

    def meet(self, clock: str, row: object, at: datetime | None) -> None:
        """Notes that a record ended a clock; None: it has not."""
        if at is not None:
            self.met[f"{clock}:{row}"] = at


def at_sites(found: Gathered, sites: QuerySet[Site]) -> None:
    """Searches, seizures, crimes, arrests, children met, property before the court."""
    wanted = sites.order_by().values("pk")
    _searches(found, wanted)
    _seizures(found, wanted)
    _crimes(found, wanted)
    _children(found, wanted)
    _property(found, wanted)


def _searches(found: Gathered, sites: Any) -> None:
    rows = FieldEvent.objects.filter(kind="search_ended", site__in=sites)
    for row, at, owner, basis, *place in rows.values_list(
        "pk", "at", "by__number", "site__search_basis", *_OF_SITE
    ):
        marks = frozenset({"police_search"} if basis in POLICE_SEARCHES else ())
        found.at_site("search_ended", at, row, place=place, owner=owner, marks=marks)


def _seizures(found: Gathered, sites: Any) -> None:
    first: dict[UUID, list[Any]] = {}
    rows = Exhibit.objects.filter(site__in=sites).order_by("seized_at", "pk")
    for site, *rest in rows.values_list("site_id", "seized_at", "seized_by__number", *_OF_SITE):
        first.setdefault(site, rest)
    for site, (at, owner, *place) in first.items():
        found.at_site("seizure", at, site, place=place, owner=owner)
    reports = SeizureReport.objects.filter(site__in=sites).values_list("site_id", "reported_at")
    crimes = Crime.objects.filter(site__in=sites).values_list("site_id", "registered_at")
    reported: dict[UUID, datetime] = {}
    for site, at in (*reports, *crimes):
        reported[site] = min(at, reported.get(site, at))
    for site, at in reported.items():
        found.meet("seizure_report", site, at)


def _crimes(found: Gathered, sites: Any) -> None:
    crimes = Crime.objects.filter(site__in=sites)
    columns = ("pk", "registered_at", "investigating_officer__number", "number", "sections")
    for row, at, owner, number, sections, *place in crimes.values_list(*columns, *_OF_SITE):
        marks = section_marks(sections)
        found.at_site("crime", at, row, place=place, owner=owner, reference=number, marks=marks)
    of_crime = (f"crime__{column}" for column in _OF_SITE)
    arrests = Arrest.objects.filter(crime__site__in=sites)
    columns = ("pk", "at", "crime__investigating_officer__number", "number", "crime__sections")
    for row, at, owner, number, sections, *place in arrests.values_list(*columns, *of_crime):
        marks = section_marks(sections)
        found.at_site("arrest", at, row, place=place, owner=owner, reference=number, marks=marks)


def _children(found: Gathered, sites: Any) -> None:
    rows = Welfare.objects.filter(site__in=sites, children__gt=0)
    for row, at, owner, told, *place in rows.values_list("pk", "at", "by__number", "cwc_contact", *_OF_SITE):
        found.at_site("child_in_need", at, row, place=place, owner=owner)
        # Whom at the committee was told is on the same record.
        found.meet("child_in_need", row, at if told else None)


def _property(found: Gathered, sites: Any) -> None:
    rows = CustodyEvent.objects.filter(event="produced_in_court", exhibit__site__in=sites)
    columns = ("pk", "at", "by__number", "exhibit__number")
    of_exhibit = (f"exhibit__{column}" for column in _OF_SITE)
    for row, at, owner, number, *place in rows.values_list(*columns, *of_exhibit):
        found.at_site("property_produced", at, row, place=place, owner=owner, reference=number)


def of_statements(found: Gathered, said: Mapping[str, datetime]) -> None:
    """The statement of property before the court, once somebody says it was made: the order is due from then."""
    produced = [one for one in found.events if one.event == "property_produced"]
    for one in produced:
        made = said.get(f"property_statement:{one.row}")
        if made is not None:
            found.events.append(replace(one, event="property_stated", at=made))


def of_grounds(found: Gathered, sites: QuerySet[Site]) -> None:
    """The newest look at each place that nobody has entered yet, while its operation is not over."""
    waiting = sites.filter(state__in=_NOT_ENTERED).exclude(operation__state="closed").order_by()
    looks = GroundVerification.objects.filter(place__sites__in=waiting.values("pk"))
    newest = {
        place: (at, owner)
        for place, at, owner in looks.order_by("verified_at", "pk").values_list(
            "place_id", "verified_at", "by__number"
        )
    }
    for site, looked, *place in waiting.values_list("pk", "place_id", *_SITE):
        if looked in newest:
            at, owner = newest[looked]
            found.at_site("ground_verified", at, site, place=place, owner=owner)


def of_information(found: Gathered, leads: QuerySet[Lead]) -> None:
    """Information that came electronically from somebody with a name: only such a one can sign it."""
    rows = leads.filter(
        state="accepted", report__fields__channel="web", report__restricted__has_any_keys=_REPORTER
    )
    for row, at, owner, number in rows.values_list("pk", "report__received_at", "by__number", "number"):
        found.events.append(ClockEvent("e_information", at, str(row), f"Lead {number}", owner))


def of_requests(found: Gathered) -> None:
    """Written orders to providers, until they are answered."""
    rows = ProviderRequest.objects.values_list(
        "pk", "sent_at", "due_at", "answered_at", "number", "signed_by__number"
    )
    for row, at, due, answered, number, owner in rows:
        found.events.append(ClockEvent("request_sent", at, str(row), number, owner, due_at=due))
        found.meet("provider_answer", row, answered)


def of_records(found: Gathered, subjects: QuerySet[Subject], at: datetime) -> None:
    """The oldest address of a subject nobody has asked about, once its records are near their end (check A-20)."""
    _, warning = request_limits(at.date())
    rows = (
        Observation.objects.filter(
            at__lte=at - timedelta(days=warning),
            request_row=None,
            problem="",
            lead__subject_link__subject__in=subjects.filter(parked_at=None).order_by().values("pk"),
        )
        .order_by()
        .values_list("lead__subject_link__subject", "lead__subject_link__subject__number")
        .annotate(first=Min("at"), owner=Max("lead__subject_link__subject__assigned_to__number"))
    )
    for row, number, first, owner in rows:
        found.events.append(ClockEvent("observation", first, str(row), number, owner or ""))


def of_taken(found: Gathered, subjects: QuerySet[Subject]) -> None:
    """Subjects an officer has taken, by the clock of their band (`rules.triage.clocks`)."""
    rows = subjects.filter(assigned_to__isnull=False, due_at__isnull=False, parked_at=None)
    for row, assessed, due, number, owner in rows.order_by().values_list(
        "pk", "assessed_at", "due_at", "number", "assigned_to__number"
    ):
        if due is not None:
            since = min(due, assessed or due)
            found.events.append(ClockEvent("subject_taken", since, str(row), number, owner or "", due_at=due))


def of_reaudits(found: Gathered, sites: QuerySet[Site]) -> None:
    """Searches that found nothing or no link: the re-audit of what led there."""
    rows = Outcome.objects.filter(audit_due_at__isnull=False, site__in=sites.order_by().values("pk"))
    columns = ("pk", "at", "reaudit__started_at", "reaudit__by__number")
    for row, at, begun, owner, *place in rows.values_list(*columns, *_OF_SITE):
        found.at_site("no_link", at, row, place=place, owner=owner or "")
        found.meet("reaudit", row, begun)


def of_notices(found: Gathered) -> None:
    """Notices owed after confirmed errors."""
    rows = ErrorNotice.objects.values_list(
        "pk", "error__confirmed_at", "due_at", "given_at", "error__number", "error__confirmed_by__number"
    )
    for row, at, due, given, number, owner in rows:
        found.events.append(ClockEvent("error_confirmed", at, str(row), number, owner, due_at=due))
        found.meet("error_notice", row, given)
