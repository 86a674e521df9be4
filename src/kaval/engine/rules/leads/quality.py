"""How complete a report is, apart from how urgent: a full report may be harmless and a thin one may hide a
child.

0 to 100, the share of the parts that a report of its kind could have and has. Never added to a priority
(peers.md point 5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kaval.engine.kernel.instant import Precision
from kaval.engine.rules.leads.shape import Lead

_ACCOUNTS = frozenset(("esp_account", "handle", "email", "phone", "client_guid", "device_id", "upi"))


@dataclass(frozen=True, slots=True)
class Quality:
    """`value` in percent of the parts asked of this kind; `missing` names those absent, in a fixed order."""

    value: int
    missing: tuple[str, ...]


def _reported(record: Lead, kinds: frozenset[str]) -> bool:
    return any(i.party == "reported" and i.kind in kinds for i in record.identifiers)


_PARTS: dict[str, Callable[[Lead], bool]] = {
    "incident_time": lambda r: r.incident is not None and r.incident.utc is not None,
    "address": lambda r: any(o.role == "client" for o in r.observations),
    "address_time": lambda r: any(o.role == "client" and o.time.utc is not None for o in r.observations),
    "address_second": lambda r: any(
        o.time.utc and o.time.precision is Precision.SECOND for o in r.observations
    ),
    "source_port": lambda r: any(o.role == "client" and o.port is not None for o in r.observations),
    "account": lambda r: _reported(r, _ACCOUNTS),
    "user_id": lambda r: _reported(r, frozenset(("esp_account",))),
    "handle": lambda r: _reported(r, frozenset(("handle",))),
    "client_id": lambda r: _reported(r, frozenset(("client_guid",))),
    "group": lambda r: any(i.kind == "group_code" for i in r.identifiers),
    "file_hash": lambda r: any(f.hashes for f in r.files),
    "viewed_flag": lambda r: any(f.viewed_by_esp is not None for f in r.files),
    "text": lambda r: "text" in r.restricted or "text" in r.fields,
    "authority": lambda r: bool(r.fields.get("authority")),
}
_ASKED: dict[str, tuple[str, ...]] = {
    "cybertip": (
        "incident_time",
        "address",
        "address_time",
        "address_second",
        "source_port",
        "account",
        "file_hash",
        "viewed_flag",
    ),
    "cybertip_file": ("file_hash", "viewed_flag"),
    "p2p": ("address", "address_time", "address_second", "source_port", "client_id", "file_hash"),
    "handle": ("handle", "user_id", "group", "incident_time", "authority"),
    "tip": ("account", "text"),
}


def quality(record: Lead) -> Quality:
    """The completeness of a report among the parts asked of its kind; an unknown kind is asked like a
    CyberTip."""
    asked = _ASKED.get(record.kind, _ASKED["cybertip"])
    missing = tuple(part for part in asked if not _PARTS[part](record))
    return Quality(round(100 * (len(asked) - len(missing)) / len(asked)), missing)
