"""How complete a report is, apart from how urgent: a full report may be harmless and a thin one may hide a
child.

0 to 100, the share of the parts that a report of its kind could have and has. Never added to a priority
(peers.md point 5). Added up by provider it is what a letter to the provider needs: which part was missing how often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
    asked = asked_of(record.kind)
    missing = tuple(part for part in asked if not _PARTS[part](record))
    return Quality(round(100 * (len(asked) - len(missing)) / len(asked)), missing)


def asked_of(kind: str) -> tuple[str, ...]:
    """The parts asked of a kind of report, in a fixed order; an unknown kind is asked like a CyberTip."""
    return _ASKED.get(kind, _ASKED["cybertip"])


# Every part in words, for a letter.
WORDS: dict[str, tuple[str, str]] = {
    "incident_time": ("time of the event, with its zone", "സംഭവത്തിന്റെ സമയം, സമയമേഖല സഹിതം"),
    "address": ("internet address of the user", "ഉപയോക്താവിന്റെ ഇന്റർനെറ്റ് വിലാസം"),
    "address_time": ("time of the address, with its zone", "വിലാസം ഉപയോഗിച്ച സമയം, സമയമേഖല സഹിതം"),
    "address_second": ("time of the address to the second", "വിലാസം ഉപയോഗിച്ച സമയം സെക്കൻഡ് വരെ"),
    "source_port": ("source port of the address", "വിലാസത്തിന്റെ സോഴ്സ് പോർട്ട്"),
    "account": ("account of the reported person", "റിപ്പോർട്ടിൽ പറയുന്നയാളുടെ അക്കൗണ്ട്"),
    "user_id": ("account number on the service", "സേവനത്തിലെ അക്കൗണ്ട് നമ്പർ"),
    "handle": ("user name", "ഉപയോക്തൃനാമം"),
    "client_id": ("identifier of the program used", "ഉപയോഗിച്ച പ്രോഗ്രാമിന്റെ തിരിച്ചറിയൽ സംഖ്യ"),
    "group": ("group", "ഗ്രൂപ്പ്"),
    "file_hash": ("digest of a file", "ഫയലിന്റെ ഹാഷ്"),
    "viewed_flag": ("whether somebody at the provider viewed the file", "സേവനദാതാവിൽ ആരെങ്കിലും ഫയൽ കണ്ടോ എന്ന്"),
    "text": ("text of the report", "റിപ്പോർട്ടിന്റെ വാചകം"),
    "authority": ("who ordered the count", "ആരുടെ അധികാരത്തിൽ എണ്ണിയെന്ന്"),
}


@dataclass(frozen=True, slots=True)
class PartCount:
    """A part, of how many reports it was asked, in how many it was missing, and the part in words."""

    part: str
    asked: int
    missing: int
    text: str
    text_ml: str

    @property
    def share(self) -> float:
        """The share of the reports asked in which it was missing, 0 to 1."""
        return self.missing / self.asked


@dataclass(frozen=True, slots=True)
class ProviderQuality:
    """One provider's reports: how many, the mean completeness in percent, and each part that was asked of any of them,
    the most often missing first."""

    provider: str
    reports: int
    mean: float
    parts: tuple[PartCount, ...]


def quality_by_provider(rows: Iterable[tuple[str, str, Sequence[str]]]) -> tuple[ProviderQuality, ...]:
    """For each provider how often each part was missing; providers in alphabetical order.

    A row is one report: (provider, kind of report, the parts that `quality` called missing). A part that is not asked
    of the kind is not counted.
    """
    asked: dict[str, Counter[str]] = {}
    absent: dict[str, Counter[str]] = {}
    values: dict[str, list[int]] = {}
    for provider, kind, missing in rows:
        parts = asked_of(kind)
        lacking = set(missing).intersection(parts)
        asked.setdefault(provider, Counter()).update(parts)
        absent.setdefault(provider, Counter()).update(lacking)
        values.setdefault(provider, []).append(round(100 * (len(parts) - len(lacking)) / len(parts)))
    return tuple(
        ProviderQuality(
            provider,
            len(values[provider]),
            round(sum(values[provider]) / len(values[provider]), 1),
            _counts(asked[provider], absent[provider]),
        )
        for provider in sorted(values)
    )


def _counts(asked: Counter[str], absent: Counter[str]) -> tuple[PartCount, ...]:
    counts = [PartCount(part, asked[part], absent[part], *WORDS[part]) for part in WORDS if asked[part]]
    return tuple(sorted(counts, key=lambda count: -count.share))


def provider_of(record: Lead) -> str:
    """Who made the report, as stated: the provider's name or the service; empty when neither is stated."""
    for key in _PROVIDER:
        if name := record.fields.get(key, "").strip():
            return name
    return next((value.strip() for key, value in sorted(record.fields.items()) if _names_service(key)), "")


_OWN = ("personOrUserReported", "reportedInformation/reportedPeople")
_PROVIDER = ("reportedInformation/reportingEsp/espName", "incidentSummary/platform")


def _names_service(key: str) -> bool:
    return key.endswith("/espService") and key.startswith(_OWN)
