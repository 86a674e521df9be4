"""The keys by which reports may hang together.

Only identifiers of the party `reported` and of strength `strong` make a strong key. A victim's,
recipient's, reporter's or merely mentioned identifier never does; an address, a file or a group holds many
people and never does. Readers say what counts as reported: a tip's mention and a register's handle do.

A report about several accounts (`several_reported`) or a taken-over account (`compromised_account`) gives
candidates for a person to decide, but no strong key: it would tie strangers together.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

from kaval.engine.kernel.identifier import kinds
from kaval.engine.rules.leads.shape import Identifier, Lead

DOUBTFUL = frozenset(("several_reported", "compromised_account"))


@cache
def _module(kind: str) -> ModuleType | None:
    return kinds().get(kind)


def identifier_key(identifier: Identifier) -> str | None:
    """`kind|normal form`, with the platform inside the normal form; None for an unknown kind or an invalid
    value.

    A value that belongs to a platform but came without one is None: the same handle elsewhere is someone
    else's.
    """
    module = _module(identifier.kind)
    if module is None:
        return None
    value = f"{identifier.scope}:{identifier.value}" if module.SCOPED else identifier.value
    if module.SCOPED and (not identifier.scope.strip() or ":" in identifier.scope):
        return None
    return f"{identifier.kind}|{module.validate(value)}" if module.is_valid(value) else None


def _reported_keys(record: Lead) -> frozenset[str]:
    found = set()
    for identifier in record.identifiers:
        module = _module(identifier.kind)
        if identifier.party == "reported" and module is not None and module.STRENGTH == "strong":
            key = identifier_key(identifier)
            if key is not None:
                found.add(key)
    return frozenset(found)


def strong_keys(record: Lead) -> frozenset[str]:
    """The keys that group this report with others; empty when nothing strong is known or its account is
    doubtful."""
    return frozenset() if DOUBTFUL.intersection(record.signals) else _reported_keys(record)


def candidate_keys(record: Lead) -> frozenset[str]:
    """The keys a person may decide on: those of a doubtful report, and weak identifiers of the reported
    party."""
    found = set(_reported_keys(record)) if DOUBTFUL.intersection(record.signals) else set()
    for identifier in record.identifiers:
        module = _module(identifier.kind)
        if identifier.party == "reported" and module is not None and module.STRENGTH == "weak":
            key = identifier_key(identifier)
            if key is not None:
                found.add(key)
    return frozenset(found)
