"""Which places come into an operation: attributed at level 2, whole, with every legal paper, and what they share.

A place that fails a gate stays out; nobody can put it in by hand. Links are computed from what the linking room and
the register hold about the subjects, and say only that two places share something: the key is a digest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reason import CheckResult
from kaval.engine.rules.planning import gates
from kaval.station.ids import derive, derive_text
from kaval.station.models import (
    Attribution,
    GroundVerification,
    Officer,
    Operation,
    Place,
    Site,
    SiteLink,
    Station,
)
from kaval.station.operations.seals import seal_gate
from kaval.station.queries.attribution_basis import Seals

# A key that more sites share than this is no secret between them: a help line, an open group. It warns everybody.
MOST_LINKED = 30
_INSIDE_LIMITS = "place_inside_limits"
_PLACES = """
SELECT a.place_id, l.lead_id FROM station_attribution a JOIN station_subject s ON s.id = a.subject_id
JOIN station_subjectlead l ON l.subject_id = s.id WHERE a.place_id = ANY(%s) AND s.merged_into_id IS NULL
"""
_GROUPS = f"""
SELECT DISTINCT p.place_id, m.group_id::text FROM ({_PLACES}) p
JOIN station_leadidentifier u ON u.lead_id = p.lead_id AND u.party = 'reported'
JOIN station_groupmembership m ON m.identifier_id = u.identifier_id
"""
# A contact: somebody the reports of one name beside the reported person, and the other's too, or the other himself.
_CONTACTS = f"""
SELECT DISTINCT p.place_id, u.identifier_id::text, u.party <> 'reported' FROM ({_PLACES}) p
JOIN station_leadidentifier u ON u.lead_id = p.lead_id AND u.party IN ('reported', 'recipient', 'mentioned')
JOIN station_identifier i ON i.id = u.identifier_id AND i.kind IN ('phone', 'email', 'handle', 'esp_account', 'upi')
"""
# An account: two that an officer of the register believes are one, or reports that may be of one person.
_ACCOUNTS = f"""
WITH p AS ({_PLACES})
SELECT DISTINCT p.place_id, h.id::text FROM p
JOIN station_leadidentifier u ON u.lead_id = p.lead_id AND u.party = 'reported'
JOIN station_handlelink h ON u.identifier_id IN (h.one_id, h.other_id)
UNION
SELECT DISTINCT p.place_id, o.id::text FROM p
JOIN station_linkproposal o ON p.lead_id IN (o.first_id, o.second_id) AND o.state = 'open'
"""


@dataclass(frozen=True)
class Candidate:
    """A place that passed every gate, with the attribution that has the highest score and its papers."""

    attribution: Attribution
    place: Place
    basis: str
    papers: Mapping[str, str]


@dataclass(frozen=True)
class Passing:
    """What the gates say: those that pass, by place, and the check that stops each of the others."""

    through: Mapping[UUID, Candidate]
    stopped: Mapping[UUID, CheckResult]


def passing(operation: Operation, held: Mapping[UUID, Site]) -> Passing:
    """Every place attributed at level 2 or above, through G-SEAL, G-BASIS, G-RANK and G-LIMITS.

    `held`: the sites of the operation by place, which keep their number, and their own basis where they were given
    one; other places are numbered on from there, in the order of districts and places.
    """
    rows = list(
        Attribution.objects.filter(level__gte=2, place__isnull=False, subject__merged_into=None)
        .select_related("place__district", "place__station", "subject")
        .order_by("place__district__code", "place__id", "-subject__score")
    )
    seals, officers = Seals(), _searching(operation)
    seals.expect(attribution.basis for attribution in rows)
    through: dict[UUID, Candidate] = {}
    stopped: dict[UUID, CheckResult] = {}
    last = max((site.number for site in held.values()), default=0)
    for attribution in rows:
        place = attribution.place
        if place is None or place.id in through:
            continue
        officer = officers.get(place.station.code, operation.commander)
        site, basis = held.get(place.id), str(operation.legal_basis.get("search_basis", ""))
        papers = papers_of(operation, place, number=site.number if site else last + 1, officer=officer)
        if site is not None and site.search_basis != basis:
            basis, papers = site.search_basis, dict(site.legal)
        found = [
            seal_gate(attribution, seals),
            *legal_gates(operation, basis, papers, place=place, officer=officer),
        ]
        wrong = next((gate for gate in found if gate.stops), None)
        if wrong is not None:
            stopped.setdefault(place.id, wrong)
            continue
        stopped.pop(place.id, None)
        through[place.id] = Candidate(attribution, place, basis, papers)
        last += site is None
    return Passing(through, stopped)


def legal_gates(
    operation: Operation, basis: str, papers: Mapping[str, Any], *, place: Place, officer: Officer
) -> list[CheckResult]:
    """G-BASIS, G-RANK and G-LIMITS for a place and the officer who leads the case there."""
    present = [code for code, paper in papers.items() if paper]
    return [
        gates.basis_gate(basis, present),
        gates.rank_gate(officer.rank, it_act=operation.legal_basis.get("it_act", True)),
        gates.limits_gate(
            basis,
            place_station=place.station.code,
            officer_station=officer.station.code if officer.station else "",
        ),
    ]


def searching(operation: Operation, station: Station) -> Officer:
    """Who leads the case within a station's limits: whom the order names for it, else the commander."""
    return _searching(operation).get(station.code, operation.commander)


