"""Ordering subjects: by what their reports say (stage 1), then by what is known of the person (stage 2).

Every run leaves a snapshot of each score with its reasons. The machine may take a subject out of the queue and put it
back; it never touches one at which a person has looked. `parked_by_rule` remembers who had the last word: the version
of the rules, or `BY_PERSON`, which also stays when a person brought the subject back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.rules import triage
from kaval.station.audit import Acting, acting
from kaval.station.copying import Rows
from kaval.station.ids import derive, derive_children
from kaval.station.models import Assessment, FileDigest, Officer, ReportedFile, Subject
from kaval.station.operations.linking import as_plain
from kaval.station.operations.triage_facts import SubjectFacts, facts_by_part, person_facts
from kaval.station.queries import triage_samples
from kaval.station.queries.content import lists_held

BY_PERSON: Final = triage_samples.BY_PERSON
"""In `parked_by_rule`: a person looked at the subject, and no rule parks it or brings it back any more."""

_ASSESSMENT = ("id", "subject_id", "stage", "score", "band", "reasons", "missing", "rule_version", "at")
_DIGEST = ("id", "kind", "value", "file_id", "lead_id")
_LOCK = 0x6B61_7661_6C06  # "kaval", digests of files: whoever adds some holds it until commit
_SET = """
UPDATE station_subject s
SET score = v.score, band = v.band, assessed_at = v.at, due_at = v.due_at, records_until = v.records_until,
    parked_at = v.parked_at, parked_by_rule = v.parked_by_rule, parked_text = v.parked_text
