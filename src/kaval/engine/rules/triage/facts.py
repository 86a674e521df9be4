"""The facts stage 1 weighs, gathered from all reports about one subject; what nobody stated stays None."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kaval.engine.rules.leads.shape import Lead

# Only these kinds of report have a place to say that a child is in danger; silence of others means nothing.
_SPEAKING = frozenset(("cybertip", "cybertip_file"))


@dataclass(frozen=True, slots=True)
class TriageFacts:
    """What is known about a subject from its reports.

    `signals` None: no report of a kind that carries signals. `prior_appearances`: investigations or
    operations in which the subject was seen before, None when nobody looked. `reports`: accepted reports.
    `last_event_at`: the latest stated event; `newest_observation_at`: the latest time of the user's own
    address. Instants aware UTC or None.
    """

    signals: frozenset[str] | None
    prior_appearances: int | None
    source_systems: frozenset[str]
    reports: int
    last_event_at: datetime | None
    newest_observation_at: datetime | None


def facts_of(leads: Iterable[Lead], *, prior_appearances: int | None = None) -> TriageFacts:
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
    )
