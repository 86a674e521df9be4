"""Linking leads into subjects and opening investigations.

Which subject a lead belongs to follows from identifiers and people's decisions (`engine.rules.linking`); this writes
what follows. Linking some leads gives the same rows as linking all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Exists, Max, OuterRef

from kaval.engine.formats._spec import LeadRecord
from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reason import Reason
from kaval.engine.rules import linking as rules
from kaval.engine.rules.cases.number import next_number
from kaval.station.audit import Acting, acting
from kaval.station.copying import Rows, update
from kaval.station.ids import derive, derive_text
from kaval.station.models import (
    Investigation,
    Lead,
    LeadFacts,
    LikenessKey,
    LinkProposal,
    Officer,
    Subject,
    SubjectLead,
)
from kaval.station.operations import lead_rows, linking_copies, notices
from kaval.station.queries import linkable

BNSS_FROM = date(2024, 7, 1)  # BNSS 531(2)(a): investigations begun before go on under the old code
UNIT_CODE = "CCSE"
_LOCK = 0x6B61_7661_6C07  # "kaval", subjects: whoever changes them holds it until commit
_FACTS = ("id", "lead_id", "facts", "doubtful", "signature")
_BLOCK = ("id", "lead_id", "key")
_SUBJECT = ("id", "number", "lead_count", "score", "band")
_PROPOSAL = ("id", "first_id", "second_id", "bits", "reasons", "state", "proposed_at")
_NEW = """
SELECT l.id, l.link_again, r.fields::text, r.restricted::text
FROM station_lead l JOIN station_report r ON r.id = l.report_id
WHERE (l.number > %s OR l.link_again) AND l.state = 'accepted' ORDER BY l.number
"""
_SPANS = """
SELECT s.subject_id, count(*), min(r.received_at), max(r.received_at) FROM station_subjectlead s
JOIN station_lead l ON l.id = s.lead_id JOIN station_report r ON r.id = l.report_id
WHERE s.subject_id = ANY(%s) GROUP BY 1
"""
# From this share of new leads on, linking everything anew reads less than looking around each of them.
_ALL_FROM = 0.2
# Up to so many it is worth asking first whether a lead only says again what linked leads say.
_FEW = 500


def link_leads(*, by: Officer, at: datetime, key: str) -> int:
    """Links every accepted lead that has no subject yet, or that says more than when it was linked.

    Identifiers issued to one account bind; what can pass from hand to hand and likeness of names link only where they
    weigh enough, and else become proposals for a person. Gives the number of leads looked at.
    """
    with acting("link_leads", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        hold_subjects()
        fresh = _describe()
        if not fresh:
            act.ledger("linked", {"leads": 0, "subjects": 0})
            return 0
        others = linking_copies.attach_copies(act, fresh) if len(fresh) <= _FEW else fresh
        changed = len(fresh) - len(others)
        if others:
            many = len(others) > _FEW and len(others) > _ALL_FROM * SubjectLead.objects.count()
            changed += write_links(act, linkable.everything() if many else linkable.around(others))
        act.ledger("linked", {"leads": len(fresh), "subjects": changed, "weights": rules.settings().version})
        notices.raise_notices(act, fresh)
        return len(fresh)


def link_again(*, by: Officer, at: datetime, key: str) -> int:
    """Links all leads anew, after weights or rules changed; decisions hold. Gives how many subjects changed."""
    with acting("link_again", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        hold_subjects()
        fresh = _describe()
        changed = write_links(act, linkable.everything())
        act.ledger("linked_again", {"subjects": changed, "weights": rules.settings().version})
        notices.raise_notices(act, fresh)
        return changed


def hold_subjects() -> None:
    """Waits until nobody else changes subjects, and keeps others waiting until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def open_investigations(*, by: Officer, at: datetime, key: str) -> int:
    """Opens an investigation on every subject that was assessed and has none, in the order of the queue."""
    with acting("open_investigation", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        waiting = (
            Subject.objects.filter(investigation=None, merged_into=None, assessments__isnull=False)
            .distinct()
            .order_by("-score", "first_seen_at", "number")
        )
        year = at.astimezone(IST).year
        last = Investigation.objects.filter(number__startswith=f"{UNIT_CODE}/{year}/").aggregate(
            n=Max("number")
        )["n"]
        rows = []
        for subject in waiting:
            last = str(next_number(last, unit=UNIT_CODE, year=year))
            rows.append(
                Investigation(
                    id=derive("investigation", subject.id),
                    number=last,
                    subject=subject,
                    opened_at=at,
                    opened_by=by,
                    regime="BNSS/BSA" if at.astimezone(IST).date() >= BNSS_FROM else "CrPC/IEA",
                )
            )
        Investigation.objects.bulk_create(rows, batch_size=500)
        act.ledger("investigations_opened", {"count": len(rows), "last": last or ""})
        return len(rows)


def _linked_up_to() -> int:
    """The highest number of a linked lead; 0: none is. Leads are linked in the order of their numbers, so whatever is
    new stands above it, and looking from above finds it at once however many there are."""
    linked = Exists(SubjectLead.objects.filter(lead=OuterRef("pk")))
    return Lead.objects.filter(linked).order_by("-number").values_list("number", flat=True).first() or 0


def _describe() -> list[UUID]:
    """Puts down what each new or grown lead says of its person; gives these leads, oldest first."""
    fresh: list[UUID] = []
    rows = Rows()
    with connection.chunked_cursor() as cursor:
        cursor.execute(_NEW, [_linked_up_to()])
        while some := cursor.fetchmany(2000):
            for lead, again, fields, restricted in some:
                _describe_one(rows, lead, lead_rows.persons_of(fields, restricted), again=again)
                fresh.append(lead)
            rows.write()
    Lead.objects.filter(link_again=True).update(link_again=False)
    return fresh


def _describe_one(rows: Rows, lead: UUID, record: LeadRecord, *, again: bool) -> None:
    """The rows of one lead; of one that has some already (`again`) what it says now, and the keys it gained."""
    facts, doubtful = rules.facts_of(record), rules.is_doubtful(record)
    plain = orjson.dumps(rules.to_plain(facts), option=orjson.OPT_SORT_KEYS).decode()
    signature = derive_text("signature", plain, doubtful, *sorted(rules.linking_keys(record)))
    blocks = rules.block_keys(facts)
    if again:
        blocks = blocks.difference(LikenessKey.objects.filter(lead=lead).values_list("key", flat=True))
        said = {"facts": orjson.loads(plain), "doubtful": doubtful, "signature": signature}
        again = LeadFacts.objects.filter(lead=lead).update(**said) > 0
    if not again:
        row = (derive_text("facts", lead), lead, plain, doubtful, signature)
        rows.table(LeadFacts, _FACTS).append(row)
    ordered = sorted(blocks)
    rows.table(LikenessKey, _BLOCK).extend(
        (derive_text("block", lead, block), lead, block) for block in ordered
    )


def write_links(act: Acting, found: linkable.Linked) -> int:
    """Writes what linking found as rows: links, subjects, proposals. Gives the number of subjects that changed."""
    founders = {number: found.resolution.subjects[number] for number in found.ids}
    subject_ids = {founder: derive("subject", found.ids[founder]) for founder in set(founders.values())}
    before = _subjects_before(found)
    _add_subjects(subject_ids)
    homes = {number: subject_ids[founder] for number, founder in founders.items()}
    moved, changed = _move(act, found, homes=homes, before=before)
    _tell(act, moved, homes=homes, before=before)
    # Where the oldest lead of each subject is now: what a subject without leads was merged into.
    where = {derive("subject", found.ids[number]): homes[number] for number in before}
    _count_again(changed, where=where)
    _propose(act, found)
    return len(changed)


def _subjects_before(found: linkable.Linked) -> dict[int, tuple[UUID, str]]:
    """For each lead that has one: its subject and the reasons stored with it, as text."""
    by_id = {lead: number for number, lead in found.ids.items()}
    held = "SELECT lead_id, subject_id, reasons::text FROM station_subjectlead WHERE lead_id = ANY(%s)"
    return {by_id[lead]: (subject, reasons) for lead, subject, reasons in _ask(held, list(by_id))}


def _ask(sql: str, *given: list[UUID]) -> list[tuple[Any, ...]]:
    """Rows of a query over arrays: a list of parameters would end at 65,535."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(given))
        return list(cursor.fetchall())


def _add_subjects(subject_ids: Mapping[int, UUID]) -> None:
    known = _ask("SELECT id FROM station_subject WHERE id = ANY(%s)", list(subject_ids.values()))
    there = {id for (id,) in known}
    rows = Rows()
    rows.table(Subject, _SUBJECT).extend(
        (id, f"S-{founder:06d}", 0, 0, "") for founder, id in sorted(subject_ids.items()) if id not in there
    )
    rows.write()


def _move(
    act: Acting,
    found: linkable.Linked,
    *,
    homes: Mapping[int, UUID],
    before: Mapping[int, tuple[UUID, str]],
) -> tuple[dict[int, tuple[UUID, UUID]], set[UUID]]:
    """Links leads to their subjects; gives those that moved (from, to) and the subjects whose leads changed."""
    rows, changes = Rows(), []
    moved: dict[int, tuple[UUID, UUID]] = {}
    changed: set[UUID] = set()
    texts: dict[tuple[Reason, ...], str] = {}
    for number, home in sorted(homes.items()):
        why = found.resolution.reasons.get(number, ())
        text = texts.get(why) or texts.setdefault(
            why, orjson.dumps([as_plain(each) for each in why]).decode()
        )
        held = before.get(number)
        if held is None:
            lead = found.ids[number]
            link = (derive_text("subject lead", lead), home, lead, text, act.by.id, act.at)
            rows.table(SubjectLead, linking_copies.LINK).append(link)
            changed.add(home)
        elif held[0] != home or orjson.loads(held[1]) != orjson.loads(text):
            changes.append((home, text, derive("subject lead", found.ids[number])))
            changed |= {held[0], home}
            if held[0] != home:
                moved[number] = (held[0], home)
    rows.write()
    update(SubjectLead, ("subject_id", "reasons"), changes)
    return moved, changed


def as_plain(reason: Reason) -> dict[str, object]:
    """A reason as rows keep it."""
    return {"code": reason.code, "text": reason.text, "text_ml": reason.text_ml, "weight": reason.weight}


def _tell(
    act: Acting,
    moved: Mapping[int, tuple[UUID, UUID]],
    *,
    homes: Mapping[int, UUID],
    before: Mapping[int, tuple[UUID, str]],
) -> None:
    """Ledger entries for subjects that became one, and for those that came apart; a notice where that touches an open
    investigation."""
    if not moved:
        return
    now: dict[UUID, set[UUID]] = defaultdict(set)
    for number, home in homes.items():
        if number in before:
            now[before[number][0]].add(home)
    parted = {was for was, homes in now.items() if len(homes) > 1}
    came: dict[UUID, set[UUID]] = defaultdict(set)
    for was, home in moved.values():
        if was not in parted:
            came[home].add(was)
    if came:
        act.ledger(
            "subjects_merged", {str(home): sorted(map(str, gone)) for home, gone in sorted(came.items())}
        )
    if parted:
        act.ledger("subjects_parted", {"subjects": sorted(map(str, parted))})
        notices.tell_parted(act, parted, moved)


def _count_again(subjects: Collection[UUID], *, where: Mapping[UUID, UUID]) -> None:
    """Counts the leads of subjects, their first and last receipt, and who was merged into whom. What changed must be
    assessed anew."""
    listed = list(subjects)
    gone = _ask("SELECT id FROM station_subject WHERE merged_into_id = ANY(%s)", listed)
    subjects = {*subjects, *(id for (id,) in gone)}
    spans = {subject: (count, first, last) for subject, count, first, last in _ask(_SPANS, listed)}
    rows = []
    for subject in sorted(subjects):
        count, first, last = spans.get(subject, (0, None, None))
        rows.append((count, first, last, None if count else where.get(subject), None, subject))
    update(Subject, ("lead_count", "first_seen_at", "last_seen_at", "merged_into_id", "assessed_at"), rows)


def _propose(act: Acting, found: linkable.Linked) -> None:
    """Keeps what a person may decide on: new pairs open, those that no longer hold gone."""
    ids = found.ids
    wanted = {
        derive("proposal", ids[each.first], ids[each.second]): each
        for each in found.resolution.proposals
        if each.first in ids and each.second in ids
    }
    leads = list(ids.values())
    held = "SELECT id, state, bits FROM station_linkproposal WHERE first_id = ANY(%s) OR second_id = ANY(%s)"
    states = {id: (state, bits) for id, state, bits in _ask(held, leads, leads)}
    gone = [("gone", id) for id, (state, _) in states.items() if state == "open" and id not in wanted]
    update(LinkProposal, ("state",), gone)
    rows, changes = Rows(), []
    for id, each in sorted(wanted.items()):
        reasons = orjson.dumps([as_plain(reason) for reason in each.reasons]).decode()
        if id not in states:
            row = (id, ids[each.first], ids[each.second], each.bits, reasons, "open", act.at)
            rows.table(LinkProposal, _PROPOSAL).append(row)
        elif states[id] != ("open", each.bits):
            changes.append((each.bits, reasons, "open", None, id))
    rows.write()
    update(LinkProposal, ("bits", "reasons", "state", "decision_id"), changes)
