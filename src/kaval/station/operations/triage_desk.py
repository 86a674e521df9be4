"""What people do with the queue: take, park, bring back, set a band, keep a view, check what a rule parked.

Whoever does one of these has looked at the subject: from then on no rule parks it or brings it back
(`triage.BY_PERSON`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import IST
from kaval.engine.rules import triage
from kaval.station import roles
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import Officer, ParkedSample, SavedView, Subject
from kaval.station.operations.triage import BY_PERSON
from kaval.station.queries import scope
from kaval.station.queries.triage_views import DROPPED

AT_ONCE: Final = 500
VIEWS: Final = 30
LARGEST_SAMPLE: Final = 500
VERDICTS: Final = ("right", "wrong")


def take_subjects(
    *, by: Officer, at: datetime, key: str, subjects: Sequence[UUID], officer: Officer | None
) -> int:
    """Gives subjects to an officer, who answers for them from now on; None gives them back to the queue.

    A subject that waits outside the queue comes back into it. An analyst takes for himself what nobody has; moving what
    another officer has, or choosing another, is for a supervisor. Gives how many changed hands.

    Raises:
        RefusedError: SUBJECT, TOO_MANY, or OTHER: it is with another officer, or for another officer.
    """
    ids = sorted(set(subjects))
    request = {"subjects": list(map(str, ids)), "officer": officer.number if officer else ""}
    with acting("take_subjects", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return 0
        rows = _locked(by, ids)
        if "supervisor" not in by.roles:
            with_others = [row.number for row in rows if row.assigned_to_id not in (None, by.pk)]
            if with_others or (officer is not None and officer.pk != by.pk):
                named = ", ".join(with_others[:5]) or "given to another officer"
                raise RefusedError("OTHER", f"only a supervisor moves subjects between officers: {named}")
        if officer is not None and not roles.permits(list(officer.roles), "take_subjects"):
            raise RefusedError("OTHER", f"the roles of {officer} do not allow to work on subjects")
        moved = [row for row in rows if row.assigned_to_id != (officer.pk if officer else None)]
        for row in moved:
            row.assigned_to, row.parked_by_rule = officer, BY_PERSON
            if officer is not None:
                row.parked_at, row.parked_text = None, ""
        Subject.objects.bulk_update(moved, ["assigned_to", "parked_at", "parked_by_rule", "parked_text"])
        act.ledger(
            "taken", {"subjects": [row.number for row in moved], "officer": officer.number if officer else ""}
        )
        return len(moved)


def park_subjects(*, by: Officer, at: datetime, key: str, subjects: Sequence[UUID], text: str) -> int:
    """Takes subjects out of the queue for a reason in words; nothing is deleted, and any of them can come back.

    Raises:
        RefusedError: SUBJECT, TOO_MANY, or REASON: none is given.
    """
    ids, text = sorted(set(subjects)), text.strip()
    with acting(
        "park_subjects", by=by, at=at, key=key, request={"subjects": list(map(str, ids)), "text": text}
    ) as act:
        if act.repeated:
            return 0
        if not text:
            raise RefusedError("REASON", "a subject is parked for a reason: say it in a sentence")
        rows = _locked(by, ids)
        for row in rows:
            row.parked_at, row.parked_by_rule, row.parked_text = row.parked_at or at, BY_PERSON, text
        Subject.objects.bulk_update(rows, ["parked_at", "parked_by_rule", "parked_text"])
        act.ledger("parked", {"subjects": [row.number for row in rows]})
        return len(rows)


def bring_back_subjects(
    *, by: Officer, at: datetime, key: str, subjects: Sequence[UUID], text: str = ""
) -> int:
    """Puts parked subjects back into the queue; no rule parks them again. Gives how many came back."""
    ids, text = sorted(set(subjects)), text.strip()
    request = {"subjects": list(map(str, ids)), "text": text}
    with acting("bring_back_subjects", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return 0
        rows = [row for row in _locked(by, ids) if row.parked_at is not None]
        for row in rows:
            _bring_back(row, text)
        Subject.objects.bulk_update(rows, ["parked_at", "parked_by_rule", "parked_text"])
        act.ledger("brought_back", {"subjects": [row.number for row in rows]})
        return len(rows)


def set_band(*, by: Officer, at: datetime, key: str, subject: UUID, band: str, text: str) -> Subject:
    """Puts a person's band in place of the rules'; its clock runs from the first report. An empty band takes it away.

    Raises:
        RefusedError: SUBJECT; BAND, no such band; REASON, none is given.
    """
    text = text.strip()
    request = {"subject": str(subject), "band": band, "text": text}
    with acting("set_band", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Subject.objects.get(id=act.earlier)
        if band and band not in triage.BAND_CODES:
            raise RefusedError("BAND", f"there is no band {band!r}")
        if not text:
            raise RefusedError("REASON", "a band is set for a reason: say it in a sentence")
        (row,) = _locked(by, [subject])
        row.set_band, row.set_band_text, row.parked_by_rule = band, text, BY_PERSON
        row.parked_at, row.parked_text = None, ""
        in_force = band or row.person_band or row.band
        if row.first_seen_at is not None and in_force:
            row.due_at = triage.due_at(in_force, since=row.first_seen_at)
        row.save()
        act.about("subject", row.pk)
        act.ledger("band_set", {"subject": row.number, "band": band, "rule": row.person_band or row.band})
        return row


def save_view(*, by: Officer, at: datetime, key: str, name: str, query: str) -> SavedView:
    """Keeps a filter of the queue under a name, for this officer alone; the same name again replaces it.

    Raises:
        RefusedError: NAME, none or one that is too long; QUERY, the filter is too long; TOO_MANY.
    """
    name = " ".join(name.split()).lstrip(DROPPED)
    with acting("save_view", by=by, at=at, key=key, request={"name": name, "query": query}) as act:
        if act.repeated:
            return SavedView.objects.get(id=act.earlier)
        if not 0 < len(name) <= 60:
            raise RefusedError("NAME", "a view needs a name of at most 60 characters")
        if len(query) > 400:
            raise RefusedError("QUERY", "this filter is too long to be kept")
        others = SavedView.objects.filter(officer=by).exclude(name__startswith=DROPPED).exclude(name=name)
        if others.count() >= VIEWS:
            raise RefusedError("TOO_MANY", f"at most {VIEWS} views are kept: drop one first")
        view, _ = SavedView.objects.update_or_create(
            id=derive("saved view", by.pk, name), defaults={"officer": by, "name": name, "query": query}
        )
        act.about("saved_view", view.pk)
        return view


def drop_view(*, by: Officer, at: datetime, key: str, name: str) -> bool:
    """Forgets a kept filter; gives whether there was one. The station's role deletes no rows: the name is taken off."""
    with acting("drop_view", by=by, at=at, key=key, request={"name": name}) as act:
        if act.repeated:
            return False
        view = SavedView.objects.filter(officer=by, name=name).exclude(name__startswith=DROPPED).first()
        if view is None:
            return False
        view.name, view.query = f"{DROPPED}{view.pk.hex}", ""
        view.save()
        act.about("saved_view", view.pk)
        return True


