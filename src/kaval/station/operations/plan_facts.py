"""What people state for planning: facts of a site and of an officer, links of places, interests, the rules.

Stated facts never change a plan by themselves: a draft is planned again, a frozen plan is repaired by a numbered
change (`plan_changes.change_site`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc
from kaval.engine.rules.planning.problem import LINK_KINDS, MINUTES_BY_KIND
from kaval.station.audit import acting
from kaval.station.ids import derive, derive_text
from kaval.station.models import Officer, OfficerConflict, Operation, Place, Site, SiteLink
from kaval.station.operations import plan_admission, plan_rows


@dataclass(frozen=True)
class SiteFacts:
    """What is known of a place before the door; the meaning of None is that of the columns of `Site`."""

    kind: str = ""
    planned_minutes: int | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    village: str = ""
    children_expected: bool | None = None
    woman_expected: bool | None = None
    people_expected: int | None = None
    armed: bool = False
    cwc_contact: str = ""
    witnesses: tuple[str, ...] = ()
    welfare_note: str = ""


@dataclass(frozen=True)
class OfficerFacts:
    """What the roster says of an officer for the day; None: not stated, and the rule is not applied."""

    villages: tuple[str, ...] = ()
    armed: bool | None = None
    vehicle: bool | None = None
    off_duty_at: datetime | None = None


def facts_of(site: Site) -> SiteFacts:
    """The facts a site has now."""
    held = {field.name: getattr(site, field.name) for field in fields(SiteFacts)}
    return SiteFacts(**{**held, "witnesses": tuple(site.witnesses)})


def describe_site(*, by: Officer, at: datetime, key: str, site: Site, facts: SiteFacts) -> Site:
    """States everything planning may know of a site, at once: what is not said any more is unknown again.

    Raises:
        RefusedError: G-FACTS, a fact is none; or the operation is no longer in draft (then: `change_site`).
    """
    request = {"site": str(site.id), "facts": plain(facts)}
    with acting("describe_site", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Site.objects.get(id=site.id)
        operation = plan_rows.locked(site.operation, "draft")
        site = write_facts(Site.objects.select_for_update().get(id=site.id), facts)
        act.about("site", site.id)
        act.ledger("site_described", {"operation": operation.code, "site": site.number})
        return site


def write_facts(site: Site, facts: SiteFacts) -> Site:
    """Puts facts on a site that is locked.

    Raises:
        RefusedError: G-FACTS.
    """
    if facts.kind not in MINUTES_BY_KIND:
        raise RefusedError(
            "G-FACTS", f"a place is one of {', '.join(sorted(MINUTES_BY_KIND))[2:]}, or not stated"
        )
    if facts.planned_minutes is not None and not 5 <= facts.planned_minutes <= 720:
        raise RefusedError("G-FACTS", "a stay lasts from 5 minutes to 12 hours")
    if facts.not_before and facts.not_after and facts.not_before >= facts.not_after:
        raise RefusedError("G-FACTS", "the time from which it may be entered comes before the last")
    if facts.people_expected is not None and not 0 <= facts.people_expected <= 500:
        raise RefusedError("G-FACTS", "people expected are counted from 0 to 500")
    named = [field.name for field in fields(SiteFacts)]
    for name in named:
        setattr(site, name, getattr(facts, name))
    site.witnesses = sorted({one.strip() for one in facts.witnesses if one.strip()})
    site.save(update_fields=named)
    return site


def set_search_basis(
    *, by: Officer, at: datetime, key: str, site: Site, search_basis: str, papers: Mapping[str, str]
) -> Site:
    """Gives one site of a draft its own search basis with its papers, once all of them are there.

    Raises:
        RefusedError: G-BASIS, G-RANK or G-LIMITS, in words; or the operation is no longer in draft.
    """
    request = {"site": str(site.id), "basis": search_basis, "papers": dict(papers)}
    with acting("set_search_basis", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Site.objects.get(id=site.id)
        operation = plan_rows.locked(site.operation, "draft")
        site = Site.objects.select_for_update(of=("self",)).select_related("place__station").get(id=site.id)
        officer = plan_admission.searching(operation, site.place.station)
        refuse_legal(operation, search_basis, papers, place=site.place, officer=officer)
        site.search_basis, site.legal = search_basis, dict(papers)
        site.save(update_fields=["search_basis", "legal"])
        act.about("site", site.id)
        act.ledger("basis_set", {"operation": operation.code, "site": site.number, "basis": search_basis})
        return site


def refuse_legal(
    operation: Operation, basis: str, papers: Mapping[str, Any], *, place: Place, officer: Officer
) -> None:
    """Refuses a place whose legal basis is not complete.

    Raises:
        RefusedError: the first of G-BASIS, G-RANK, G-LIMITS that does not pass.
    """
    for gate in plan_admission.legal_gates(operation, basis, papers, place=place, officer=officer):
        if gate.stops:
            raise RefusedError(gate.check, gate.reason.text)


def link_sites(
    *,
    by: Officer,
    at: datetime,
    key: str,
    operation: Operation,
    sites: Sequence[Site],
    kind: str,
    shared: str,
) -> int:
    """Says that sites share something, so that one entry would warn the others; gives how many.

    `shared`: what they share, in a word of the officer's; only its digest is kept.

    Raises:
        RefusedError: G-LINK, no such kind, fewer than two sites, or nothing shared.
    """
    numbers = sorted(site.number for site in sites)
    request = {"operation": operation.code, "sites": numbers, "kind": kind, "shared": shared}
    with acting("link_sites", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return len(numbers)
        operation = plan_rows.locked(operation, "draft")
        rows = list(operation.sites.filter(id__in=[site.id for site in sites]).order_by("number"))
        if kind not in LINK_KINDS or len(rows) < 2 or not shared.strip():
            raise RefusedError(
                "G-LINK", f"name two sites or more, what they share, and one of {', '.join(LINK_KINDS)}"
            )
        said = derive_text("site link", kind, shared.strip())
        SiteLink.objects.bulk_create(
            [
                SiteLink(id=derive("site link", site.id, kind, said), site=site, kind=kind, key=said)
                for site in rows
            ],
            ignore_conflicts=True,
        )
        SiteLink.objects.filter(site__in=rows, kind=kind, key=said).update(withdrawn_at=None)
        act.about("operation", operation.id)
        act.ledger("sites_linked", {"operation": operation.code, "sites": numbers, "kind": kind, "key": said})
        return len(rows)


def withdraw_link(
    *, by: Officer, at: datetime, key: str, operation: Operation, kind: str, link_key: str, reason: str
) -> int:
    """Says that a link of the operation's sites does not count, with the reason; gives how many sites it tied.

    Raises:
        RefusedError: G-LINK, there is no such link in force, or no reason.
    """
    request = {"operation": operation.code, "kind": kind, "link": link_key, "reason": reason}
    with acting("withdraw_link", by=by, at=at, key=key, request=request) as act:
        rows = SiteLink.objects.filter(site__operation=operation, kind=kind, key=link_key)
        if act.repeated:
            return rows.count()
        operation = plan_rows.locked(operation, "draft")
        count = rows.filter(withdrawn_at=None).update(withdrawn_at=at) if reason.strip() else 0
        if not count:
            raise RefusedError("G-LINK", "name a link that counts, and why it should not")
        act.about("operation", operation.id)
        act.ledger("link_withdrawn", {"operation": operation.code, "key": link_key, "reason": reason})
        return count


def describe_officer(
    *, by: Officer, at: datetime, key: str, officer: Officer, facts: OfficerFacts
) -> Officer:
    """States what planning may know of an officer, at once: what is not said any more is unknown again."""
    request = {"officer": officer.number, "facts": plain(facts)}
    with acting("describe_officer", by=by, at=at, key=key, request=request) as act:
        officer = Officer.objects.select_for_update().get(id=officer.id)
        if act.repeated:
            return officer
        officer.villages = sorted({one.strip() for one in facts.villages if one.strip()})
        officer.armed, officer.vehicle, officer.off_duty_at = facts.armed, facts.vehicle, facts.off_duty_at
        officer.save(update_fields=["villages", "armed", "vehicle", "off_duty_at"])
        act.about("officer", officer.id)
        act.ledger("officer_described", {"officer": officer.number})
        return officer


def record_conflict(
    *, by: Officer, at: datetime, key: str, officer: Officer, place: Place, reason: str
) -> OfficerConflict:
    """Records an interest that keeps an officer from a place: a relative, a neighbour.

    Raises:
        RefusedError: G-CONFLICT, no reason is given.
    """
    request = {"officer": officer.number, "place": str(place.id), "reason": reason}
    with acting("record_conflict", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return OfficerConflict.objects.get(id=act.earlier)
        if not reason.strip():
            raise RefusedError("G-CONFLICT", "say in a word what keeps the officer from the place")
        said = {"reason": reason[:200], "by": by, "at": at, "ended_at": None}
        row, _ = OfficerConflict.objects.update_or_create(
            officer=officer,
            place=place,
            defaults=said,
            create_defaults={"id": derive("conflict", officer.id, place.id), **said},
        )
        act.about("officer_conflict", row.id)
        act.ledger("conflict_recorded", {"officer": officer.number, "place": str(place.id)})
        return row


def end_conflict(*, by: Officer, at: datetime, key: str, interest: OfficerConflict) -> OfficerConflict:
    """Says that an interest no longer holds."""
    with acting("end_conflict", by=by, at=at, key=key, request={"conflict": str(interest.id)}) as act:
        row = OfficerConflict.objects.select_for_update().get(id=interest.id)
        if act.repeated:
            return row
        row.ended_at = row.ended_at or at
        row.save(update_fields=["ended_at"])
        act.about("officer_conflict", row.id)
        act.ledger("conflict_ended", {"conflict": str(row.id)})
        return row


def set_rules(
    *, by: Officer, at: datetime, key: str, operation: Operation, rules: Mapping[str, Any]
) -> Operation:
    """Sets the planning rules of a draft that differ from the usual ones, as `operation.json` names them.

    Raises:
        RefusedError: G-RULES, a rule is set to what it cannot be; or the operation is no longer in draft.
    """
    with acting(
        "set_rules", by=by, at=at, key=key, request={"operation": operation.code, "rules": dict(rules)}
    ) as act:
        if act.repeated:
            return Operation.objects.get(id=operation.id)
        operation = plan_rows.locked(operation, "draft")
        operation.rules = dict(rules)
        plan_rows.rules_of(operation)
        operation.save(update_fields=["rules"])
        act.about("operation", operation.id)
        act.ledger("rules_set", {"operation": operation.code, "rules": dict(rules)})
        return operation


def plain(facts: SiteFacts | OfficerFacts) -> dict[str, Any]:
    return {
        name: iso_utc(value)
        if isinstance(value, datetime)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in asdict(facts).items()
    }
