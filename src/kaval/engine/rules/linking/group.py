"""Reports with a common strong key are about one subject; the answer does not depend on the order they came
in.

Every link says which keys it rests on. An unrelated report changes no subject. Two subjects become one when
a new report carries keys of both: then the key of the older set (the smaller lead digest) stays.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from kaval.engine.kernel.reason import Reason

_LABELS = {
    "email": ("the same e-mail address", "ഒരേ ഇ-മെയിൽ വിലാസം"),
    "phone": ("the same telephone number", "ഒരേ ഫോൺ നമ്പർ"),
    "handle": ("the same handle on the same platform", "ഒരേ പ്ലാറ്റ്‌ഫോമിൽ ഒരേ ഹാൻഡിൽ"),
    "esp_account": ("the same account id on the same platform", "ഒരേ പ്ലാറ്റ്‌ഫോമിൽ ഒരേ അക്കൗണ്ട് നമ്പർ"),
    "client_guid": ("the same client id (it can be copied)", "ഒരേ ക്ലയന്റ് ഐഡി (പകർത്താവുന്നത്)"),
    "device_id": ("the same device id", "ഒരേ ഉപകരണ ഐഡി"),
    "upi": ("the same UPI address", "ഒരേ യുപിഐ വിലാസം"),
}
_OTHER = ("the same identifier", "ഒരേ തിരിച്ചറിയൽ വിവരം")


@dataclass(frozen=True, slots=True)
class Link:
    """Two leads that share keys; `first` sorts before `second`. One reason per shared key."""

    first: str
    second: str
    keys: tuple[str, ...]
    reasons: tuple[Reason, ...]


def subject_key(lead_ids: Collection[str]) -> str:
    """The key of a subject: the smallest digest among its leads, so that the order of arrival does not
    matter.

    Raises:
        ValueError: no lead.
    """
    return "S-" + min(hashlib.sha256(lead.encode()).hexdigest() for lead in lead_ids)[:20]


def group(leads: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The subject key of every lead, from its strong keys; a lead without keys is a subject of its own."""
    parent = {lead: lead for lead in leads}

    def root(lead: str) -> str:
        while parent[lead] != lead:
            parent[lead] = parent[parent[lead]]
            lead = parent[lead]
        return lead

    first_with: dict[str, str] = {}
    for lead, keys in leads.items():
        for key in keys:
            other = first_with.setdefault(key, lead)
            if other != lead:
                parent[root(lead)] = root(other)
    members: dict[str, list[str]] = defaultdict(list)
    for lead in leads:
        members[root(lead)].append(lead)
    return {lead: name for found in members.values() for name in (subject_key(found),) for lead in found}


def links(leads: Mapping[str, Collection[str]]) -> tuple[Link, ...]:
    """The links that hold the subjects together, sorted: each lead to the first lead that carries the same
    key.

    A key of many leads gives one link per further lead, not one per pair: enough to explain, small enough
    to store.
    """
    carriers: dict[str, list[str]] = defaultdict(list)
    for lead, keys in leads.items():
        for key in set(keys):
            carriers[key].append(lead)
    shared: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, found in carriers.items():
        anchor = min(found)
        for lead in found:
            if lead != anchor:
                shared[anchor, lead].add(key)
    return tuple(_link(pair, keys) for pair, keys in sorted(shared.items()))


def _link(pair: tuple[str, str], keys: Collection[str]) -> Link:
    ordered = tuple(sorted(keys))
    return Link(pair[0], pair[1], ordered, tuple(_reasons(ordered)))


def _reasons(keys: Collection[str]) -> Iterator[Reason]:
    for key in keys:
        kind = key.partition("|")[0]
        text, text_ml = _LABELS.get(kind, _OTHER)
        yield Reason(f"same_{kind}", text, text_ml)
