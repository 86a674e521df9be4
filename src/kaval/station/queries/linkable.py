"""Leads as linking sees them: all of them, or those around some leads, as far as anything can depend on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.linking import (
    LINKING,
    SUGGESTS,
    Decision,
    Facts,
    Linkable,
    Presence,
    Resolution,
    from_plain,
    resolve,
    settings,
)
from kaval.station.collector import unhurried_collector
from kaval.station.models import LinkDecision
from kaval.station.queries.attribution_facts import allocation_table

_KINDS = sorted(LINKING)
_BINDING = sorted(LINKING - SUGGESTS)
_SUGGESTING = sorted(SUGGESTS)
_LEADS = """
SELECT l.id, l.number, f.facts::text, f.doubtful FROM station_lead l JOIN station_leadfacts f ON f.lead_id = l.id {only}
"""
_KEYS = """
SELECT l.number, i.kind || '|' || i.value FROM station_leadidentifier u
JOIN station_identifier i ON i.id = u.identifier_id JOIN station_lead l ON l.id = u.lead_id
WHERE u.party = 'reported' AND i.kind = ANY(%s) AND l.state = 'accepted' {only}
"""
_BLOCKS = """
SELECT l.number, k.key FROM station_likenesskey k JOIN station_lead l ON l.id = k.lead_id {only}
"""
# When what a telephone number's reports speak of happened: only numbers have holders one after the other.
_SEEN = """
SELECT l.number, min(least(r.incident_at, o.at)), max(greatest(r.incident_at, o.at)), min(r.received_at)
FROM station_identifier i JOIN station_leadidentifier u ON u.identifier_id = i.id AND u.party = 'reported'
JOIN station_lead l ON l.id = u.lead_id JOIN station_report r ON r.id = l.report_id
LEFT JOIN station_observation o ON o.lead_id = l.id AND o.role = 'client'
WHERE i.kind = 'phone' {only} GROUP BY l.number
"""
_PRESENCES = """
SELECT i.value, l.number, host(o.ip), min(o.at), max(o.at)
FROM station_identifier i JOIN station_leadidentifier u ON u.identifier_id = i.id AND u.party = 'reported'
JOIN station_lead l ON l.id = u.lead_id JOIN station_observation o ON o.lead_id = l.id
WHERE i.kind = 'client_guid' AND o.role = 'client' AND o.at IS NOT NULL {only} GROUP BY 1, 2, 3
"""
_BOUND = """
SELECT DISTINCT u2.lead_id FROM station_leadidentifier u
JOIN station_identifier i ON i.id = u.identifier_id AND i.kind = ANY(%s)
JOIN station_leadidentifier u2 ON u2.identifier_id = u.identifier_id AND u2.party = 'reported'
WHERE u.party = 'reported' AND u.lead_id = ANY(%s)
"""
_SUGGESTED = """
SELECT DISTINCT u2.lead_id FROM station_leadidentifier u
JOIN station_identifier i ON i.id = u.identifier_id AND i.kind = ANY(%s)
JOIN LATERAL (
    SELECT count(*) AS n FROM (
        SELECT 1 FROM station_leadidentifier c
        WHERE c.identifier_id = u.identifier_id AND c.party = 'reported' LIMIT %s
    ) first_ones
) few ON few.n < %s
JOIN station_leadidentifier u2 ON u2.identifier_id = u.identifier_id AND u2.party = 'reported'
WHERE u.party = 'reported' AND u.lead_id = ANY(%s)
"""
_ALIKE = """
SELECT DISTINCT k2.lead_id FROM station_likenesskey k
JOIN LATERAL (
    SELECT count(*) AS n FROM (SELECT 1 FROM station_likenesskey c WHERE c.key = k.key LIMIT %s) first_ones
) few ON few.n < %s
JOIN station_likenesskey k2 ON k2.key = k.key
WHERE k.lead_id = ANY(%s)
"""
_SAME_SUBJECT = """
SELECT DISTINCT s2.lead_id FROM station_subjectlead s JOIN station_subjectlead s2 ON s2.subject_id = s.subject_id
WHERE s.lead_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking found. `ids`: the leads it was asked to decide about, by number; nothing outside them changes."""

    ids: Mapping[int, UUID]
    resolution: Resolution


def everything() -> Linked:
    """Links all leads anew."""
    with unhurried_collector():
        with _whole_tables():
            ids, leads, presences = _load(None)
        return Linked(ids, resolve(leads, decisions_in_force(), presences=presences))


def around(start: Collection[UUID]) -> Linked:
    """Links these leads and everything that can depend on them; the same answer as linking all of them.

    What shares an identifier that binds, or a subject, belongs to them. What shares something weaker is looked at, and
    belongs to them when it weighs enough to ask a person.
    """
    decisions = decisions_in_force()
    joined = _joined(decisions)
    core = _closed(set(start), joined)
    while True:
        near = _near(core) - core
        ids, leads, presences = _load(core | _closed(near, joined, subjects=False) if near else core)
        found = resolve(leads, decisions, presences=presences)
        inside = {number for number, lead in ids.items() if lead in core}
        grown = {
            ids[number]
            for pair in found.neighbours
            if (pair[0] in inside) is not (pair[1] in inside)
            for number in pair
        } - core
        if not grown:
            return Linked({number: ids[number] for number in inside}, found)
        core = _closed(core | grown, joined)


def decisions_in_force() -> tuple[Decision, ...]:
    """What people decided and nobody withdrew, oldest first."""
    rows = LinkDecision.objects.filter(kind__in=("join", "apart"), withdrawn_by=None).order_by("at", "id")
    return tuple(
        Decision(kind, tuple(these), tuple(those))
        for kind, these, those in rows.values_list("kind", "these", "those")
    )


def _closed(start: set[UUID], joined: Collection[set[UUID]], *, subjects: bool = True) -> set[UUID]:
    """The leads with everything that shares a binding identifier, a decision to join or a subject with them."""
    held, fresh = set(start), set(start)
    while fresh:
        found = set(_ask(_BOUND, [_BINDING, list(fresh)]))
        if subjects:
            found.update(_ask(_SAME_SUBJECT, [list(fresh)]))
        for group in joined:
            if not group.isdisjoint(fresh):
                found |= group
        fresh = found - held
        held |= fresh
    return held


def _joined(decisions: Iterable[Decision]) -> list[set[UUID]]:
    """The leads that each decision to join names; one question for all of them."""
    named = [each.these for each in decisions if each.kind == "join"]
    if not named:
        return []
    numbers = [number for these in named for number in these]
    ids = dict(_rows("SELECT number, id FROM station_lead WHERE number = ANY(%s)", [numbers]))
    return [{ids[number] for number in these if number in ids} for these in named]


def _near(core: set[UUID]) -> set[UUID]:
    few, leads = int(settings()["most_carriers"]), list(core)
    found = set(_ask(_SUGGESTED, [_SUGGESTING, few, few, leads]))
    return found | set(_ask(_ALIKE, [few, few, leads]))


@contextmanager
def _whole_tables() -> Iterator[None]:
    """Has the database read whole tables and join them by hash: right after a first import it knows nothing of their
    size, takes them for small, and would look up millions of rows one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL cursor_tuple_fraction = 1")
        yield
        cursor.execute("SET LOCAL enable_nestloop = DEFAULT; SET LOCAL cursor_tuple_fraction = DEFAULT")


