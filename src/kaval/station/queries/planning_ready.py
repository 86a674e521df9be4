"""What stands around a plan: go or no-go, numbered changes, every place accounted for, what was learnt."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from kaval.engine.rules.field.states import BEFORE_THE_DOOR, CHANGEABLE
from kaval.station.models import (
    AfterAction,
    Approval,
    GoDecision,
    Officer,
    Operation,
    PlanChange,
    PlanVersion,
    Site,
    Team,
)
from kaval.station.queries import scope
from kaval.station.queries.operations import _changes, operation_seen
from kaval.station.queries.plan_review import ReviewFigures, review_figures


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Every site of the viewer's reach, counted once: by outcome, taken out before the door, or still open."""

    outcomes: tuple[tuple[str, int], ...]
    taken_out: tuple[tuple[str, int], ...]
    open: tuple[Site, ...]

    @property
    def total(self) -> int:
        """All sites."""
        return self.accounted + len(self.open)

    @property
    def accounted(self) -> int:
        """Sites with an outcome, or withdrawn or deferred."""
        return sum(number for _, number in (*self.outcomes, *self.taken_out))


@dataclass(frozen=True, slots=True)
class Readiness:
    """The readiness page of one operation; `latest` holds the decision that counts for each moment, `digest` is of the
    plan in force, empty: none.
    """

    operation: Operation
    digest: str
    latest: dict[str, GoDecision]
    decisions: tuple[GoDecision, ...]
    changes: tuple[PlanChange, ...]
    reconciliation: Reconciliation
    figures: ReviewFigures
    lessons: tuple[AfterAction, ...]
    sites: tuple[Site, ...]
    teams: tuple[Team, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides which step comes next. `signed` are signatures under the present plan, `signed_by_me` one's own."""

    sites: int
    signed: int
    signed_by_me: bool
    go: dict[str, bool]
    open: int


def readiness_of(viewer: Officer, operation_id: uuid.UUID) -> Readiness:
    """Everything the readiness page shows.

    Raises:
        NotVisible: no such operation in the viewer's reach.
    """
    operation = operation_seen(viewer, operation_id)
    sites = scope.sites_seen(viewer).filter(operation=operation)
    teams = scope.teams_seen(viewer).filter(operation=operation, stood_down_at=None)
    in_force = PlanVersion.objects.filter(operation=operation, number=operation.plan_number)
    seen = set(sites.values_list("pk", flat=True))
    decisions = tuple(
        GoDecision.objects.filter(operation=operation).select_related("by", "site").order_by("-at", "-pk")
    )
    changes = (
        _changes(viewer, operation, sites)
        .select_related("site", "team", "officer", "version__before", "by")
        .defer("version__plan", "version__before__plan")
        .order_by("-number")
    )
    changeable = sites.filter(state__in=CHANGEABLE).select_related("place").order_by("number")
    return Readiness(
        operation,
        in_force.values_list("digest", flat=True).first() or "",
        {one.moment: one for one in reversed(decisions) if one.site_id is None},
        tuple(one for one in decisions if one.site_id is None or one.site_id in seen),
        tuple(changes),
        _reconciliation(sites),
        review_figures(viewer, operation),
        tuple(
            AfterAction.objects.filter(operation=operation).select_related("by", "owner").order_by("number")
        ),
        tuple(changeable),
        tuple(teams.order_by("district__name", "number")),
    )


def standing_of(viewer: Officer, operation: Operation) -> Standing:
    """Where an operation stands on its way."""
    sites = operation.sites.exclude(state__in=BEFORE_THE_DOOR)
    signed = Approval.objects.filter(operation=operation, plan_digest=operation.plan_digest)
    signers = list(signed.values_list("by", flat=True)) if operation.plan_digest else []
    decided = GoDecision.objects.filter(operation=operation, site=None).order_by("at", "pk")
    return Standing(
        sites.count(),
        len(signers),
        viewer.pk in signers,
        dict(decided.values_list("moment", "go")),
        sites.filter(outcome=None).count(),
    )


def site_of(viewer: Officer, operation: Operation, site: uuid.UUID | None) -> Site:
    """A site of the operation in reach.

    Raises:
        NotVisible: there is none.
    """
    rows = scope.sites_seen(viewer).filter(operation=operation).select_related("operation")
    return scope.found(rows, site or uuid.UUID(int=0))


def team_in_force(viewer: Officer, operation: Operation, team: uuid.UUID | None) -> Team:
    """A team of the operation in reach that has not stood down.

    Raises:
        NotVisible: there is none.
    """
    rows = scope.teams_seen(viewer).filter(operation=operation, stood_down_at=None)
    return scope.found(rows, team or uuid.UUID(int=0))


def officer_numbered(viewer: Officer, number: str) -> Officer | None:
    """A serving officer by service number, within the viewer's district when there is one; None: no such officer."""
    rows = Officer.objects.filter(number=number.strip())
    return (rows if viewer.district_id is None else rows.filter(district_id=viewer.district_id)).first()


def _reconciliation(sites: QuerySet[Site]) -> Reconciliation:
    gone = sites.filter(state__in=BEFORE_THE_DOOR)
    there = sites.exclude(state__in=BEFORE_THE_DOOR)
    waiting = there.filter(outcome=None).select_related("place", "district").order_by("number")
    return Reconciliation(
        tuple(
            there.exclude(outcome=None)
            .order_by("outcome__code")
            .values_list("outcome__code")
            .annotate(Count("pk"))
        ),
        tuple(gone.order_by("state").values_list("state").annotate(Count("pk"))),
        tuple(waiting),
    )
