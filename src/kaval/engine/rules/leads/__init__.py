"""Intake rules: is this a report, is it new, and how complete is it."""

from kaval.engine.rules.leads.accept import Acceptance, Outcome, SeenLead, accept, content_digest_of, identity
from kaval.engine.rules.leads.join import FORMAT_RANK, Added, Difference, Joinable, Joined, join, rank_of
from kaval.engine.rules.leads.quality import Quality, quality

__all__ = [
    "FORMAT_RANK",
    "Acceptance",
    "Added",
    "Difference",
    "Joinable",
    "Joined",
    "Outcome",
    "Quality",
    "SeenLead",
    "accept",
    "content_digest_of",
    "identity",
    "join",
    "quality",
    "rank_of",
]
