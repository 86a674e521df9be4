"""A person's word on who is the same: joined, kept apart, or taken back. Nothing is overwritten: subjects are computed
anew from identifiers and the decisions in force, so taking one back restores the former subjects exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from kaval.engine.kernel.errors import RefusedError
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive
from kaval.station.models import Lead, LinkDecision, LinkProposal, Officer, SubjectLead
from kaval.station.operations.linking import hold_subjects, write_links
from kaval.station.queries import linkable


def accept_proposal(
    *, by: Officer, at: datetime, key: str, proposal: LinkProposal, text: str
) -> LinkDecision:
    """The two subjects of a proposal are one person.

    Raises:
        RefusedError: it is no longer open, no reason was given, or a line keeps them apart.
    """
    request = {"proposal": str(proposal.id), "text": text}
    with acting("accept_proposal", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return LinkDecision.objects.get(id=act.earlier)
        hold_subjects()
        row = _open(proposal)
        return _decide(act, "join", [row.first, row.second], text=text, of=row)


def refuse_proposal(
    *, by: Officer, at: datetime, key: str, proposal: LinkProposal, text: str
) -> LinkDecision:
    """The two subjects of a proposal are not one person; they are not proposed again.

    Raises:
        RefusedError: it is no longer open, or no reason was given.
    """
    request = {"proposal": str(proposal.id), "text": text}
    with acting("refuse_proposal", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return LinkDecision.objects.get(id=act.earlier)
        hold_subjects()
        row = _open(proposal)
        return _decide(act, "apart", [row.first], those=[row.second], text=text, of=row)


def join_leads(*, by: Officer, at: datetime, key: str, leads: Sequence[Lead], text: str) -> LinkDecision:
    """These leads are of one person, whatever their identifiers say.

    Raises:
        RefusedError: fewer than two leads, no reason, or a line keeps them apart.
    """
    request = {"leads": sorted(lead.number for lead in leads), "text": text}
    with acting("join_leads", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return LinkDecision.objects.get(id=act.earlier)
        if len({lead.id for lead in leads}) < 2:
            raise RefusedError("LINK", "name at least two reports to join")
        hold_subjects()
        return _decide(act, "join", leads, text=text)


def part_leads(
    *, by: Officer, at: datetime, key: str, these: Sequence[Lead], those: Sequence[Lead], text: str
) -> LinkDecision:
    """None of `these` leads is of the same person as one of `those`; identifiers that both name bind only within
    each side from now on, and no further report.

    Raises:
        RefusedError: a side is empty or on both, no reason, or an officer joined some of them.
    """
    numbers = [sorted(lead.number for lead in side) for side in (these, those)]
    request = {"these": numbers[0], "those": numbers[1], "text": text}
    with acting("part_leads", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return LinkDecision.objects.get(id=act.earlier)
        if not numbers[0] or not numbers[1] or not set(numbers[0]).isdisjoint(numbers[1]):
            raise RefusedError(
                "LINK", "name the reports of one person and, apart from them, those of the other"
            )
        hold_subjects()
        return _decide(act, "apart", these, those=those, text=text)


def withdraw_decision(
    *, by: Officer, at: datetime, key: str, decision: LinkDecision, text: str
) -> LinkDecision:
    """An earlier decision no longer holds: the subjects become what they would be without it.

    Raises:
        RefusedError: it was withdrawn before, is itself a withdrawal, or no reason was given.
    """
    request = {"decision": str(decision.id), "text": text}
    with acting("withdraw_decision", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return LinkDecision.objects.get(id=act.earlier)
        hold_subjects()
        if decision.kind == "withdraw" or LinkDecision.objects.filter(withdraws=decision).exists():
            raise RefusedError("LINK", "this decision does not hold any more")
        leads = list(Lead.objects.filter(number__in=[*decision.these, *decision.those]))
        LinkProposal.objects.filter(decision=decision).update(state="gone", decision=None)
        return _decide(act, "withdraw", leads, text=text, withdraws=decision)


def _open(proposal: LinkProposal) -> LinkProposal:
    row = LinkProposal.objects.select_for_update().select_related("first", "second").get(id=proposal.id)
    if row.state != "open":
        raise RefusedError("LINK", f"this proposal is {row.state}: look at the subjects again")
    return row


def _decide(
    act: Acting,
    kind: str,
    these: Sequence[Lead],
    *,
    text: str,
    those: Sequence[Lead] = (),
    of: LinkProposal | None = None,
    withdraws: LinkDecision | None = None,
) -> LinkDecision:
    if not text.strip():
        raise RefusedError("LINK", "say why: the reason is kept with the decision")
    _refuse_contradiction(kind, these, those)
    decision = LinkDecision.objects.create(
        id=derive("link decision", act.key),
        kind=kind,
        these=sorted(lead.number for lead in these) if withdraws is None else [],
        those=sorted(lead.number for lead in those),
        withdraws=withdraws,
        text=text.strip(),
        by=act.by,
        at=act.at,
    )
    act.about("link_decision", decision.id)
    if of is not None:
        of.state, of.decision = ("accepted" if kind == "join" else "refused"), decision
        of.save(update_fields=["state", "decision"])
    named = [*these, *those]
    write_links(act, linkable.around({lead.id for lead in named}))
    if kind == "join" and _subjects(these) > 1:
        raise RefusedError("LINK", "an officer parted these reports: take that decision back first")
    act.ledger("link_decided", {"kind": kind, "these": decision.these, "those": decision.those})
    return decision


def _refuse_contradiction(kind: str, these: Sequence[Lead], those: Sequence[Lead]) -> None:
    if kind != "apart":
        return
    ones, others = {lead.number for lead in these}, {lead.number for lead in those}
    for held in linkable.decisions_in_force():
        if held.kind == "join" and not ones.isdisjoint(held.these) and not others.isdisjoint(held.these):
            raise RefusedError(
                "LINK", "an officer joined some of these reports: take that decision back first"
            )


def _subjects(leads: Iterable[Lead]) -> int:
    linked = SubjectLead.objects.filter(lead__in=[lead.id for lead in leads])
    return linked.values("subject_id").distinct().count()
