"""Intake rules: is this a report, is it new, and how complete is it."""

from kaval.engine.rules.leads.accept import Acceptance, Outcome, SeenLead, accept, content_digest_of, identity
from kaval.engine.rules.leads.quality import Quality, quality

__all__ = [
    "Acceptance",
    "Outcome",
    "Quality",
    "SeenLead",
    "accept",
    "content_digest_of",
    "identity",
    "quality",
]
