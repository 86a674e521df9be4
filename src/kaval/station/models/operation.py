"""The operation as a first-class record: sites, teams, stops, approvals by two people, freeze, numbered changes."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT, F, Q

from kaval.station.models.attribution import Attribution, Place
from kaval.station.models.base import Row
from kaval.station.models.people import District, Officer


class Operation(Row):
    """One operation. `state`: draft, approved, frozen, live, closed. All instants UTC; null: not reached."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_ml = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10)
    first_entry_at = models.DateTimeField()
    day_end_at = models.DateTimeField()
    commander = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    legal_basis = models.JSONField(default=dict)
    plan_digest = models.CharField(max_length=64, blank=True)
    plan_report = models.JSONField(default=dict)
    frozen_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "approved", "frozen", "live", "closed"]),
                name="operation_state",
            )
        ]


class Approval(Row):
    """One of the two signatures under a plan, bound to the plan's digest: a changed plan needs new ones."""

    append_only = True

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="approvals")
    plan_digest = models.CharField(max_length=64)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    place = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "plan_digest", "by"], name="approval_by_two_people"),
            models.UniqueConstraint(fields=["operation", "plan_digest", "place"], name="approval_two_places"),
            models.CheckConstraint(condition=Q(place__in=[1, 2]), name="approval_first_or_second"),
        ]


class Team(Row):
    """A team of one district; `number` is unique within the operation."""

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="teams")
    number = models.IntegerField()
    district = models.ForeignKey(District, on_delete=PROTECT, related_name="teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "number"], name="team_number_once")]


class TeamMember(Row):
    """An officer in a team with the place filled there: leader, cyber, technical, woman."""

    team = models.ForeignKey(Team, on_delete=PROTECT, related_name="members")
    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=PROTECT, related_name="memberships")
    role = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "officer"], name="officer_in_one_team")]


class Site(Row):
    """A place in an operation. `state`: planned, withdrawn, deferred, en_route, at_door, entered, searching, done.

    `children_expected` null: unknown, which is not the same as none. `legal` holds the documents of the search basis.
    """

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="sites")
    number = models.IntegerField()
    place = models.ForeignKey(Place, on_delete=PROTECT, related_name="sites")
    attribution = models.ForeignKey(Attribution, on_delete=PROTECT, related_name="sites")
    district = models.ForeignKey(District, on_delete=PROTECT, related_name="sites")
    state = models.CharField(max_length=10)
    search_basis = models.CharField(max_length=20)
    legal = models.JSONField(default=dict)
    children_expected = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "number"], name="site_number_once"),
            models.UniqueConstraint(fields=["operation", "place"], name="site_place_once"),
        ]


class Stop(Row):
    """A site in a team's morning: its place in the order, the wave, and the planned times (UTC)."""

    team = models.ForeignKey(Team, on_delete=PROTECT, related_name="stops")
    site = models.OneToOneField(Site, on_delete=PROTECT, related_name="stop")
    order = models.SmallIntegerField()
    wave = models.SmallIntegerField()
    arrive_at = models.DateTimeField()
    leave_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "order"], name="stop_order_once"),
            models.CheckConstraint(
                condition=Q(leave_at__gt=F("arrive_at")), name="stop_leaves_after_arrival"
            ),
        ]


class PlanChange(Row):
    """A numbered change after the freeze, with its reason: nothing changes silently."""

    append_only = True

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="changes")
    number = models.IntegerField()
    site = models.ForeignKey(Site, on_delete=PROTECT, related_name="changes")
    kind = models.CharField(max_length=12)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "number"], name="change_number_once")]
