"""Reports that arrive again or in parts: nothing held is lost, what is new is added, contradictions are shown.

The same report number by another way is one report with two receipts (formats.md 1.3). What the better source says
stays where two contradict each other, and both values are kept as a difference that a person sees.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kaval.engine.formats._spec import LeadRecord, ReadWarning
from kaval.engine.rules import leads as rules
from kaval.station.copying import update
from kaval.station.ids import derive_text
from kaval.station.models import Lead, LeadIdentifier, Report, ReportDifference, WaitingPart
from kaval.station.operations import lead_rows

if TYPE_CHECKING:
    from kaval.station.operations.intake_step import Filed, Step

DIFFERENCE = ("id", "report_id", "receipt_id", "part", "held", "arrived", "restricted")
_CHANGED = (
    "title",
    "incident_text",
    "incident_at",
    "incident_offset_minutes",
    "incident_offset_source",
    "signals",
    "fields",
    "restricted",
    "quality",
    "missing",
    "handling",
    "profile",
)


@dataclass(slots=True)
class _Held:
    """A stored report that something arrived for: as it was, and as it is now."""

    report: Report
    before: LeadRecord
    now: LeadRecord
    format: str


class Joining:
    """The reports of a step that are held already, and what joins them."""

    def __init__(self, step: Step, rows: lead_rows.LeadRows) -> None:
        self._step, self._rows = step, rows
        self._differences = step.rows.table(ReportDifference, DIFFERENCE)
        self._held: dict[str, _Held] = {}
        self._shown: set[tuple[str, str, str, str]] = set()
        self._updates: list[tuple[Any, ...]] = []
        self._grown: list[tuple[Any, ...]] = []

    def load(self, wanted: Collection[str]) -> None:
        """Reads the stored reports that something of this step joins, and the differences already shown for them."""
        if not wanted:
            return
        for report in Report.objects.filter(id__in=wanted).select_for_update():
            record = lead_rows.record_of(report)
            self._held[report.id.hex] = _Held(
                report, record, record, report.fields["_record"].get("format", "")
            )
        shown = ReportDifference.objects.filter(report_id__in=wanted)
        self._shown.update(
            (report.hex, part, held, arrived)
            for report, part, held, arrived in shown.values_list("report_id", "part", "held", "arrived")
        )

    def join_new(
        self, taken: lead_rows.Taken, record: LeadRecord, *, filed: Filed, format: str
    ) -> lead_rows.Taken:
        """A report of this step that came twice in it and said something else the second time."""
        joined = self._join(taken.identity, taken.record, record, filed=filed, formats=(taken.format, format))
        return _again(taken, joined, format=_better(taken.format, format))

    def join_held(self, identity: str, record: LeadRecord, *, filed: Filed, format: str) -> None:
        """A report that is held and says something else now."""
        held = self._held[identity]
        held.now = self._join(identity, held.now, record, filed=filed, formats=(held.format, format))
        held.format = _better(held.format, format)

    def join_held_part(self, identity: str, part: LeadRecord) -> None:
        """Details of a file of a report that is held."""
        held = self._held[identity]
        held.now = with_part(held.now, part)

    def write(self) -> None:
        """Writes what changed in the reports that were held, and the rows their leads gain."""
        changed = {identity: held for identity, held in self._held.items() if held.now != held.before}
        if not changed:
            return
        leads = {lead.report_id.hex: lead for lead in Lead.objects.filter(report_id__in=changed)}
        uses = _uses(lead.id for lead in leads.values())
        for identity, held in changed.items():
            self._grow(held, leads.get(identity), uses)
        update(Report, _CHANGED, self._updates)
        update(Lead, ("link_again",), self._grown)

    def _grow(self, held: _Held, lead: Lead | None, uses: dict[UUID, set[tuple[str, str]]]) -> None:
        report, record = held.report, lead_rows.storable(held.now)
        verdict = rules.accept(record, seen={}, content=report.content)
        values = lead_rows.as_json(lead_rows.report_columns(record, verdict, format=held.format))
        self._updates.append((*(values[column] for column in _CHANGED), report.id))
        if lead is None or verdict.outcome is not rules.Outcome.ACCEPTED:
            return
        before = held.before
        if lead.state != "accepted":
            # It was refused because nothing in it could be followed; now something can.
            before = replace(before, observations=(), files=())
            lead.state, lead.reasons = "accepted", [reason.text for reason in verdict.reasons]
            lead.save(update_fields=["state", "reasons"])
            self._step.counted.leads += 1
        self._grown.append((True, lead.id))
        self._rows.extend(lead.id.hex, record, before=before, uses=uses.get(lead.id, set()))

    def _join(
        self,
        identity: str,
        held: LeadRecord,
        arrived: LeadRecord,
        *,
        filed: Filed,
        formats: tuple[str, str],
    ) -> LeadRecord:
        joined = rules.join(
            held, arrived, held_rank=rules.rank_of(formats[0]), arrived_rank=rules.rank_of(formats[1])
        )
        fresh = []
        for found in joined.differences:
            key = (identity, found.part[:200], found.held, found.arrived)
            if key in self._shown:
                continue
            self._shown.add(key)
            fresh.append(found)
            row = derive_text("difference", filed.receipt, *key)
            self._differences.append((row, identity, filed.receipt, *key[1:], found.restricted))
        if fresh:
            self._step.warn(
                filed, _differs(arrived, [found.part for found in fresh]), number=f"differs {identity}"
            )
        return joined.record


def waiting_for(reports: Collection[str]) -> list[WaitingPart]:
    """File details that came before these reports did."""
    if not reports or not WaitingPart.objects.filter(joined_at__isnull=True).exists():
        return []
    return list(
        WaitingPart.objects.filter(report_id__in=list(reports), joined_at__isnull=True)
        .select_for_update()
        .order_by("report_id", "id")
    )


def join_part(taken: lead_rows.Taken, part: LeadRecord) -> lead_rows.Taken:
    """A new report with the details of one of its files."""
    return _again(taken, with_part(taken.record, part), format=taken.format)


def with_part(record: LeadRecord, part: LeadRecord) -> LeadRecord:
    """The record with what a part says added, once; the part's own fields are kept under its file."""
    name = part.files[0].name if part.files else part.locator
    prefix = f"file {name}/"

    def added(held: tuple, further: tuple) -> tuple:  # type: ignore[type-arg]
        known = {replace(entry, locator="") for entry in held}
        return (*held, *(entry for entry in further if replace(entry, locator="") not in known))

    return replace(
        record,
        observations=added(record.observations, part.observations),
        identifiers=added(record.identifiers, part.identifiers),
        files=added(record.files, part.files),
        signals=tuple(sorted({*record.signals, *part.signals})),
        fields={**record.fields, **{f"{prefix}{key}": value for key, value in part.fields.items()}},
        restricted={
            **record.restricted,
            **{f"{prefix}{key}": value for key, value in part.restricted.items()},
        },
    )


def _again(taken: lead_rows.Taken, record: LeadRecord, *, format: str) -> lead_rows.Taken:
    """The report as it is now; what it said when it first came stays its content, so that it is known again."""
    verdict = rules.accept(record, seen={}, content=taken.verdict.content)
    return replace(taken, record=record, verdict=verdict, format=format)


def _better(held: str, arrived: str) -> str:
    return arrived if rules.rank_of(arrived) < rules.rank_of(held) else held


def _uses(leads: Iterable[UUID]) -> dict[UUID, set[tuple[str, str]]]:
    found: dict[UUID, set[tuple[str, str]]] = {}
    named = LeadIdentifier.objects.filter(lead_id__in=list(leads))
    for lead, identifier, party in named.values_list("lead_id", "identifier_id", "party"):
        found.setdefault(lead, set()).add((identifier.hex, party))
    return found


def _differs(record: LeadRecord, parts: list[str]) -> ReadWarning:
    listed = ", ".join(parts[:6]) + (f" and {len(parts) - 6} more" if len(parts) > 6 else "")
    return ReadWarning(
        record.locator,
        "report_differs",
        f"{record.source_system} {record.source_id} arrived before and said something else about: {listed}",
        "open the report, compare the two values, and ask the sender which one counts",
    )