def _ask(sql: str, given: list[Any]) -> Iterator[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        for (found,) in cursor.fetchall():
            yield found


def _rows(sql: str, given: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Rows one chunk after another, so that a nation's identifiers are never held twice."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, given)
        while rows := cursor.fetchmany(20_000):
            yield from rows


def _load(
    only: Collection[UUID] | None,
) -> tuple[dict[int, UUID], list[Linkable], dict[str, list[tuple[int, Presence]]]]:
    """The leads (None: all) as linking sees them, their identifiers, and where client ids were seen."""
    given: list[Any] = [] if only is None else [list(only)]
    some = "" if only is None else "AND l.id = ANY(%s)"
    keys: dict[int, list[str]] = defaultdict(list)
    for number, key in _rows(_KEYS.format(only=some), [_KINDS, *given]):
        keys[number].append(key)
    blocks: dict[int, set[str]] = defaultdict(set)
    for number, key in _rows(_BLOCKS.format(only=some.replace("AND", "WHERE")), given):
        blocks[number].add(key)
    seen = {number: _span(*when) for number, *when in _rows(_SEEN.format(only=some), given)}
    ids: dict[int, UUID] = {}
    leads = []
    known: dict[str, Facts] = {}
    for lead, number, facts, doubtful in _rows(_LEADS.format(only=some.replace("AND", "WHERE")), given):
        ids[number] = lead
        leads.append(
            Linkable(
                number,
                tuple(sorted(set(keys.pop(number, ())))),
                _facts(facts, known),
                frozenset(blocks.pop(number, ())),
                seen.get(number),
                doubtful,
            )
        )
    return ids, leads, _presences(given, some)


def _facts(stored: str, known: dict[str, Facts]) -> Facts:
    """The facts of a lead; equal ones are one object."""
    held = known.get(stored)
    if held is None:
        held = known[stored] = from_plain(orjson.loads(stored))
    return held


def _span(first: datetime | None, last: datetime | None, received: datetime) -> tuple[float, float]:
    """When it happened; what nobody dated counts as when it came."""
    return (first or received).timestamp(), (last or received).timestamp()


def presences_of(leads: Collection[UUID]) -> dict[str, list[tuple[int, Presence]]]:
    """Where the client ids of these leads were seen by them."""
    return _presences([list(leads)], "AND l.id = ANY(%s)")


def _presences(given: list[Any], some: str) -> dict[str, list[tuple[int, Presence]]]:
    found: dict[str, list[tuple[int, Presence]]] = defaultdict(list)
    holders: dict[tuple[str, int], tuple[str, bool]] = {}
    table: AllocationTable | None = None
    for value, number, address, first, last in _rows(_PRESENCES.format(only=some), given):
        table = table or allocation_table()
        day = (address, first.astimezone(UTC).toordinal())
        holder = holders.get(day) or holders.setdefault(day, _holder(table, address, first))
        seen = Presence(address, holder[0], first.timestamp(), last.timestamp(), holder[1])
        found[f"client_guid|{value}"].append((number, seen))
    return found


def _holder(table: AllocationTable, address: str, at: datetime) -> tuple[str, bool]:
    """Who held an address, and whether many share it; nobody for a host or an exit of many, through which one
    installation may go at any time."""
    held = table.lookup(address, at)
    known = held is not None and held.kind not in ("hosting", "own")
    return (held.isp_id, held.shared) if held is not None and known else ("", False)
