"""The funnel from reports to findings, why subjects were not attributed, and what the clock asks for today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from kaval.engine.rules.statistics.handling import HANDLING
from kaval.station.models import (
    Arrest,
    Attribution,
    Crime,
    Examination,
    FieldEvent,
    Investigation,
    Officer,
    Outcome,
    ProviderRequest,
    ReadingWarning,
    Receipt,
    Report,
    ReportReceipt,
    RequestRow,
    Resolution,
    SeizureReport,
)
from kaval.station.queries import scope
from kaval.station.queries.handling import reports_by_handling
from kaval.station.queries.reasons import check_ids, rule_of


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it counts. `share` is its part of the first figure of the same unit, 0 to 1."""

    key: str
    name: str
    definition: str
    count: int
    share: float

    @property
    def percent(self) -> str:
        """The share in hundredths, as a drawing needs it: with a point whatever the language."""
        return f"{100 * self.share:.1f}"


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Figures that count the same kind of thing, so that their bars may be compared; `area` is the page behind them.

    `alone`: each figure stands for itself; they are not compared, not added, and have no share.
    """

    key: str
    name: str
    area: str
    figures: tuple[Figure, ...]
    alone: bool = False


@dataclass(frozen=True, slots=True)
class BlockedReason:
    """A check that kept subjects from level 2, and how many it stopped (one subject may be stopped by several)."""

    check: str
    rule: str
    rule_ml: str
    subjects: int
    share: float

    @property
    def percent(self) -> str:
        """The share in hundredths."""
        return f"{100 * self.share:.1f}"


@dataclass(frozen=True, slots=True)
class ClockLine:
    """Something with a time on it. `late` is true when the time has passed."""

    at: datetime
    text: str
    late: bool
    link: str = ""


HowMany = Callable[[Officer], int]

_STEPS: tuple[tuple[str, str, str, tuple[tuple[str, str, str, HowMany], ...]], ...] = (
    (
        "reports",
        "Reports",
        "leads",
        (
            (
                "received",
                "Reports received",
                "Every arrival of a report, the same report twice counted twice.",
                lambda v: _state_only(v, ReportReceipt.objects.count),
            ),
            (
                "reports",
                "Distinct reports",
                "Reports of every source that are not the same report again.",
                lambda v: _state_only(v, Report.objects.count),
            ),
            (
                "leads",
                "Leads accepted",
                "Distinct reports taken on; each has its number in the book.",
                lambda v: scope.leads_seen(v).filter(state="accepted").count(),
            ),
        ),
    ),
    (
        "subjects",
        "Subjects",
        "subjects",
        (
            (
                "subjects",
                "Subjects",
                "Groups of leads that seem to be about one person. Not persons, and nobody is named.",
                lambda v: scope.subjects_seen(v).count(),
            ),
            (
                "investigations",
                "Investigations",
                "Subjects on which a supervisor opened an investigation.",
                lambda v: Investigation.objects.filter(subject__in=scope.subjects_seen(v)).count(),
            ),
            (
                "assessed_l1",
                "At level 1 or above",
                "Subjects for whom an address was tied to one subscriber line.",
                lambda v: _at_level(v, 1),
            ),
            (
                "level_2",
                "At level 2 or above",
                "Subjects placed at verified premises: every check to level 2 passed.",
                lambda v: _at_level(v, 2),
            ),
            (
                "level_3",
                "At level 3 or above",
                "Subjects tied to a device by its traces.",
                lambda v: _at_level(v, 3),
            ),
            (
                "level_4",
                "At level 4",
                "Subjects tied to a person by evidence of use.",
                lambda v: _at_level(v, 4),
            ),
        ),
    ),
    (
        "observations",
        "Observations",
        "requests",
        (
            (
                "asked",
                "Observations asked about",
                "Addresses at an instant that were sent to a provider.",
                lambda v: _state_only(v, RequestRow.objects.count),
            ),
            (
                "answered",
                "Observations answered by one",
                "Observations for which the answer names exactly one subscriber line.",
                lambda v: _state_only(v, Resolution.objects.filter(state="unique").count),
            ),
        ),
    ),
    (
        "places",
        "Places",
        "operations",
        (
            (
                "sites",
                "Sites planned",
                "Places put into an operation, withdrawn and deferred ones included.",
                lambda v: scope.sites_seen(v).count(),
            ),
            (
                "reached",
                "Places reached",
                "Places whose door a team reached, whatever was found there.",
                lambda v: (
                    FieldEvent.objects.filter(kind="at_door", site__in=scope.sites_seen(v))
                    .values("site")
                    .distinct()
                    .count()
                ),
            ),
            (
                "entered",
                "Places entered",
                "Places a team went into.",
                lambda v: Outcome.objects.filter(entered=True, site__in=scope.sites_seen(v)).count(),
            ),
        ),
    ),
    (
        "devices",
        "Devices",
        "exhibits",
        (
            (
                "devices",
                "Devices seized",
                "Exhibits with a seal number.",
                lambda v: scope.exhibits_seen(v).count(),
            ),
            (
                "examined",
                "Devices examined",
                "Exhibits with a finished examination.",
                lambda v: Examination.objects.filter(exhibit__in=scope.exhibits_seen(v)).count(),
            ),
        ),
    ),
    (
        "files",
        "Files",
        "exhibits",
        (
            (
                "files",
                "Files read in the laboratory",
                "Files counted on examined devices, deleted ones included. None is shown.",
                lambda v: _files(v, "files"),
            ),
            (
                "known",
                "Files known",
                "Files equal to an entry of a hash set the unit holds.",
                lambda v: _files(v, "known"),
            ),
        ),
    ),
    (
        "outcomes",
        "What came of it",
        "statistics",
        (
            (
                "crimes",
                "Crimes registered",
                "First information reports from sites of the operations.",
                lambda v: Crime.objects.filter(site__in=scope.sites_seen(v)).count(),
            ),
            (
                "seizure_reports",
                "Seizure reports (BNSS 106)",
                "Reports to the Magistrate without a registered crime.",
                lambda v: SeizureReport.objects.filter(site__in=scope.sites_seen(v)).count(),
            ),
            (
                "arrests",
                "Arrests",
                "Arrest entries, each with its level 4 evidence.",
                lambda v: Arrest.objects.filter(crime__site__in=scope.sites_seen(v)).count(),
            ),
        ),
    ),
)


def funnel_counts(viewer: Officer) -> tuple[FigureGroup, ...]:
    """The funnel as far as the viewer's roles open the areas behind its numbers, counted within the viewer's reach."""
    groups: list[FigureGroup] = []
    for key, name, area, steps in _STEPS:
        if not scope.area_is_shown(viewer, area) or _out_of_reach(viewer, key):
            continue
        counted = [(step, step[3](viewer)) for step in steps]
        top = max((count for _, count in counted), default=0)
        groups.append(
            FigureGroup(
                key,
                name,
                area,
                tuple(
                    Figure(step[0], step[1], step[2], count, count / top if top else 0.0)
                    for step, count in counted
                ),
            )
        )
        if key == "reports":
            groups.append(_by_handling())
    return tuple(groups)


def files_received(viewer: Officer) -> int:
    """Files sealed on arrival; 0 for a viewer whose reach is not the state."""
    return _state_only(viewer, Receipt.objects.count)


def blocked_reasons(viewer: Officer) -> tuple[BlockedReason, ...]:
    """Which checks kept subjects below level 2, the one that stopped most first."""
    rows = Attribution.objects.filter(level__lt=2, subject__in=scope.subjects_seen(viewer))
    counted: Counter[str] = Counter()
    for stored in rows.values_list("blocked_by", flat=True):
        counted.update(check_ids(stored))
    top = max(counted.values(), default=1)
    return tuple(
        BlockedReason(check, rule_of(check), rule_of(check, malayalam=True), number, number / top)
        for check, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def subjects_stopped(viewer: Officer) -> tuple[int, int]:
    """How many subjects were looked at, and how many of them stayed below level 2."""
    rows = Attribution.objects.filter(subject__in=scope.subjects_seen(viewer))
    return rows.count(), rows.filter(level__lt=2).count()


def warnings_unseen(viewer: Officer) -> int:
    """How many reading warnings nobody has acknowledged; 0 for viewers without that area."""
    return (
        ReadingWarning.objects.filter(seen_by=None).count() if scope.area_is_shown(viewer, "warnings") else 0
    )


def clock_lines(viewer: Officer, *, as_of: datetime, limit: int = 8) -> tuple[ClockLine, ...]:
    """What has a time on it and is not done: unanswered requests and operations on their way, soonest first."""
    lines: list[ClockLine] = []
    if scope.area_is_shown(viewer, "requests"):
        waiting = (
            ProviderRequest.objects.filter(answered_at=None).select_related("provider").order_by("due_at")
        )
        lines += [
            ClockLine(one.due_at, f"Answer to {one.number} due from {one.provider.name}", one.due_at < as_of)
            for one in waiting[:limit]
        ]
    if scope.area_is_shown(viewer, "operations"):
        for operation in (
            scope.operations_seen(viewer).exclude(state="closed").order_by("first_entry_at")[:limit]
        ):
            at = operation.day_end_at if operation.state == "live" else operation.first_entry_at
            what = "ends" if operation.state == "live" else "first entry"
            lines.append(
                ClockLine(
                    at,
                    f"{operation.code}: {what} ({operation.state})",
                    at < as_of,
                    f"/operations/{operation.pk}",
                )
            )
    return tuple(sorted(lines, key=lambda line: (line.at, line.text))[:limit])


def _state_only(viewer: Officer, count: Callable[[], int]) -> int:
    return count() if scope.reach_of(viewer) is scope.Reach.STATE else 0


def _out_of_reach(viewer: Officer, group: str) -> bool:
    return group in ("reports", "observations") and scope.reach_of(viewer) is not scope.Reach.STATE


def _by_handling() -> FigureGroup:
    """NCMEC's referrals and informational reports: figures that stand alone, being no one population."""
    counted = reports_by_handling()
    figures = (
        Figure(f"ncmec_{one.key}", one.name_en, one.text_en, counted.value(one.key), 0.0) for one in HANDLING
    )
    return FigureGroup("handling", "NCMEC's own sorting", "leads", tuple(figures), alone=True)


def _at_level(viewer: Officer, level: int) -> int:
    return Attribution.objects.filter(level__gte=level, subject__in=scope.subjects_seen(viewer)).count()


def _files(viewer: Officer, column: str) -> int:
    rows = Examination.objects.filter(exhibit__in=scope.exhibits_seen(viewer))
    return int(rows.aggregate(total=Sum(column))["total"] or 0)
