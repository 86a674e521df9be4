"""How complete reports arrive, by who reported: a matter to raise with the sender, never a priority."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, CharField, Count, Expression, F, Q, Sum, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, NullIf

from kaval.engine.rules.leads.quality import asked_of
from kaval.station.models import Officer
from kaval.station.queries import scope

# Where the layouts name the service that reported, in the order of trust; else the source system reported itself.
_NAMED: Final = (
    "reportedInformation/reportingEsp/espName",
    "incidentSummary/platform",
    "personOrUserReported/espService",
    "provider",
    "platform",
)
HALF: Final = 50
_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class SenderRow:
    """One reporter's reports of a source: how many, how complete on average, how many below half, what they lack.

    `missing`: the parts that some lack, with the share of the reports asked for them, the commonest first.
    """

    source: str
    reporter: str
    reports: int
    mean: float
    below_half: int
    missing: tuple[tuple[str, float], ...]


def reporter(prefix: str = "") -> Expression:
    """Who reported, as an expression over reports reached by `prefix`.

    The fields of a report are large: what monitoring saw names no service, so they are not opened for it.
    """
    source = F(f"{prefix}source_system")
    named = [NullIf(KeyTextTransform(name, f"{prefix}fields"), Value("")) for name in _NAMED]
    own = When(Q(**{f"{prefix}kind": "p2p"}), then=source)
    return Case(own, default=Coalesce(*named, source), output_field=CharField())


def senders(viewer: Officer, *, since: datetime) -> tuple[SenderRow, ...]:
    """Who reported since an instant, the least complete first; at most 200 of them."""
    accepted = scope.leads_seen(viewer).filter(report__received_at__gte=since).order_by()
    rows = accepted.annotate(who=reporter("report__"), lacks=Cast("report__missing", TextField()))
    counted = rows.values_list("report__source_system", "who", "report__kind", "lacks").annotate(
        reports=Count("pk"),
        total=Sum("report__quality"),
        below=Count("pk", filter=Q(report__quality__lt=HALF)),
    )
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0, 0])
    missing: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    asked: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for source, who, kind, lacks, reports, total, below in counted:
        for column, value in enumerate((reports, total, below)):
            sums[source, who][column] += value
        missing[source, who].update(dict.fromkeys(json.loads(lacks), reports))
        asked[source, who].update(dict.fromkeys(asked_of(kind), reports))
    found = [
        SenderRow(*key, int(reports), total / reports, int(below), _commonest(missing[key], asked[key]))
        for key, (reports, total, below) in sums.items()
    ]
    return tuple(sorted(found, key=lambda row: (row.mean, -row.reports, row.source, row.reporter))[:_LINES])


def _commonest(missing: Counter[str], asked: Counter[str]) -> tuple[tuple[str, float], ...]:
    shares = ((part, number / max(asked[part], number)) for part, number in missing.items())
    return tuple(sorted(shares, key=lambda part: (-part[1], part[0])))
