"""Which subject first, and why: stage 1 weighs what the reports say, before anybody knows who the person
is."""

from kaval.engine.rules.triage.assess import BANDS, Band, Queued, assess, band, factors, queue
from kaval.engine.rules.triage.content import ContentFacts, Digest, KnownContent, content_of, digests_of
from kaval.engine.rules.triage.facts import TriageFacts, facts_of

__all__ = [
    "BANDS",
    "Band",
    "ContentFacts",
    "Digest",
    "KnownContent",
    "Queued",
    "TriageFacts",
    "assess",
    "band",
    "content_of",
    "digests_of",
    "factors",
    "facts_of",
    "queue",
]
