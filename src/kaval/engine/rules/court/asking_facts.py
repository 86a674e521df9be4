"""The facts of what is written to a provider beside a request for addresses: accounts of a platform, and reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.facts import HeadFacts, OfficerFacts


@dataclass(frozen=True, slots=True)
class AccountRowFacts:
    """One account asked about, from a field of a sealed report. `asked` are codes: subscriber, logins, recovery,
    devices.
    """

    reference: str
    kind: str
    value: str
    asked: tuple[str, ...]
    report: str
    received_at: datetime | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class PlatformRequestFacts:
    """A request to a platform about accounts. `basis` names the order, for instance "BNSS 94"."""

    head: HeadFacts
    platform: str
    platform_office: str | None
    basis: str | None
    authority: str | None
    signatory: OfficerFacts | None
    rows: tuple[AccountRowFacts, ...]
    answer_by: datetime | None
    answer_channel: str | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """A reminder of a request. `reminder` counts from 1; `open_rows` are references without an answer, `rows` all."""

    head: HeadFacts
    provider: str
    provider_office: str | None
    request: str
    sent_at: datetime
    answer_by: datetime
    reminder: int
    rows: int
    open_rows: tuple[str, ...]
    basis: str | None
    signatory: OfficerFacts | None
    answer_channel: str | None
    source: SourceRef
