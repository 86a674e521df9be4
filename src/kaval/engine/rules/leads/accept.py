"""A report is accepted, is the same as one already held, or is refused because; nothing is dropped without
a word.

The same report number may arrive twice, through the national portal and directly, and in parts (report,
file details): it stays one report with several receipts. `same_as` says which lead it belongs to, and
`adds` whether this receipt says anything new. Source: formats.md 1.3; house.md section 4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address, ip_network

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.instant import StatedTime
from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.leads.quality import Quality, quality
from kaval.engine.rules.leads.shape import Lead

# Ranges that no provider can resolve from outside (formats.md 3.4). Documentation ranges are left out: the
# synthetic state lives in them, and its allocation table decides.
_UNRESOLVABLE = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "0.0.0.0/8",
            "224.0.0.0/4",
            "::1/128",
            "fe80::/10",
            "fc00::/7",
            "ff00::/8",
        ),
    )
)

_RANGES = {
    version: tuple(
        (int(network[0]), int(network[-1])) for network in _UNRESOLVABLE if network.version == version
    )
    for version in (4, 6)
}
# Most addresses can be told by their first octet: those of a nation's reports pass here.
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PLAIN_IPV4 = re.compile(rf"({_OCTET})(?:\.{_OCTET}){{3}}")
_TOUCHED_OCTETS = frozenset(
    str(octet) for first, last in _RANGES[4] for octet in range(first >> 24, (last >> 24) + 1)
)


class Outcome(StrEnum):
    """What becomes of a received report."""

    ACCEPTED = "accepted"
    SAME_AS = "same_as"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SeenLead:
    """A lead already held under an identity, with the content digests of all its receipts."""

    lead_id: str
    contents: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The outcome with its reasons. `identity` and `content` are to be stored, so that the next receipt is
    known.

    `lead_id` is the lead it belongs to for `same_as`, else None. `adds` is False only when every word was
    held already. Reasons of an accepted report are things a person should see; they do not stop it.
    """

    outcome: Outcome
    identity: str
    content: str
    lead_id: str | None
    adds: bool
    reasons: tuple[Reason, ...]
    quality: Quality


def identity(record: Lead) -> str:
    """The report's identity across every way it may arrive: `ncmec/123456789`."""
    return f"{record.source_system.strip().casefold()}/{record.source_id.strip()}"


def content_digest_of(record: Lead) -> str:
    """The digest of what a report says, without the places it says it at; the same text read twice is one
    content."""
    return content_digest(
        [
            record.kind,
            _time(record.incident),
            sorted([o.ip, o.port or 0, *_time(o.time), o.role] for o in record.observations),
            sorted([i.kind, i.value, i.scope, i.party] for i in record.identifiers),
            sorted([f.name, *map(list, f.hashes), str(f.viewed_by_esp), *f.tags] for f in record.files),
            sorted(record.signals),
            dict(record.fields),
            dict(record.restricted),
        ]
    )


def _time(time: StatedTime | None) -> list[str]:
    return [] if time is None else [time.as_received, str(time.offset_minutes), time.offset_source]


def accept(record: Lead, *, seen: Mapping[str, SeenLead], content: str = "") -> Acceptance:
    """What becomes of one received report, given the leads already held by identity.

    `content` is the digest of what it says where the caller has its own; empty: `content_digest_of` makes it.

    Refused with `no_identity` (no source system or number) or `no_content` (nothing in it that could be
    followed). Addresses that nobody can resolve are no reason to refuse: an account or a file may still
    lead on.
    """
    key, content, grade = identity(record), content or content_digest_of(record), quality(record)
    refusal = _refusal(record)
    if refusal is not None:
        return Acceptance(Outcome.REFUSED, key, content, None, False, (refusal,), grade)
    held = seen.get(key)
    if held is None:
        return Acceptance(Outcome.ACCEPTED, key, content, None, True, _notes(record), grade)
    adds = content not in held.contents
    reason = Reason(
        "further_content" if adds else "received_again",
        f"{key} is already held; this receipt {'says more' if adds else 'says nothing new'}",
        f"{key} നേരത്തേ ലഭിച്ചതാണ്; ഈ പകർപ്പിൽ {'കൂടുതൽ വിവരമുണ്ട്' if adds else 'പുതിയ വിവരമില്ല'}",
    )
    return Acceptance(Outcome.SAME_AS, key, content, held.lead_id, adds, (reason, *_notes(record)), grade)


def _refusal(record: Lead) -> Reason | None:
    if not record.source_system.strip() or not record.source_id.strip():
        return Reason(
            "no_identity",
            "the report names neither its source nor its number",
            "റിപ്പോർട്ടിൽ ഉറവിടമോ നമ്പറോ ഇല്ല",
        )
    if not (record.observations or record.identifiers or record.files or record.restricted or record.signals):
        return Reason(
            "no_content",
            "nothing in the report could be followed: no address, account, file or text",
            "പിന്തുടരാവുന്ന ഒന്നും റിപ്പോർട്ടിൽ ഇല്ല: വിലാസമോ അക്കൗണ്ടോ ഫയലോ വാചകമോ ഇല്ല",
        )
    return None


def _notes(record: Lead) -> tuple[Reason, ...]:
    notes = []
    addresses = {o.ip for o in record.observations}
    hopeless = sorted(a for a in addresses if not resolvable(a))
    if hopeless:
        notes.append(
            Reason(
                "address_not_resolvable",
                f"no provider can resolve {', '.join(hopeless)}: private, carrier-internal or reserved",
                f"{', '.join(hopeless)} ഒരു സേവനദാതാവിനും കണ്ടെത്താനാവില്ല: സ്വകാര്യമോ കരുതിവച്ചതോ ആയ വിലാസം",
            )
        )
    if any(o.time.utc is None for o in record.observations):
        notes.append(
            Reason(
                "time_unknown",
                "an address came without a usable time: it cannot be resolved",
                "ഒരു വിലാസത്തിന് ഉപയോഗിക്കാവുന്ന സമയമില്ല: അത് കണ്ടെത്താനാവില്ല",
            )
        )
    if "several_reported" in record.signals:
        notes.append(
            Reason(
                "several_reported",
                "the report speaks of several accounts that may be several people",
                "പലരുടേതാകാവുന്ന പല അക്കൗണ്ടുകളെക്കുറിച്ചാണ് റിപ്പോർട്ട്",
            )
        )
    return tuple(notes)


def resolvable(address: str) -> bool:
    """False for private, carrier-internal, link-local, loopback, multicast and unreadable addresses."""
    plain = _PLAIN_IPV4.fullmatch(address)
    if plain is not None and plain[1] not in _TOUCHED_OCTETS:
        return True
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    number = int(parsed)
    return not any(first <= number <= last for first, last in _RANGES[parsed.version])
