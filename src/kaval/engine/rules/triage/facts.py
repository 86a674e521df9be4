"""The facts stage 1 weighs, gathered from all reports about one subject; what nobody stated stays None."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kaval.engine.rules.leads.shape import Lead
from kaval.engine.rules.triage.content import ContentFacts, KnownContent, content_of

# Only these kinds of report have a place to say that a child is in danger; silence of others means nothing.
_SPEAKING = frozenset(("cybertip", "cybertip_file"))

CHILD_NEAR = frozenset(
    (
        "escalated",
        "online_enticement",
        "unsolicited_to_child",
        "sextortion",
        "cseam_solicitation",
        "child_sex_trafficking",
        "child_sex_tourism",
        "child_sexual_molestation",
        "minor_to_minor_interaction",
        "possible_self_production",
        "live_streaming",
        "infant",
        "physical_harm",
        "sadistic_exploitation",
    )
)
"""Signals of a child who is, or may be, within someone's reach: with any of them no content lowers anything."""


@dataclass(frozen=True, slots=True)
class TriageFacts:
    """What is known about a subject from its reports.

    `signals` None: no report of a kind that carries signals. `prior_appearances`: investigations or
    operations in which the subject was seen before, None when nobody looked. `reports`: accepted reports.
    `last_event_at`: the latest stated event; `newest_observation_at`: the latest time of the user's own
    address. Instants aware UTC or None. `child_named`: a report of any kind speaks of a victim or of a child
    within reach. `content` None: nobody looked at the files.
    """

    signals: frozenset[str] | None
    prior_appearances: int | None
    source_systems: frozenset[str]
    reports: int
    last_event_at: datetime | None
    newest_observation_at: datetime | None
    child_named: bool = False
    content: ContentFacts | None = None

    @property
    def child_near(self) -> bool:
        """True when a report speaks of a child who is, or may be, within someone's reach."""
        return self.child_named or not CHILD_NEAR.isdisjoint(self.signals or ())


def facts_of(
    leads: Iterable[Lead], *, prior_appearances: int | None = None, known: KnownContent | None = None
) -> TriageFacts:
    """The facts of one subject from its leads, independent of their order."""
    found = list(leads)
    speaking = [lead for lead in found if lead.kind in _SPEAKING]
    seen = [o.time.utc for lead in found for o in lead.observations if o.role == "client" and o.time.utc]
    events = [*seen, *(lead.incident.utc for lead in found if lead.incident and lead.incident.utc)]
    return TriageFacts(
        signals=frozenset(s for lead in speaking for s in lead.signals) if speaking else None,
        prior_appearances=prior_appearances,
        source_systems=frozenset(lead.source_system for lead in found),
        reports=len({(lead.source_system, lead.source_id) for lead in found}),
        last_event_at=max(events, default=None),
        newest_observation_at=max(seen, default=None),
        child_named=any(_names_a_child(lead) for lead in found),
        content=content_of(found, known),
    )


def _names_a_child(lead: Lead) -> bool:
    return (
        not CHILD_NEAR.isdisjoint(lead.signals)
        or any(each.party == "victim" for each in lead.identifiers)
        or any(each.role == "victim" for each in lead.observations)
        or any("victim" in key.lower() for part in (lead.fields, lead.restricted) for key in part)
    )
