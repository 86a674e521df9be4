"""What waits for a person's word on who is the same, what was decided, and a subject's reports to part."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kaval.station.models import Lead, LeadIdentifier, LinkDecision, LinkProposal, Officer, Subject
from kaval.station.queries import scope
from kaval.station.queries.connection_steps import subject_of_reference
from kaval.station.queries.connection_words import identifier_words
from kaval.station.queries.paging import Page, page_of
from kaval.station.queries.reasons import ReasonLine, reason_lines

PROPOSALS_SHOWN = 20
TO_PART_MOST = 500
_NAMED_MOST = 12


@dataclass(frozen=True, slots=True)
class NamedLine:
    """An identifier that a report names as the reported account's: its kind in words, and its value."""

    kind: str
    kind_ml: str
    value: str


@dataclass(frozen=True, slots=True)
class Side:
    """One report of a proposal. `subject_id` None: it is not linked yet."""

    lead_id: uuid.UUID
    number: int
    title: str
    source: str
    received_at: datetime
    subject_id: uuid.UUID | None
    subject: str
    leads: int
    named: tuple[NamedLine, ...]


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """Two reports that may be about one person, with what speaks for and against it."""

    id: uuid.UUID
    first: Side
    second: Side
    bits: float
    reasons: tuple[ReasonLine, ...]
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision on links. `taken_back` None: it holds; `may_end`: it is one that can be taken back."""

    row: LinkDecision
    taken_back: LinkDecision | None

    @property
    def may_end(self) -> bool:
        """True for a decision that holds and is not itself a withdrawal."""
        return self.taken_back is None and self.row.kind != "withdraw"


def open_proposals(viewer: Officer, *, page: int = 1) -> Page[ProposalRow]:
    """Proposals nobody has decided, the heaviest first, both of whose reports are in reach."""
    rows = proposals_seen(viewer).filter(state="open").order_by("-bits", "proposed_at", "pk")
    listed: Page[LinkProposal] = page_of(
        rows.select_related(*(f"{side}__{path}" for side in ("first", "second") for path in _SIDE)),
        page,
        lambda row: row,
        size=PROPOSALS_SHOWN,
    )
    named = _named({lead.pk for row in listed for lead in (row.first, row.second)})
    return Page(
        tuple(
            ProposalRow(
                row.pk,
                _side(row.first, named[row.first_id]),
                _side(row.second, named[row.second_id]),
                row.bits,
                reason_lines(row.reasons),
                row.proposed_at,
            )
            for row in listed
        ),
        listed.number,
        listed.total,
        listed.size,
    )


def proposals_seen(viewer: Officer) -> QuerySet[LinkProposal]:
    """Proposals both of whose reports are in the viewer's reach."""
    if scope.reach_of(viewer) is scope.Reach.STATE:
        return LinkProposal.objects.all()
    seen = scope.leads_seen(viewer).values("pk")
    return LinkProposal.objects.filter(first__in=seen, second__in=seen)


def proposal_by_id(viewer: Officer, proposal_id: uuid.UUID) -> LinkProposal:
    """One proposal.

    Raises:
        NotVisible: no such proposal in the viewer's reach.
    """
    return scope.found(proposals_seen(viewer).select_related("first", "second"), proposal_id)


def decisions_made(viewer: Officer, *, page: int = 1) -> Page[DecisionRow]:
    """Decisions all of whose reports are in reach, the newest first; withdrawals stand with what they ended."""
    rows = _decisions_seen(viewer).exclude(kind="withdraw").order_by("-at", "pk")
    return page_of(rows.select_related("by", "withdrawn_by__by"), page, _decision, size=PROPOSALS_SHOWN)


def decision_by_id(viewer: Officer, decision_id: uuid.UUID) -> LinkDecision:
    """One decision.

    Raises:
        NotVisible: no such decision in the viewer's reach.
    """
    return scope.found(_decisions_seen(viewer), decision_id)


def leads_to_part(viewer: Officer, reference: str) -> tuple[Subject, tuple[Side, ...]]:
    """A subject with its reports in reach, the oldest first.

    Raises:
        NotVisible: no such subject in the viewer's reach.
    """
    subject = subject_of_reference(viewer, reference)
    leads = list(_leads_of(viewer, subject).select_related(*_SIDE)[:TO_PART_MOST])
    named = _named({lead.pk for lead in leads})
    return subject, tuple(_side(lead, named[lead.pk]) for lead in leads)


def leads_of_subject(viewer: Officer, reference: str) -> tuple[Subject, tuple[Lead, ...]]:
    """The same with all its reports, and no more of each than its row."""
    subject = subject_of_reference(viewer, reference)
    return subject, tuple(_leads_of(viewer, subject))


def _leads_of(viewer: Officer, subject: Subject) -> QuerySet[Lead]:
    return scope.leads_seen(viewer).filter(subject_link__subject=subject).order_by("number")


_SIDE = ("report", "subject_link__subject")


def _side(lead: Lead, named: tuple[NamedLine, ...]) -> Side:
    link = getattr(lead, "subject_link", None)
    return Side(
        lead.pk,
        lead.number,
        lead.report.title or lead.report.source_id,
        lead.report.source_system,
        lead.report.received_at,
        link.subject_id if link else None,
        link.subject.number if link else "",
        link.subject.lead_count if link else 0,
        named,
    )


def _named(leads: Collection[uuid.UUID]) -> defaultdict[uuid.UUID, tuple[NamedLine, ...]]:
    """What reports name as the reported account's; containers hold many people and are left out."""
    found: defaultdict[uuid.UUID, tuple[NamedLine, ...]] = defaultdict(tuple)
    rows: Iterable[tuple[uuid.UUID, str, str]] = (
        LeadIdentifier.objects.filter(lead_id__in=leads, party="reported")
        .exclude(identifier__strength="container")
        .order_by("identifier__kind", "identifier__value")
        .values_list("lead_id", "identifier__kind", "identifier__value")
    )
    for lead, kind, value in rows:
        if len(found[lead]) < _NAMED_MOST:
            found[lead] = (*found[lead], _named_line(kind, value))
    return found


def _named_line(kind: str, value: str) -> NamedLine:
    return NamedLine(identifier_words(kind, malayalam=False), identifier_words(kind, malayalam=True), value)


def _decision(row: LinkDecision) -> DecisionRow:
    return DecisionRow(row, getattr(row, "withdrawn_by", None))


def _decisions_seen(viewer: Officer) -> QuerySet[LinkDecision]:
    rows = LinkDecision.objects.all()
    if scope.reach_of(viewer) is scope.Reach.STATE:
        return rows
    # Numbers of reports stand in the row as a list: every one of them must be in reach.
    seen = list(scope.leads_seen(viewer).values_list("number", flat=True))
    return rows.filter(these__contained_by=seen, those__contained_by=seen)
