"""What hangs together about a subject: its reports, what they name, where the evidence leads, and who shares it.

Other subjects appear only where something suggests them: an identifier that did not join them, the same place, or a
proposal. An internet address is shown and never leads to another subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kaval.station.models import LeadIdentifier, Officer, Subject, SubjectLead
from kaval.station.queries import scope
from kaval.station.queries.connection_paths import Shown, things_shown
from kaval.station.queries.connection_steps import (
    Node,
    Reached,
    Step,
    addresses_of_reports,
    attributed,
    devices_of_places,
    identifiers_of_reports,
    places_of_reports,
    proposals_of_reports,
    sites,
    subject_of_reference,
)
from kaval.station.queries.connection_words import HIDDEN_PARTIES, words_of

REPORTS_MOST: Final = 200
THINGS_MOST: Final = 400
SHARED_MOST: Final = 60
# What is left out first when there is too much: the last of these.
_ORDER: Final = ("report", "identifier", "subject", "place", "device", "operation", "address")


@dataclass(frozen=True, slots=True)
class Connections:
    """A subject with the things about it and how they are connected.

    `reports` of all its reports in reach are shown; `left_out` counts things that were found and not shown. `cut`:
    there is more than was read.
    """

    subject: Subject
    things: tuple[Shown, ...]
    steps: tuple[Step, ...]
    reports: int
    reports_in_all: int
    left_out: int
    cut: bool


def connections_of(viewer: Officer, reference: str) -> Connections:
    """What hangs together about the subject of this number or identifier.

    Raises:
        NotVisible: no such subject in the viewer's reach.
    """
    subject = subject_of_reference(viewer, reference)
    rows = SubjectLead.objects.filter(subject=subject, lead__in=scope.leads_seen(viewer))
    in_all = rows.count()
    reports = [
        str(pk) for pk in rows.order_by("-lead__number").values_list("lead_id", flat=True)[:REPORTS_MOST]
    ]
    reached = Reached(viewer)
    # A subject without a report in reach still stands for itself.
    steps = list(_steps(reached, subject, reports))
    nodes = {node for step in steps for node in (step.a, step.b)} | {Node("report", key) for key in reports}
    ordered = sorted(nodes, key=lambda node: (_ORDER.index(node.kind), node.key))
    kept = set(ordered[:THINGS_MOST])
    shown = things_shown(steps, also=[Node("report", key) for key in reports])
    return Connections(
        subject,
        tuple(shown[node] for node in ordered if node in kept),
        tuple(step for step in steps if step.a in kept and step.b in kept),
        sum(node.kind == "report" for node in kept),
        in_all,
        len(ordered) - len(kept),
        reached.cut,
    )


def _steps(reached: Reached, subject: Subject, reports: list[str]) -> Iterator[Step]:
    identifiers = list(identifiers_of_reports(reached, reports))
    yield from identifiers
    yield from addresses_of_reports(reached, reports)
    yield from _others_by_proposal(reached, reports)
    held = list(places_of_reports(reached, reports))
    yield from held
    at = list(attributed("subject", "place")(reached, [str(subject.pk)]))
    # The subject itself is the whole drawing: its place hangs on its reports, on the first if no answer says which.
    places = sorted({step.b.key for step in (*held, *at)})
    answered = {step.b for step in held}
    for step in at:
        if step.b not in answered and reports:
            yield Step(Node("report", reports[0]), step.b, step.words)
    yield from devices_of_places(reached, places)
    yield from sites("place", "operation")(reached, places)
    for step in attributed("place", "subject")(reached, places):
        if step.b.key != str(subject.pk):
            yield step
    yield from _others_by_identifier(
        reached, subject, {step.b.key for step in identifiers if not step.words.hidden}
    )


def _others_by_identifier(reached: Reached, subject: Subject, identifiers: Iterable[str]) -> Iterator[Step]:
    """Other subjects whose reports name the same; never by what belongs to a victim."""
    rows = (
        LeadIdentifier.objects.filter(
            identifier_id__in=list(identifiers),
            lead__subject_link__subject__in=scope.subjects_seen(reached.viewer),
        )
        .exclude(party__in=HIDDEN_PARTIES)
        .exclude(lead__subject_link__subject=subject)
    )
    found = rows.order_by("identifier_id", "lead__subject_link__subject__number").distinct()
    listed = list(
        found.values_list(
            "identifier_id", "lead__subject_link__subject_id", "lead__subject_link__subject__number"
        )[: SHARED_MOST + 1]
    )
    reached.cut |= len(listed) > SHARED_MOST
    for identifier, other, _ in listed[:SHARED_MOST]:
        yield Step(Node("identifier", str(identifier)), Node("subject", str(other)), words_of("in_several"))


def _others_by_proposal(reached: Reached, reports: list[str]) -> Iterator[Step]:
    """The subject of the other report of each open proposal."""
    steps = list(proposals_of_reports(reached, reports))
    links = SubjectLead.objects.filter(
        lead_id__in=[step.b.key for step in steps], subject__in=scope.subjects_seen(reached.viewer)
    )
    subjects = {str(lead): str(subject) for lead, subject in links.values_list("lead_id", "subject_id")}
    for step in steps:
        if step.b.key in subjects:
            yield Step(step.a, Node("subject", subjects[step.b.key]), step.words)
