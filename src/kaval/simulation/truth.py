"""Who is who, for tests and the scorer only."""

from __future__ import annotations

from kaval.simulation.cast import Cast
from kaval.simulation.folder import Folder
from kaval.simulation.people import Line, Person

_NO_LINE_SEEN = frozenset({"hosting_range", "private_address"})


def put_truth(
    folder: Folder,
    cast: Cast,
    *,
    lines: list[Line],
    reports: list[dict[str, object]],
    files: list[dict[str, object]],
    twists: list[dict[str, object]] | None = None,
) -> None:
    """Writes truth/; `twists` only in worlds that have them, and then people say what the risk is."""
    named = {(line.isp_id, line.customer_ref) for line in lines}
    people = cast.registry.people
    folder.jsonl("truth/people.jsonl", (_person(p, twisted=twists is not None) for p in people))
    if twists is not None:
        folder.jsonl("truth/twists.jsonl", twists)
    folder.jsonl(
        "truth/reports.jsonl", sorted(reports, key=lambda r: (str(r["source_system"]), str(r["source_id"])))
    )
    folder.jsonl("truth/connections.jsonl", (_connection(line) for line in lines))
    offenders = sorted(cast.offenders, key=lambda p: p.person_id)
    folder.jsonl("truth/attributable.jsonl", (_attributable(p, named) for p in offenders))
    folder.jsonl("truth/files.jsonl", files)


def _person(person: Person, *, twisted: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "person_id": person.person_id,
        "kind": person.kind,
        "household_id": person.household.household_id,
        "child_at_risk": person.child_at_risk,
        "repeat_offender": person.repeat_offender,
    }
    return row | {"risk_kind": person.risk_kind} if twisted else row


def _connection(line: Line) -> dict[str, object]:
    return {
        "isp_id": line.isp_id,
        "customer_ref": line.customer_ref,
        "household_id": line.household.household_id,
        "innocent": line.innocent,
        "offender_person_ids": list(line.offenders),
    }


def _attributable(person: Person, named: set[tuple[str, str]]) -> dict[str, object]:
    """The line is null where no answer can name it: hosting ranges and carrier-internal addresses."""
    line = person.line
    seen = (
        line is not None and (line.isp_id, line.customer_ref) in named and person.why_not not in _NO_LINE_SEEN
    )
    return {
        "person_id": person.person_id,
        "household_id": person.household.household_id,
        "isp_id": line.isp_id if seen and line else None,
        "customer_ref": line.customer_ref if seen and line else None,
        "attributable": person.planned,
        "why_not": person.why_not,
        "before_day": person.before_day,
    }