FROM unnest(%s::uuid[], %s::float8[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
    %s::timestamptz[], %s::text[], %s::text[])
    AS v(id, score, band, at, due_at, records_until, parked_at, parked_by_rule, parked_text)
WHERE s.id = v.id
"""


@dataclass
class _Run:
    """A run of assessments: what is counted while it goes on."""

    act: Acting
    stage: int
    assessed: int = 0
    parked: int = 0
    brought_back: int = 0
    rule: str = ""

    def facts(self) -> dict[str, Any]:
        """What the ledger keeps of the run."""
        return {
            "subjects": self.assessed,
            "rule": self.rule,
            "parked": self.parked,
            "brought_back": self.brought_back,
        }


def assess_subjects(*, by: Officer, at: datetime, key: str, subjects: Sequence[UUID] | None = None) -> int:
    """Scores every subject, or these, on the facts of its reports; each snapshot keeps its reasons and what is missing.

    Files named before by reports about others, or on a list of viral content, lower the score; they link nobody. Sets
    the band, its clock counted from the first report, and until when provider records can be asked for. A subject at
    which no person has looked may be parked by rule, and comes back when the rule no longer holds. Gives the number
    of subjects assessed; those merged into others are left out.
    """
    request = {} if subjects is None else {"subjects": sorted(map(str, set(subjects)))}
    with acting("assess_subjects", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return 0
        _index_files(subjects)
        lists = lists_held()
        run = _Run(act, 1)
        for part in facts_by_part(lists, subjects):
            _assess_part(run, part)
        act.ledger("assessed", run.facts() | {"viral_lists": [held.version for held in lists]})
        return run.assessed


def _assess_part(run: _Run, part: Sequence[SubjectFacts]) -> None:
    """Assesses some subjects and writes them, so that the next ones find the memory free."""
    held = _held([one.subject for one in part])
    scores = triage.assess_many([one.facts for one in part], at=run.act.at)
    bands = [triage.band(score, at=run.act.at).code for score in scores]
    scored = list(zip(part, scores, bands, strict=True))
    _keep(run, [(one.subject, score, band) for one, score, band in scored])
    changed = [
        _standing(run, held[one.subject], one=one, score=score, band=band) for one, score, band in scored
    ]
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(_SET, [list(column) for column in zip(*changed, strict=True)])


def assess_persons(*, by: Officer, at: datetime, key: str) -> int:
    """Scores what is known about the person behind every subject that was attributed (level 1 or more).

    Re-orders: the person's score stands beside the score of the reports and is not added to it. The clock becomes that
    of the person's band, still counted from the first report; a band that an officer set goes before it. What a rule
    parked comes back: a person that can be found is for people to judge. Gives the number of subjects assessed.
    """
    with acting("assess_persons", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        attributed = Subject.objects.filter(merged_into=None, attribution__level__gte=1)
        run = _Run(act, 2)
        for part in facts_by_part(lists_held(), list(attributed.values_list("id", flat=True))):
            _assess_persons(run, part)
        act.ledger("persons_assessed", run.facts())
        return run.assessed


def _assess_persons(run: _Run, part: Sequence[SubjectFacts]) -> None:
    at, held = run.act.at, _held([one.subject for one in part])
    scores = [triage.assess_person(facts, at=at) for facts in person_facts(part)]
    scored = [(one, score, triage.band(score, at=at).code) for one, score in zip(part, scores, strict=True)]
    _keep(run, [(one.subject, score, band) for one, score, band in scored])
    changed = []
    for one, score, band in scored:
        subject = held[one.subject]
        subject.person_score, subject.person_band = score.value, band
        subject.due_at = triage.due_at(subject.set_band or band, since=one.received_at)
        if subject.parked_at is not None and subject.parked_by_rule != BY_PERSON:
            run.brought_back += 1
            subject.parked_at, subject.parked_by_rule, subject.parked_text = None, "", ""
        changed.append(subject)
    columns = ["person_score", "person_band", "due_at", "parked_at", "parked_by_rule", "parked_text"]
    Subject.objects.bulk_update(changed, columns, batch_size=500)


def _held(ids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    """The subjects, locked; `investigated` says whether an investigation is open."""
    investigated = Exists(Subject.objects.filter(pk=OuterRef("pk"), investigation__isnull=False))
    rows = Subject.objects.annotate(investigated=investigated).order_by("id").select_for_update(of=("self",))
    return rows.in_bulk(list(ids))


def _standing(run: _Run, subject: Any, *, one: SubjectFacts, score: Score, band: str) -> tuple[Any, ...]:
    """The row of a subject as it is to be: score, band, clocks, and whether it waits outside the queue."""
    at = run.act.at
    looked_at = subject.parked_by_rule == BY_PERSON or subject.assigned_to_id or subject.set_band
    stage_2 = subject.person_score is not None
    parked = (subject.parked_at, subject.parked_by_rule, subject.parked_text)
    if not (looked_at or subject.investigated or stage_2):
        reason = triage.park_reason(one.facts, score, at=at)
        run.parked += reason is not None and subject.parked_at is None
        run.brought_back += reason is None and subject.parked_at is not None
        parked = (
            (None, "", "")
            if reason is None
            else (subject.parked_at or at, triage.park_rule()[:40], _said(reason))
        )
    return (
        subject.pk,
        float(score.value),
        band,
        at,
        triage.due_at(subject.set_band or subject.person_band or band, since=one.received_at),
        triage.records_until(one.facts.newest_observation_at, at=at),
        *parked,
    )


def _said(reason: Reason) -> str:
    """A rule's reason in both languages, one line each."""
    return f"{reason.text}\n{reason.text_ml}".strip()


def _keep(run: _Run, scored: Sequence[tuple[UUID, Score, str]]) -> None:
    """Copies the snapshots into the table that nobody changes."""
    rows = Rows()
    table = rows.table(Assessment, _ASSESSMENT)
    at = run.act.at
    table.extend(
        (
            derive("assessment", subject, run.stage, at.isoformat(), run.act.key),
            subject,
            run.stage,
            float(score.value),
            band,
            json.dumps([as_plain(reason) for reason in score.reasons], ensure_ascii=False),
            json.dumps(list(score.missing)),
            score.rule_version,
            at,
        )
        for subject, score, band in scored
    )
    rows.write()
    run.assessed += len(scored)
    run.rule = run.rule or (scored[0][1].rule_version if scored else "")


def _index_files(subjects: Sequence[UUID] | None) -> None:
    """Puts the digests of files reported since the last assessment where they can be compared: intake writes rows as
    fast as it can and leaves this to whoever needs it. A file that joined its report later is a row of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    fresh = ReportedFile.objects.filter(~Exists(FileDigest.objects.filter(file=OuterRef("pk"))))
    if subjects is not None:
        fresh = fresh.filter(lead__subject_link__subject__in=list(subjects))
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
