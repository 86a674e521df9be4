"""The keys by which reports may hang together, and what each of them can do.

Only identifiers of the party `reported` make a key. A victim's, recipient's, reporter's or merely mentioned
identifier never does; an address, a file or a group holds many people and never does. Readers say what counts
as reported: a tip's mention and a register's handle do.

`BINDS`: issued to one account; reports that name it are about whoever holds that account. `UNLESS`: binds as
long as nothing shows that two hold it (`contested`). `SUGGESTS`: can pass to somebody else or be shared: it
weighs, and alone it links only where the weights say so (a telephone number without a gap in time).

A report about several accounts (`several_reported`) or a taken-over account (`compromised_account`) gives
candidates for a person to decide, but no strong key: it would tie strangers together.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

from kaval.engine.kernel.identifier import kinds
from kaval.engine.rules.leads.shape import Identifier, Lead

DOUBTFUL = frozenset(("several_reported", "compromised_account"))
BINDS = frozenset(("email", "esp_account", "upi"))
UNLESS = frozenset(("client_guid", "handle"))
SUGGESTS = frozenset(("phone", "device_id", "imei", "advertising_id", "vehicle"))
LINKING = BINDS | UNLESS | SUGGESTS


@cache
def _module(kind: str) -> ModuleType | None:
    return kinds().get(kind)


def kind_of(key: str) -> str:
    """The identifier kind of a key."""
    return key.partition("|")[0]


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
    try:
        return f"{identifier.kind}|{module.validate(value)}"
    except ValueError:
        return None


def linking_keys(record: Lead) -> frozenset[str]:
    """The keys of the reported party that bind or suggest, whatever the report's own doubts."""
    found = set()
    for identifier in record.identifiers:
        if identifier.party == "reported" and identifier.kind in LINKING:
            key = identifier_key(identifier)
            if key is not None:
                found.add(key)
    return frozenset(found)


def is_doubtful(record: Lead) -> bool:
    """True when the report says that its account was taken over, or that several people are reported."""
    return not DOUBTFUL.isdisjoint(record.signals)
