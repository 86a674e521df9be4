"""The facts triage weighs, read from the rows of subjects a part at a time: a nation's reports fit no memory.

Reads only; it stands among the operations because a stored report is read back by `lead_rows`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, F, Q

from kaval.engine.formats._spec import LeadRecord
from kaval.engine.rules import triage
from kaval.station.models import Attribution, GroundVerification, Notice, Report, Resolution, Site, Subject
from kaval.station.operations import lead_rows
from kaval.station.queries.content import ListHeld, known_content_in_order, known_content_of

PART: Final = 1000
"""Subjects whose reports are held in memory at once."""


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """What the reports about one subject say. `received_at`: when the first of them came."""

    subject: UUID
    received_at: datetime
    facts: triage.TriageFacts
    records: Sequence[LeadRecord] = ()


def facts_by_part(
    lists: tuple[ListHeld, ...], subjects: Sequence[UUID] | None = None
) -> Iterator[list[SubjectFacts]]:
    """The facts of all subjects, or of these, some at a time in the order of identifiers.

    Subjects that were merged into others, and those without a report, have none. All of them: inside a transaction.
    """
    if subjects is not None:
        wanted = sorted(set(subjects))
        for start in range(0, len(wanted), PART):
            ids = _alive(wanted[start : start + PART])
            yield _facts(ids, known_content_of(lists, ids))
        return
    stream = known_content_in_order(lists)
    ahead = next(stream, None)
    last: UUID | None = None
    while ids := _after(last):
        last, known = ids[-1], dict[UUID, triage.KnownContent]()
        while ahead is not None and ahead[0] <= last:
            known[ahead[0]] = ahead[1]
            ahead = next(stream, None)
        yield _facts(ids, known, nothing=triage.KnownContent(listed={} if lists else None))


def _alive(ids: Sequence[UUID]) -> list[UUID]:
    return list(
        Subject.objects.filter(id__in=ids, merged_into=None).order_by("id").values_list("id", flat=True)
    )


def _after(last: UUID | None) -> list[UUID]:
    rows = Subject.objects.filter(merged_into=None).order_by("id").values_list("id", flat=True)
    return list((rows if last is None else rows.filter(id__gt=last))[:PART])


def _facts(
    ids: Sequence[UUID], known: Mapping[UUID, triage.KnownContent], nothing: triage.KnownContent | None = None
) -> list[SubjectFacts]:
    records, received = _records(ids)
    earlier = _operations_before(ids)
    return [
        SubjectFacts(
            subject,
            received[subject],
            triage.facts_of(
                records[subject], prior_appearances=earlier.get(subject, 0), known=known.get(subject, nothing)
            ),
            records[subject],
        )
        for subject in ids
        if subject in received
    ]


def _records(ids: Sequence[UUID]) -> tuple[Mapping[UUID, list[LeadRecord]], Mapping[UUID, datetime]]:
    """The reports about each subject, and when the first of them came."""
    rows = (
        Report.objects.filter(lead__subject_link__subject__in=ids)
        .annotate(subject=F("lead__subject_link__subject_id"))
        .order_by("lead__number")
        .only("fields", "restricted", "received_at")
    )
    records: dict[UUID, list[LeadRecord]] = defaultdict(list)
    received: dict[UUID, datetime] = {}
    for report in rows.iterator(chunk_size=500):
        records[report.subject].append(lead_rows.record_of(report))
        received[report.subject] = min(received.get(report.subject, report.received_at), report.received_at)
    return records, received


def _operations_before(ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """In how many closed operations a site stood for each subject."""
    rows = Site.objects.filter(attribution__subject__in=ids, operation__state="closed").order_by()
    counted = rows.values("attribution__subject").annotate(number=Count("operation", distinct=True))
    return {row["attribution__subject"]: row["number"] for row in counted}


def person_facts(part: Sequence[SubjectFacts]) -> list[triage.PersonFacts]:
    """What is known about the person behind each of some subjects, in their order; what nobody looked up stays None.

    Reports and the watched register say who was convicted, officers at the door whether children were seen, answers
    of providers at how many homes the person was attributed, the unit's own operations whether the person was met.
    """
    ids = [one.subject for one in part]
    registered = set(
        Notice.objects.filter(subject__in=ids, kind="registered_offender").values_list(
            "subject_id", flat=True
        )
    )
    children, homes = _children_seen(ids), _homes(ids)
    found = []
    for one in part:
        stated = triage.stated_of(one.records)
        found.append(
            replace(
                stated,
                convicted=True if one.subject in registered else stated.convicted,
                earlier_operations=one.facts.prior_appearances,
                child_in_household=children.get(one.subject),
                homes=homes.get(one.subject),
                child_in_contact=one.facts.child_near or (None if one.facts.signals is None else False),
                may_produce=_may_produce(one.facts),
            )
        )
    return found


def _may_produce(facts: triage.TriageFacts) -> bool | None:
    """A camera's own notes in a file that is not known speak of making; nobody looked: not known."""
    if not facts.own_device:
        return facts.own_device
    novel = facts.content.novel if facts.content is not None else None
    return None if novel is None else bool(novel)


def _children_seen(ids: Sequence[UUID]) -> Mapping[UUID, bool]:
    """Whether officers saw children at the place a subject was attributed to, by the newest look that says."""
    places = dict(
        Attribution.objects.filter(subject__in=ids, place__isnull=False).values_list("subject_id", "place_id")
    )
    looks = GroundVerification.objects.filter(place__in=set(places.values()), children_seen__isnull=False)
    seen = dict(looks.order_by("verified_at", "id").values_list("place_id", "children_seen"))
    return {subject: bool(seen[place]) for subject, place in places.items() if place in seen}


def _homes(ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """To how many different connections the addresses of a subject were resolved."""
    unique = Q(observation__lead__subject_link__subject__in=ids, state="unique") & ~Q(customer_ref="")
    rows = Resolution.objects.filter(unique).order_by().values_list(
        "observation__lead__subject_link__subject", "observation__provider_code", "customer_ref"
    )  # fmt: skip
    found: dict[UUID, int] = defaultdict(int)
    for subject, _, _ in rows.distinct():
        found[subject] += 1
    return found