def draw_parked_sample(*, by: Officer, at: datetime, key: str, size: int) -> int:
    """Draws from all that a rule keeps out of the queue and nobody has checked yet; gives how many were drawn.

    The draw follows from the day, its number on that day and the subjects' numbers: nobody can choose it.

    Raises:
        RefusedError: SIZE, not 1 to 500; NONE, nothing is left to draw from.
    """
    with acting("draw_parked_sample", by=by, at=at, key=key, request={"size": size}) as act:
        if act.repeated:
            return 0
        if not 1 <= size <= LARGEST_SAMPLE:
            raise RefusedError("SIZE", f"a sample has 1 to {LARGEST_SAMPLE} subjects")
        parked = Q(parked_at__isnull=False, merged_into=None) & ~Q(parked_by_rule=BY_PERSON)
        numbers = list(
            Subject.objects.filter(parked, samples=None).values_list("number", flat=True).order_by()
        )
        if not numbers:
            raise RefusedError("NONE", "no subject that a rule parked is left to be checked")
        day = at.astimezone(IST).date().isoformat()
        nth = ParkedSample.objects.filter(drawn__startswith=f"{day}/").values("drawn").distinct().count() + 1
        drawn = f"{day}/{nth}"
        chosen = Subject.objects.filter(number__in=triage.draw_sample(numbers, draw=drawn, size=size))
        rows = [
            ParkedSample(
                id=derive("parked sample", subject.pk, drawn),
                subject=subject,
                rule_version=subject.parked_by_rule,
                drawn=drawn,
                drawn_at=at,
            )
            for subject in chosen
        ]
        ParkedSample.objects.bulk_create(rows, batch_size=500)
        facts = {"drawn": drawn, "from": len(numbers), "subjects": sorted(row.subject.number for row in rows)}
        act.ledger("sample_drawn", facts)
        return len(rows)


def judge_sample(
    *, by: Officer, at: datetime, key: str, sample: UUID, verdict: str, text: str = ""
) -> ParkedSample:
    """Says whether a rule parked rightly. A wrongly parked subject comes back into the queue at once.

    Raises:
        RefusedError: SAMPLE, no such sample; JUDGED, somebody has said so already; VERDICT; REASON, wrong without why.
    """
    text = text.strip()
    request = {"sample": str(sample), "verdict": verdict, "text": text}
    with acting("judge_sample", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ParkedSample.objects.get(id=act.earlier)
        row = ParkedSample.objects.select_for_update(of=("self",)).filter(id=sample).first()
        if row is None:
            raise RefusedError("SAMPLE", "there is no such sample")
        if row.verdict:
            raise RefusedError("JUDGED", "somebody has judged this sample already")
        if verdict not in VERDICTS:
            raise RefusedError("VERDICT", "a rule parked rightly or wrongly")
        if verdict == "wrong" and not text:
            raise RefusedError("REASON", "say why the rule was wrong: its authors must be able to mend it")
        row.verdict, row.text, row.by, row.at = verdict, text, by, at
        row.save()
        subject = Subject.objects.select_for_update(of=("self",)).get(pk=row.subject_id)
        if verdict == "wrong" and subject.parked_at is not None:
            _bring_back(subject, text)
            subject.save()
        act.about("parked_sample", row.pk)
        act.ledger("sample_judged", {"subject": subject.number, "rule": row.rule_version, "verdict": verdict})
        return row


def _locked(by: Officer, ids: Sequence[UUID]) -> list[Subject]:
    """The subjects, all of them in the officer's reach and none merged into another, locked in order."""
    if len(ids) > AT_ONCE:
        raise RefusedError("TOO_MANY", f"at most {AT_ONCE} subjects at once")
    rows = list(scope.subjects_seen(by).filter(id__in=ids).order_by("id").select_for_update(of=("self",)))
    if not rows or len(rows) != len(ids):
        raise RefusedError(
            "SUBJECT", "choose at least one subject; one of them is not there or no longer its own"
        )
    return rows


def _bring_back(row: Subject, text: str) -> None:
    row.parked_at, row.parked_by_rule, row.parked_text = None, BY_PERSON, text
