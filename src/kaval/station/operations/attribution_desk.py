"""What people add to one attribution: a HOLD let pass, an explanation, a link beyond addresses, other units asked, a
child who may be the holder, a second reading. Each by name and for a reason, and each time the attribution is computed
again. Nothing here lifts a BLOCK. A subscriber is not a suspect.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.rank import ONE_ALONE, rank_to_lift
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive
from kaval.station.models import (
    Attribution,
    CheckOverride,
    ChildNote,
    ContradictionNote,
    CorroborationNote,
    DeconflictionNote,
    Observation,
    Officer,
    Provider,
    ResultSeen,
    SealedFile,
    SecondReading,
    Subject,
)
from kaval.station.operations.attribution import attribute_subject
from kaval.station.queries import attribution_desk as desk
from kaval.station.queries import blind, scope

AT_ONCE: Final = 500
PERSON: Final = "person"


def override_hold(
    *,
    by: Officer,
    at: datetime,
    key: str,
    subject: UUID,
    check: str,
    text: str,
    observation: UUID | None = None,
    child_at_risk: bool = False,
) -> CheckOverride:
    """Lets one open HOLD of a subject pass, in the officer's own name and rank; `observation` None: for the subject.

    A-40 (one observation only) passes for one reason alone: a child is at immediate risk, said by a gazetted officer.

    Raises:
        RefusedError: SUBJECT, ATTRIBUTION, REASON; BLOCK, it is no HOLD; CHECK, the HOLD is not open; SELF, the
            officer is the analyst; RANK; A-40, no child at risk; OBSERVATION, it is not the subject's.
    """
    text = text.strip()
    request = {
        "subject": str(subject),
        "check": check,
        "observation": str(observation or ""),
        "text": text,
        "child_at_risk": child_at_risk,
    }
    with acting("override_hold", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return CheckOverride.objects.get(id=act.earlier)
        row = _attribution(_subject(by, subject))
        _may_override(by, row, check=check, child_at_risk=child_at_risk)
        _said(text, "a HOLD passes for a reason: say it in a sentence")
        if observation is not None:
            _one_observation(row.subject_id, observation, check=check)
        given = CheckOverride.objects.create(
            id=derive("override", act.key),
            subject_id=row.subject_id,
            observation_id=observation,
            check_id=check,
            rank=by.rank,
            text=text,
            by=by,
            at=at,
        )
        act.about("override", given.pk)
        act.ledger(
            "hold_overridden",
            {
                "subject": row.subject.number,
                "check": check,
                "observation": str(observation or ""),
                "rank": by.rank,
                "child_at_risk": child_at_risk,
            },
        )
        _attribute_again(act, [row.subject_id])
        return given


def withdraw_override(*, by: Officer, at: datetime, key: str, override: UUID, text: str) -> CheckOverride:
    """Takes an override back, for a reason kept with the act; the HOLD is open again.

    Raises:
        RefusedError: OVERRIDE, there is none or it was taken back already; REASON.
    """
    text = text.strip()
    request = {"override": str(override), "text": text}
    with acting("withdraw_override", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return CheckOverride.objects.get(id=act.earlier)
        row = (
            CheckOverride.objects.filter(
                pk=override, withdrawn_at=None, subject__in=scope.subjects_ever_seen(by)
            )
            .select_for_update(of=("self",))
            .first()
        )
        if row is None:
            raise RefusedError("OVERRIDE", "there is no such override, or it was taken back already")
        _said(text, "an override is taken back for a reason: say it in a sentence")
        row.withdrawn_at, row.withdrawn_by = at, by
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        act.about("override", row.pk)
        act.note = text
        act.ledger("override_withdrawn", {"override": str(row.pk), "check": row.check_id})
        _attribute_again(act, [row.subject_id])
        return row


def explain_contradiction(
    *, by: Officer, at: datetime, key: str, subject: UUID, observation: UUID, text: str
) -> ContradictionNote:
    """Says by name why an observation of the subject points to another customer (A-41).

    Raises:
        RefusedError: SUBJECT, ATTRIBUTION, REASON; OBSERVATION, it points to nobody else.
    """
    text = text.strip()
    request = {"subject": str(subject), "observation": str(observation), "text": text}
    with acting("explain_contradiction", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ContradictionNote.objects.get(id=act.earlier)
        row = _attribution(_subject(by, subject))
        if str(observation) not in row.contradicted_by:
            raise RefusedError("OBSERVATION", "this observation does not point to another customer")
        _said(text, "an explanation needs words: say why the address led to somebody else")
        note = ContradictionNote.objects.create(
            id=derive("contradiction", act.key),
            subject_id=row.subject_id,
            observation_id=observation,
            text=text,
            by=by,
            at=at,
        )
        act.about("contradiction_note", note.pk)
        act.ledger("explained", {"subject": row.subject.number, "observation": str(observation)})
        _attribute_again(act, [row.subject_id])
        return note


def add_corroboration(
    *,
    by: Officer,
    at: datetime,
    key: str,
    subject: UUID,
    kind: str,
    text: str,
    sealed: UUID | None = None,
    locator: str = "",
) -> CorroborationNote:
    """Puts a fact beyond addresses on record that ties the subject to place or person (A-42, A-35).

    `sealed` is the sealed file that says so and `locator` the place in it; None: the officer's own knowledge.

    Raises:
        RefusedError: SUBJECT, REASON; KIND, no such kind; SOURCE, the file is none of this subject.
    """
    text, locator = text.strip(), locator.strip()
    request = {
        "subject": str(subject),
        "kind": kind,
        "text": text,
        "sealed": str(sealed or ""),
        "locator": locator,
    }
    with acting("add_corroboration", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return CorroborationNote.objects.get(id=act.earlier)
        row = _subject(by, subject)
        if kind not in desk.CORROBORATION_KINDS:
            raise RefusedError("KIND", f"a corroboration is one of: {', '.join(desk.CORROBORATION_KINDS)}")
        _said(text, "say what the fact is")
        source = desk.sources_of(row.pk).filter(pk=sealed).first() if sealed else None
        if sealed and source is None:
            raise RefusedError("SOURCE", "this file is no source of the subject")
        note = CorroborationNote.objects.create(
            id=derive("corroboration", act.key),
            subject=row,
            kind=kind,
            text=text,
            sealed=source,
            locator=locator,
            by=by,
            at=at,
        )
        act.about("corroboration", note.pk)
        act.ledger("corroborated", {"subject": row.number, "kind": kind, "sha256": _digest(source)})
        _attribute_again(act, [row.pk])
        return note


def record_deconfliction(
    *,
    by: Officer,
    at: datetime,
    key: str,
    subjects: Sequence[UUID],
    asked: str,
    conflict: bool | None,
    reference: str = "",
) -> int:
    """Notes that others were asked about the identifiers of these subjects (A-50), one text for all of them.

    `conflict` None: asked and not answered. `reference` names whom to ask about a conflict; the other's matter itself
    is not held. Gives the number of subjects.

    Raises:
        RefusedError: SUBJECT, TOO_MANY; ASKED, nobody is named; REFERENCE, a conflict without whom to ask.
    """
    ids, asked, reference = sorted(set(subjects)), asked.strip(), reference.strip()
    request = {
        "subjects": list(map(str, ids)),
        "asked": asked,
        "conflict": conflict,
        "reference": reference,
    }
    with acting("record_deconfliction", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return len(ids)
        if len(ids) > AT_ONCE:
            raise RefusedError("TOO_MANY", f"at most {AT_ONCE} subjects at once")
        rows = list(scope.subjects_seen(by).filter(pk__in=ids).order_by("number"))
        if not rows or len(rows) != len(ids):
            raise RefusedError("SUBJECT", "choose at least one subject; one of them is not there")
        if not asked:
            raise RefusedError("ASKED", "say who was asked")
        if conflict and not reference:
            raise RefusedError("REFERENCE", "say whom to ask about the conflict")
        DeconflictionNote.objects.bulk_create(
            [
                DeconflictionNote(
                    id=derive("deconfliction", act.key, row.pk),
                    subject=row,
                    asked=asked,
                    conflict=conflict,
                    reference=reference,
                    by=by,
                    at=at,
                )
                for row in rows
            ],
            batch_size=500,
        )
        act.ledger("deconflicted", {"subjects": [row.number for row in rows], "conflict": conflict})
        _attribute_again(act, [row.pk for row in rows])
        return len(rows)


def note_child(*, by: Officer, at: datetime, key: str, subject: UUID, likely: bool, text: str) -> ChildNote:
    """Says whether the account holder is likely a child (A-51): then the victim path comes first.

    Anybody on the desk may raise it; a supervisor alone takes it back.

    Raises:
        RefusedError: SUBJECT, REASON; A-51, only a supervisor says that the holder is not a child after all.
    """
    text = text.strip()
    request = {"subject": str(subject), "likely": likely, "text": text}
    with acting("note_child", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ChildNote.objects.get(id=act.earlier)
        row = _subject(by, subject)
        _said(text, "say what speaks for it")
        if not likely and "supervisor" not in by.roles and desk.likely_child(row.pk):
            raise RefusedError("A-51", "only a supervisor says that the holder is not a child after all")
        note = ChildNote.objects.create(
            id=derive("child note", act.key), subject=row, likely=likely, text=text, by=by, at=at
        )
        act.about("child_note", note.pk)
        act.ledger("child_noted", {"subject": row.number, "likely": likely})
        _attribute_again(act, [row.pk])
        return note


def read_observation(
    *,
    by: Officer,
    at: datetime,
    key: str,
    observation: UUID,
    provider_code: str,
    customer_ref: str,
    several: bool = False,
) -> SecondReading:
    """A second officer's own reading of source, request and answer, the first result unseen (A-38).

    Empty `customer_ref`: nobody, or with `several` more than one; which of the two stands in the note of the act.

    Raises:
        RefusedError: A-38, the officer made or saw the first result; OBSERVATION, it waits for no reading; A-01, the
            seal of its source is broken; CUSTOMER, the provider's answer names no such customer for the address.
    """
    request = {
        "observation": str(observation),
        "provider": provider_code,
        "customer": customer_ref,
        "several": several,
    }
    with acting("read_observation", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return SecondReading.objects.get(id=act.earlier)
        row = blind.to_be_read().filter(pk=observation).select_for_update(of=("self",)).first()
        if row is None:
            raise RefusedError("OBSERVATION", "this observation waits for no second reading")
        if blind.knows_the_first(by, row):
            raise RefusedError("A-38", f"{by.number} made or saw the first result and cannot read it again")
        if blind.source_bytes(row) is None:
            raise RefusedError("A-01", "the seal of the source is broken: nothing is read from it")
        provider = Provider.objects.filter(code=provider_code, requests__rows__observation=row).first()
        if provider is None:
            raise RefusedError("CUSTOMER", "this provider was not asked about the observation")
        if customer_ref and (several or customer_ref not in blind.customers_of(row)):
            raise RefusedError("CUSTOMER", "the answer names no such customer for this address")
        reading = SecondReading.objects.create(
            id=derive("second", row.pk, by.number, act.key),
            observation=row,
            provider=provider,
            customer_ref=customer_ref,
            by=by,
            at=at,
            method=PERSON,
        )
        act.about("second_reading", reading.pk)
        act.note = "one" if customer_ref else "several" if several else "nobody"
        act.ledger("read_by_a_person", {"observation": str(row.pk), "found": act.note})
        _attribute_again(act, [row.lead.subject_link.subject_id])
        return reading


def note_result_seen(*, by: Officer, at: datetime, key: str, observations: Sequence[UUID]) -> int:
    """Keeps that an officer who reads second opened a page with the first results of these observations (A-38)."""
    ids = sorted(set(observations))
    with acting("note_result_seen", by=by, at=at, key=key, request={"seen": list(map(str, ids))}) as act:
        if act.repeated:
            return 0
        ResultSeen.objects.bulk_create(
            [
                ResultSeen(id=derive("result seen", by.pk, one), observation_id=one, by=by, at=at)
                for one in ids
            ],
            batch_size=500,
            ignore_conflicts=True,
        )
        act.ledger("result_seen", {"observations": list(map(str, ids))})
        return len(ids)


def _subject(by: Officer, subject: UUID) -> Subject:
    row = scope.subjects_seen(by).filter(pk=subject).select_for_update(of=("self",)).first()
    if row is None:
        raise RefusedError("SUBJECT", "there is no such subject, or it is no longer its own")
    return row


def _attribution(subject: Subject) -> Attribution:
    row = Attribution.objects.filter(subject=subject).select_related("subject", "analyst").first()
    if row is None:
        raise RefusedError("ATTRIBUTION", "nobody has made an attribution of this subject yet")
    return row


def _may_override(by: Officer, row: Attribution, *, check: str, child_at_risk: bool) -> None:
    found = next((one for one in row.checks if one["check"] == check), None)
    if found is not None and found["kind"] != CheckKind.HOLD and found["verdict"] != "PASS":
        raise RefusedError("BLOCK", f"{check} is no HOLD: nobody lets it pass")
    if check not in {one.check for one in desk.open_holds(row)}:
        raise RefusedError("CHECK", f"{check} is no open HOLD of this subject")
    why_not = desk.why_not(by, row, check)
    if why_not == "self":
        raise RefusedError("SELF", "who made the attribution cannot let its HOLDs pass")
    if why_not == "rank":
        raise RefusedError("RANK", f"{check} needs the rank of {rank_to_lift(check)} or above")
    if check == ONE_ALONE and not child_at_risk:
        raise RefusedError(check, "one observation alone passes only when a child is at immediate risk")


def _one_observation(subject_id: UUID, observation: UUID, *, check: str) -> None:
    owned = Q(pk=observation, lead__subject_link__subject=subject_id)
    if not Observation.objects.filter(owned).exists():
        raise RefusedError("OBSERVATION", "this observation is not the subject's")
    if check not in desk.OBSERVATION_CHECKS:
        raise RefusedError("OBSERVATION", f"{check} is about the subject, not about one observation")


def _said(text: str, what: str) -> None:
    if not text:
        raise RefusedError("REASON", what)


def _digest(source: SealedFile | None) -> str:
    return source.sha256 if source else ""


def _attribute_again(act: Acting, subjects: Sequence[UUID]) -> None:
    """Computes the attributions of these subjects anew, in the act's own transaction; who has none gets none here."""
    made = Attribution.objects.filter(subject__in=subjects).values_list("subject", flat=True)
    for subject in sorted(made):
        attribute_subject(by=act.by, at=act.at, key=f"{act.key} {subject}", subject=subject)
