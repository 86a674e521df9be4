"""Linking leads into subjects, ordering subjects by what their reports say, opening investigations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Max, Min, OuterRef

from kaval.engine.formats._spec import LeadRecord
from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reason import Score
from kaval.engine.rules import linking as rules
from kaval.engine.rules import triage
from kaval.engine.rules.cases.number import next_number
from kaval.station.audit import Acting, acting
from kaval.station.copying import Rows
from kaval.station.ids import derive, derive_children
from kaval.station.models import (
    Assessment,
    FileDigest,
    Investigation,
    Lead,
    Officer,
    ReportedFile,
    Subject,
    SubjectLead,
)
from kaval.station.operations import lead_rows
from kaval.station.queries.content import known_content, lists_held

BNSS_FROM = date(2024, 7, 1)  # BNSS 531(2)(a): investigations begun before go on under the old code
UNIT_CODE = "CCSE"
_DIGEST = ("id", "kind", "value", "file_id", "lead_id")
_LOCK = 0x6B61_7661_6C06  # "kaval", digests of files: whoever adds some holds it until commit


def link_leads(*, by: Officer, at: datetime, key: str) -> int:
    """Links every accepted lead that has no subject yet, by strong identifiers of the reported party only.

    A new lead joins the subject whose identifiers it shares; where it shares those of two subjects it joins the
    older and
    the other link stays a proposal for a person: nothing is merged by machine. Gives the number of leads linked.
    """
    with acting("link_leads", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        leads = list(Lead.objects.filter(state="accepted").select_related("report").order_by("number"))
        records = dict(
            zip(
                (str(lead.id) for lead in leads),
                lead_rows.records_of(lead.report for lead in leads),
                strict=True,
            )
        )
        keys = {lead_id: rules.strong_keys(record) for lead_id, record in records.items()}
        linked = {
            str(lead): subject for lead, subject in SubjectLead.objects.values_list("lead_id", "subject_id")
        }
        reasons = _reasons(keys)
        groups: dict[str, list[Lead]] = defaultdict(list)
        grouped = rules.group(keys)
        for lead in leads:
            groups[grouped[str(lead.id)]].append(lead)
        fresh = _join(act, groups, linked=linked, reasons=reasons)
        _count_again({row.subject_id for row in fresh})
        act.ledger("linked", {"leads": len(fresh), "subjects": len({row.subject_id for row in fresh})})
        return len(fresh)


def assess_subjects(*, by: Officer, at: datetime, key: str) -> int:
    """Scores every subject on the facts of its reports; each snapshot keeps its reasons and what was missing.

    Files named before by reports about others, or on a list of viral content, lower the score; they link nobody.
    """
    with acting("assess_subjects", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        _index_files()
        lists = lists_held()
        known = known_content(lists)
        subjects = {subject.id: subject for subject in Subject.objects.all()}
        rows = []
        for subject_id, records in sorted(_records_by_subject().items()):
            score = triage.assess(triage.facts_of(records, known=known[subject_id]), at=at)
            subject = subjects[subject_id]
            subject.score, subject.band = score.value, triage.band(score, at=at).code
            rows.append(_assessment(subject, score, at))
        Assessment.objects.bulk_create(rows, batch_size=500)
        _update(subjects.values(), "score", "band")
        facts = {"subjects": len(rows), "rule": rows[0].rule_version if rows else ""}
        act.ledger("assessed", facts | {"viral_lists": [held.version for held in lists]})
        return len(rows)


def open_investigations(*, by: Officer, at: datetime, key: str) -> int:
    """Opens an investigation on every subject that was assessed and has none, in the order of the queue."""
    with acting("open_investigation", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        waiting = (
            Subject.objects.filter(investigation__isnull=True, assessments__isnull=False)
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


def _reasons(keys: Mapping[str, frozenset[str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for link in rules.links(keys):
        for reason in link.reasons:
            entry = {"code": reason.code, "text": reason.text, "text_ml": reason.text_ml}
            for lead in (link.first, link.second):
                if entry not in found[lead]:
                    found[lead].append(entry)
    return found


def _join(
    act: Acting,
    groups: Mapping[str, Sequence[Lead]],
    *,
    linked: Mapping[str, UUID],
    reasons: Mapping[str, list[dict[str, str]]],
) -> list[SubjectLead]:
    number = Subject.objects.count()
    subjects: list[Subject] = []
    rows: list[SubjectLead] = []
    for group_key, members in sorted(groups.items(), key=lambda pair: pair[1][0].number):
        homes = [linked[str(lead.id)] for lead in members if str(lead.id) in linked]
        home = homes[0] if homes else derive("subject", group_key)
        if len(set(homes)) > 1:
            act.ledger("merge_proposed", {"subjects": sorted({str(each) for each in homes})})
        if not homes:
            number += 1
            subjects.append(Subject(id=home, number=f"S-{number:06d}"))
        rows += [
            SubjectLead(
                id=derive("subject lead", lead.id),
                subject_id=home,
                lead=lead,
                reasons=reasons.get(str(lead.id), []),
                by=act.by,
                at=act.at,
            )
            for lead in members
            if str(lead.id) not in linked
        ]
    Subject.objects.bulk_create(subjects, batch_size=500)
    SubjectLead.objects.bulk_create(rows, batch_size=500)
    return rows


def _count_again(subject_ids: set[UUID]) -> None:
    spans = {
        row["subject_id"]: row
        for row in SubjectLead.objects.filter(subject_id__in=subject_ids)
        .values("subject_id")
        .annotate(first=Min("lead__report__received_at"), last=Max("lead__report__received_at"))
    }
    counts: dict[UUID, int] = defaultdict(int)
    for subject_id in SubjectLead.objects.filter(subject_id__in=subject_ids).values_list(
        "subject_id", flat=True
    ):
        counts[subject_id] += 1
    subjects = list(Subject.objects.filter(id__in=subject_ids))
    for subject in subjects:
        subject.lead_count = counts[subject.id]
        subject.first_seen_at, subject.last_seen_at = spans[subject.id]["first"], spans[subject.id]["last"]
    _update(subjects, "lead_count", "first_seen_at", "last_seen_at")


def _update(subjects: Iterable[Subject], *columns: str) -> None:
    """Many rows in one statement: the upsert of rows that all exist."""
    Subject.objects.bulk_create(
        subjects, update_conflicts=True, unique_fields=["id"], update_fields=columns, batch_size=500
    )


def _index_files() -> None:
    """Puts the digests of files reported since the last assessment where they can be compared: intake writes rows as
    fast as it can and leaves this to whoever needs it. A file that joined its report later is a row of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    fresh = ReportedFile.objects.filter(~Exists(FileDigest.objects.filter(file=OuterRef("pk"))))
    rows = Rows()
    for file_id, lead_id, hashes in fresh.values_list("id", "lead_id", "hashes").iterator(chunk_size=5000):
        table = rows.table(FileDigest, _DIGEST)
        found = sorted(triage.digests_of((kind, value) for kind, value in hashes))
        ids = derive_children(len(found), "digests of file", file_id)
        table.extend(
            (id, kind, value, file_id, lead_id) for id, (kind, value) in zip(ids, found, strict=True)
        )
        if len(rows) >= 5000:
            rows.write()
    rows.write()


def _records_by_subject() -> dict[UUID, list[LeadRecord]]:
    links = list(SubjectLead.objects.select_related("lead__report").order_by("lead__number"))
    found: dict[UUID, list[LeadRecord]] = defaultdict(list)
    for link, record in zip(links, lead_rows.records_of(link.lead.report for link in links), strict=True):
        found[link.subject_id].append(record)
    return found


def _assessment(subject: Subject, score: Score, at: datetime) -> Assessment:
    return Assessment(
        id=derive("assessment", subject.id, 1, at.isoformat()),
        subject=subject,
        stage=1,
        score=score.value,
        band=subject.band,
        missing=list(score.missing),
        rule_version=score.rule_version,
        at=at,
        reasons=[
            {"code": reason.code, "text": reason.text, "text_ml": reason.text_ml, "weight": reason.weight}
            for reason in score.reasons
        ],
    )
