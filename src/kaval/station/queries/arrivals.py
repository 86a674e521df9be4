"""How one report arrived: every difference between its arrivals, and the files that came beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kaval.station.models import Enclosure, Report, ReportDifference

LIMIT = 200


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """What a later arrival says differently. `held` and `arrived` are empty when `restricted`."""

    part: str
    held: str
    arrived: str
    restricted: bool
    arrived_at: datetime
    source: str
    channel: str
    file: str


@dataclass(frozen=True, slots=True)
class EnclosedRow:
    """A file that came beside the report and was never opened; its name is restricted and not given."""

    size: int
    sha256: str
    sha1: str
    md5: str


def differences_of(report: Report) -> tuple[DifferenceRow, ...]:
    """Where its arrivals contradict each other, in the order they came."""
    rows = ReportDifference.objects.filter(report=report).select_related("receipt")
    return tuple(
        DifferenceRow(
            one.part,
            "" if one.restricted else one.held,
            "" if one.restricted else one.arrived,
            one.restricted,
            one.receipt.received_at,
            one.receipt.source,
            one.receipt.channel,
            one.receipt.name,
        )
        for one in rows.order_by("receipt__received_at", "part", "pk")[:LIMIT]
    )


def enclosures_of(report: Report) -> tuple[EnclosedRow, ...]:
    """The files enclosed for this report, each once: their package's folders or names give its number.

    The numbers are those of the CyberTipline, so no other report has enclosed files.
    """
    if report.kind != "cybertip":
        return ()
    rows = Enclosure.objects.filter(report_number=report.source_id[:60])
    seen: dict[str, EnclosedRow] = {}
    for one in rows.order_by("name", "pk")[:LIMIT]:
        seen.setdefault(one.sha256, EnclosedRow(one.size, one.sha256, one.sha1, one.md5))
    return tuple(seen.values())
