"""The unit's figures about itself (law_and_procedure.md 3.4, end): counted from the records, without a name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from kaval.engine.rules.attribution.aftermath import (
    PROVIDERS_OWN,
    Metric,
    ProviderCounted,
    SearchCounted,
    unit_metrics,
)
from kaval.station.models import Attribution, CheckOverride, Observation, Officer, Outcome
from kaval.station.queries import scope
from kaval.station.queries.aftermath import errors_registered

_REACHED: Final = (
    "crime_registered",
    "seizure_report",
    "nothing_found",
    "nobody_there",
    "wrong_place",
    "refused",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The unit's figures about itself: the metrics, errors by provider, errors by cause, and what is not closed."""

    metrics: tuple[Metric, ...]
    providers: tuple[ProviderCounted, ...]
    causes: tuple[tuple[str, int], ...]
    open_errors: int


def unit_figures(viewer: Officer) -> Figures:
    """The figures of law note 3.4, over everything on record; zeros for whoever may not see them."""
    errors = errors_registered(viewer)
    causes = errors.order_by().values_list("cause").annotate(n=Count("pk")).order_by("-n", "cause")
    shown = scope.area_is_shown(viewer, "aftermath")
    overrides = (
        CheckOverride.objects.filter(withdrawn_at=None).order_by().values("by").annotate(n=Count("pk"))
    )
    return Figures(
        unit_metrics(_searches() if shown else [], [one["n"] for one in overrides] if shown else []),
        tuple(_by_provider()) if shown else (),
        tuple((cause, n) for cause, n in causes),
        errors.filter(sealed_at=None).count(),
    )


def _searches() -> list[SearchCounted]:
    rows = Outcome.objects.filter(code__in=_REACHED).values_list(
        "code", "entered", "at", "site__attribution__support", "error__pk"
    )
    listed = list(rows)
    wanted = {one for *_, support, _ in listed for one in support or ()}
    newest = dict(Observation.objects.filter(pk__in=wanted).values_list("pk", "at")) if wanted else {}
    return [
        SearchCounted(
            code,
            entered,
            error is not None,
            len(support or ()),
            max(
                (at for one in support or () if (at := newest.get(uuid.UUID(one))) is not None), default=None
            ),
            at_place,
        )
        for code, entered, at_place, support, error in listed
    ]


def _by_provider() -> Iterable[ProviderCounted]:
    rows = (
        Attribution.objects.filter(provider__isnull=False)
        .order_by()
        .values("provider__code")
        .annotate(
            made=Count("pk", distinct=True),
            wrong=Count("pk", filter=Q(errors__isnull=False), distinct=True),
            own=Count("pk", filter=Q(errors__cause__in=PROVIDERS_OWN), distinct=True),
        )
        .order_by("provider__code")
    )
    for row in rows:
        yield ProviderCounted(row["provider__code"], row["made"], row["wrong"], row["own"])
