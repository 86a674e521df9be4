"""Which reports are about one person, and why: identifiers issued to one account bind, everything else is weighed,
and a person has the last word."""

from kaval.engine.rules.linking.blocks import block_keys
from kaval.engine.rules.linking.contested import Presence, in_two_places
from kaval.engine.rules.linking.evidence import Weights
from kaval.engine.rules.linking.facts import Facts, facts_of, from_plain, to_plain
from kaval.engine.rules.linking.group import group
from kaval.engine.rules.linking.keys import (
    BINDS,
    DOUBTFUL,
    LINKING,
    SUGGESTS,
    UNLESS,
    identifier_key,
    is_doubtful,
    linking_keys,
)
from kaval.engine.rules.linking.resolve import Decision, Linkable, Proposal, Resolution, resolve, settings

__all__ = [
    "BINDS",
    "DOUBTFUL",
    "LINKING",
    "SUGGESTS",
    "UNLESS",
    "Decision",
    "Facts",
    "Linkable",
    "Presence",
    "Proposal",
    "Resolution",
    "Weights",
    "block_keys",
    "facts_of",
    "from_plain",
    "group",
    "identifier_key",
    "in_two_places",
    "is_doubtful",
    "linking_keys",
    "resolve",
    "settings",
    "to_plain",
]