def papers_of(operation: Operation, place: Place, *, number: int, officer: Officer) -> dict[str, str]:
    """The papers of the operation's search basis for one place, as the commander's order states them."""
    basis = operation.legal_basis
    known = {
        code: str(basis[code])
        for codes in gates.BASIS_DOCUMENTS.values()
        for code in codes
        if basis.get(code)
    }
    if not basis.get("search_basis", "").startswith("WARRANT"):
        own = officer.station_id is not None and officer.station_id == place.station_id
        return {**known, **({_INSIDE_LIMITS: place.station.code} if own else {})}
    if not basis.get("court"):
        return {}
    local_day = operation.first_entry_at.astimezone(IST).date()
    return {
        "court": basis["court"],
        "warrant_number": f"{basis.get('warrant_series', '').rstrip('/')}/{number}",
        "warrant_date": basis.get("warrant_date", local_day.isoformat()),
        "place_as_written": place.address,
        "officer_named": officer.number,
    }


def children_seen(places: Iterable[UUID]) -> dict[UUID, bool | None]:
    """What the last look at each place said of children; None: unknown, which is not the same as none."""
    rows = GroundVerification.objects.filter(place__in=list(places)).order_by("verified_at", "id")
    return dict(rows.values_list("place_id", "children_seen"))


def link_rows(sites: Iterable[Site]) -> tuple[list[SiteLink], int]:
    """The links of these sites as the rows say them now, and how many keys too many sites share."""
    by_place = {site.place_id: site for site in sites}
    rows, wide = [], 0
    for kind, key, places in _shared(by_place):
        if len(places) > MOST_LINKED:
            wide += 1
            continue
        said = derive_text("site link", kind, key)
        rows += [
            SiteLink(
                id=derive("site link", by_place[place].id, kind, said),
                site=by_place[place],
                kind=kind,
                key=said,
            )
            for place in sorted(places)
        ]
    return rows, wide


def _searching(operation: Operation) -> dict[str, Officer]:
    named = operation.legal_basis.get("officer_by_station", {})
    officers = {
        row.number: row
        for row in Officer.objects.filter(number__in=list(named.values())).select_related("station")
    }
    return {station: officers[number] for station, number in named.items() if number in officers}


def _shared(by_place: Mapping[UUID, Site]) -> Iterator[tuple[str, str, set[UUID]]]:
    """(kind, key, places) of everything at least two of the places share."""
    found: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    for site in by_place.values():
        found["household", content_digest(" ".join(site.place.address.casefold().split()))].add(site.place_id)
    for place, group in _rows(_GROUPS, by_place):
        found["group", group].add(place)
    for place, account in _rows(_ACCOUNTS, by_place):
        found["account", account].add(place)
    beside = set()
    for place, key, not_reported in _rows(_CONTACTS, by_place):
        found["contact", key].add(place)
        if not_reported:
            beside.add(key)
    for (kind, key), places in sorted(found.items()):
        if len(places) > 1 and (kind != "contact" or key in beside):
            yield kind, key, places


def _rows(sql: str, by_place: Mapping[UUID, Site]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(by_place)])
        return list(cursor.fetchall())
