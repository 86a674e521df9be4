"""The facts of the packets of an operation, from the rows of the plan in force; all teams in a handful of queries.

What nobody recorded stays None and is said so in the packet. No row about a person at a place is read here.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kaval.engine.documents._gaps import facts_digest
from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court import packet_facts as facts
from kaval.engine.rules.court.facts import HeadFacts, OfficerFacts
from kaval.engine.rules.court.sheet_facts import LookFacts, SaidFacts
from kaval.engine.rules.field.states import BEFORE_THE_DOOR
from kaval.engine.rules.planning import gates
from kaval.engine.rules.planning.problem import ROLES
from kaval.engine.rules.planning.sun import daylight
from kaval.station import models
from kaval.station.queries.map import rings
from kaval.station.queries.reasons import check_lines
from kaval.station.queries.sheet_sources import officer_facts

# A stop that the plan in force does not hold keeps its row with an order from here on (`operations.plan_rows`).
_OUT = 1000
_INDEPENDENT = "A-40"
_MOST_REASONS = 8
_TOLD = ("control_room", "magistrate", "cwc")


@dataclass(frozen=True, slots=True)
class TeamMorning:
    """A team in force and what its packet says; `digest` stays the same while that does."""

    team: models.Team
    facts: facts.PacketFacts
    digest: str


def mornings(
    operation: models.Operation, *, teams: Iterable[uuid.UUID] | None = None
) -> tuple[TeamMorning, ...]:
    """What each team in force has to be told, by team number; a team without a place has no packet.

    Raises:
        LookupError: the operation has no plan in force.
    """
    version = models.PlanVersion.objects.filter(operation=operation, number=operation.plan_number).first()
    if version is None:
        raise LookupError(f"{operation.code} has no plan in force")
    rows = models.Team.objects.filter(operation=operation, stood_down_at=None).order_by("number")
    if teams is not None:
        rows = rows.filter(pk__in=list(teams))
    held = _Held(operation, version, list(rows.select_related("district", "base")))
    return tuple(held.morning(team) for team in held.teams if held.stops[team.pk])


def numbered(morning: TeamMorning, *, number: str, at: datetime) -> facts.PacketFacts:
    """The facts under the number and instant of one packet."""
    return replace(morning.facts, head=replace(morning.facts.head, number=number, prepared_at=at))


class _Held:
    """The rows behind all packets, read once."""

    def __init__(
        self, operation: models.Operation, version: models.PlanVersion, teams: list[models.Team]
    ) -> None:
        self.operation, self.version, self.teams = operation, version, teams
        self.unit = models.Unit.objects.get(id=1)
        self.plan = SourceRef(version.digest, f"plan {version.number}")
        self.stops = _stops(teams)
        sites = [stop.site for stops in self.stops.values() for stop in stops]
        self.members = _members(teams)
        self.looks = _looks(sites)
        self.seen = _seen(sites)
        self.links = _links(sites)
        self.chiefs, self.custodian = _chiefs(), _first("custodian")

    def morning(self, team: models.Team) -> TeamMorning:
        told = facts.PacketFacts(
            head=HeadFacts(
                number=team.code or str(team.number),
                unit=self.unit.name,
                unit_ml=self.unit.name_ml or self.unit.name,
                prepared_at=self.operation.first_entry_at,
                training=self.unit.training,
                operation=self.operation.code,
                district=team.district.name,
            ),
            team=team_name(team),
            version=self.version.number,
            members=self.members.get(team.pk, ()),
            base=_point(team.base) if team.base else None,
            contacts=self._contacts(team),
            expires_at=self.operation.day_end_at,
            stops=tuple(self._stop(one, order) for order, one in enumerate(self.stops[team.pk], start=1)),
            source=self.plan,
        )
        # A new number of the plan alone, with the same morning, is no new packet.
        return TeamMorning(
            team,
            told,
            facts_digest(replace(told, version=0, source=SourceRef("", ""), stops=_unsourced(told.stops))),
        )

    def _contacts(self, team: models.Team) -> tuple[facts.ContactFacts, ...]:
        stated = self.operation.legal_basis.get("contacts")
        told = stated if isinstance(stated, Mapping) else {}
        found = {kind: str(told.get(kind) or "") for kind in _TOLD}
        found["commander"] = str(self.operation.commander)
        found["district_chief"] = self.chiefs.get(team.district_id, "")
        found["custodian"] = str(told.get("custodian") or self.custodian)
        order = ("control_room", "commander", "district_chief", "magistrate", "cwc", "custodian")
        return tuple(facts.ContactFacts(kind, found[kind] or None) for kind in order)

    def _stop(self, stop: models.Stop, order: int) -> facts.PacketStopFacts:
        site, place = stop.site, stop.site.place
        day = stop.arrive_at.astimezone(IST).date()
        sun = daylight(place.latitude, place.longitude, day)
        basis = site.search_basis
        present = {str(code): str(value) for code, value in site.legal.items() if value not in ("", None)}
        return facts.PacketStopFacts(
            number=site.number,
            order=order,
            arrive_at=stop.arrive_at,
            leave_at=stop.leave_at,
            address=", ".join(filter(None, (place.address, place.locality, place.pincode))),
            point=facts.PointFacts(f"#{order}", place.latitude, place.longitude),
            district=site.district.name,
            station=_point(place.station),
            kind=site.kind or None,
            people_expected=site.people_expected,
            children_expected=site.children_expected,
            woman_expected=site.woman_expected,
            armed=site.armed,
            welfare_note=site.welfare_note or None,
            cwc_contact=site.cwc_contact or None,
            witnesses=tuple(map(str, site.witnesses)),
            not_before=site.not_before,
            not_after=site.not_after,
            sunrise=sun.sunrise if sun else None,
            sunset=sun.sunset if sun else None,
            same_wave=self.links.get(site.pk, ()),
            basis=basis or None,
            papers=tuple(sorted(present.items())),
            missing=gates.missing_documents(basis, present) if basis in gates.BASIS_DOCUMENTS else (),
            owed=gates.AFTER_DOCUMENTS.get(basis, ()),
            evidence=self._evidence(site),
            limits=rings(place.station.outline),
            source=self.plan,
        )

    def _evidence(self, site: models.Site) -> facts.EvidenceFacts:
        row = site.attribution
        seen = sorted(at for one in row.support if (at := self.seen.get(str(one))) is not None)
        checks = check_lines(row.checks)
        independent = next((one for one in checks if one.check == _INDEPENDENT), None)
        open_checks = [
            one for one in checks if one.verdict != "PASS" and one.kind in ("BLOCK", "HOLD", "WARN")
        ]
        return facts.EvidenceFacts(
            subject=row.subject.number,
            level=row.level,
            provider=row.provider.name if row.provider else None,
            customer_ref=row.customer_ref or None,
            support=len(row.support),
            against=len(row.contradicted_by),
            oldest_at=seen[0] if seen else None,
            newest_at=seen[-1] if seen else None,
            independent=SaidFacts(independent.text, independent.text_ml) if independent else None,
            reasons=tuple(
                SaidFacts(f"{one.check}: {one.text}", f"{one.check}: {one.text_ml or one.text}")
                for one in open_checks[:_MOST_REASONS]
            ),
            passed=sum(one.verdict == "PASS" for one in checks),
            usable=not (row.broken or row.broken_at or row.quarantined_at),
            user_unknown="user_unknown" in row.flags,
            look=self.looks.get(site.place_id),
            source=SourceRef(row.digest, f"attribution {row.subject.number}"),
        )


def team_name(team: models.Team) -> str:
    """What a team is called: its name in the plan, else district and number."""
    return team.code or f"{team.district.code}-{team.number:02d}"


def _unsourced(stops: Iterable[facts.PacketStopFacts]) -> tuple[facts.PacketStopFacts, ...]:
    return tuple(replace(one, source=SourceRef("", "")) for one in stops)


def _point(station: models.Station) -> facts.PointFacts:
    return facts.PointFacts(station.name, station.latitude, station.longitude)


def _stops(teams: Sequence[models.Team]) -> Mapping[uuid.UUID, list[models.Stop]]:
    rows = (
        models.Stop.objects.filter(team__in=teams, order__lt=_OUT)
        .exclude(site__state__in=BEFORE_THE_DOOR)
        .select_related(
            "site__district",
            "site__place__station",
            "site__attribution__subject",
            "site__attribution__provider",
        )
        .order_by("team_id", "order")
    )
    found: dict[uuid.UUID, list[models.Stop]] = defaultdict(list)
    for row in rows:
        found[row.team_id].append(row)
    return found


def _members(teams: Sequence[models.Team]) -> Mapping[uuid.UUID, tuple[tuple[str, OfficerFacts], ...]]:
    rows = models.TeamMember.objects.filter(team__in=teams, left_at=None).select_related("officer")
    found: dict[uuid.UUID, list[tuple[str, OfficerFacts]]] = defaultdict(list)
    rank = {role: place for place, role in enumerate(ROLES)}
    for row in sorted(rows, key=lambda one: (rank.get(one.role, len(rank)), one.role, one.officer.number)):
        found[row.team_id].append((row.role, officer_facts(row.officer)))
    return {team: tuple(members) for team, members in found.items()}


def _looks(sites: Iterable[models.Site]) -> Mapping[uuid.UUID, LookFacts]:
    """The latest look at each place."""
    places = {site.place_id: site.place for site in sites}
    rows = models.GroundVerification.objects.filter(place__in=list(places)).select_related("by")
    return {
        one.place_id: LookFacts(
            station=places[one.place_id].station.name,
            by=officer_facts(one.by),
            verified_at=one.verified_at,
            unit_found=one.unit_found,
            single_match=one.single_match,
            occupant_at_event=one.occupant_at_event,
            resident_since=one.resident_since or None,
            resident_until=one.resident_until.isoformat() if one.resident_until else None,
            wifi=one.wifi,
            children_seen=one.children_seen,
            source=SourceRef("", ""),
        )
        for one in rows.order_by("verified_at", "pk")
    }


def _seen(sites: Iterable[models.Site]) -> Mapping[str, datetime | None]:
    """The instants of the observations that support the attributions."""
    wanted = {str(one) for site in sites for one in site.attribution.support}
    rows: Any = models.Observation.objects.filter(pk__in=wanted).values_list("pk", "at")
    return {str(key): at for key, at in rows}


def _links(sites: Iterable[models.Site]) -> Mapping[uuid.UUID, tuple[str, ...]]:
    rows = models.SiteLink.objects.filter(site__in=[site.pk for site in sites], withdrawn_at=None)
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    for site, kind in rows.values_list("site_id", "kind"):
        found[site].add(kind)
    return {site: tuple(sorted(kinds)) for site, kinds in found.items()}


def _chiefs() -> Mapping[uuid.UUID | None, str]:
    rows = models.Officer.objects.filter(roles__contains=["district_chief"]).order_by("-number")
    return {row.district_id: str(row) for row in rows}


def _first(role: str) -> str:
    row = models.Officer.objects.filter(roles__contains=[role]).order_by("number").first()
    return str(row) if row else ""
