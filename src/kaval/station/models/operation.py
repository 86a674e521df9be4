"""The operation as a first-class record: sites, teams, stops, approvals by two people, freeze, numbered changes."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT, F, Q

from kaval.station.models.attribution import Attribution, Place
from kaval.station.models.base import Row
from kaval.station.models.people import District, Officer, Station


class Operation(Row):
    """One operation. `state`: draft, approved, frozen, live, recalled, closed. All instants UTC; null: not reached.

    `rules`: the planning rules of `operation.json` that differ from the usual ones. `plan_number`: the plan version
    that `plan_digest` names and that approvals sign; 0: none yet. A recalled operation opens no further door.
    """

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
    plan_number = models.IntegerField(default=0, db_default=0)
    rules = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    recalled_at = models.DateTimeField(null=True)
    recall_reason = models.TextField(blank=True, default="", db_default="")
    frozen_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "approved", "frozen", "live", "recalled", "closed"]),
                name="operation_state",
            )
        ]


class PlanVersion(Row):
    """A plan as it was made: numbered, whole, never changed. Teams and stops are rows of the version in force only.

    `made`: solved, by_hand, imported, repaired. `plan` and `report` as `kaval plan --json` prints them; `difference`
    and `people_moved` against `before` (null: the first). `digest` is what two people sign.
    """

    append_only = True

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="versions")
    number = models.IntegerField()
    made = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    plan = models.JSONField()
    report = models.JSONField(default=dict)
    difference = models.JSONField(default=dict)
    people_moved = models.IntegerField(default=0)
    before = models.ForeignKey("self", on_delete=PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "number"], name="plan_version_once")]


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
    """A team of one district; `number` is unique within the operation.

    `code` is the team's name in plan versions (`KTM-03`). `base`: the police station it sets out from. `stood_down_at`:
    null: in force; else a numbered change took it out.
    """

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="teams")
    number = models.IntegerField()
    district = models.ForeignKey(District, on_delete=PROTECT, related_name="teams")
    code = models.CharField(max_length=24, blank=True, default="", db_default="")
    base = models.ForeignKey(Station, on_delete=PROTECT, null=True, related_name="+")
    stood_down_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "number"], name="team_number_once")]


class TeamMember(Row):
    """An officer in a team with the place filled there: leader, cyber, technical, woman, and others by need.

    `left_at`: null: serves; else a numbered change took the officer out of the day.
    """

    team = models.ForeignKey(Team, on_delete=PROTECT, related_name="members")
    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=PROTECT, related_name="memberships")
    role = models.CharField(max_length=12)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "officer"], name="officer_in_one_team")]


class Site(Row):
    """A place in an operation. `state`: planned, withdrawn, deferred, en_route, at_door, entered, searching, done.

    `children_expected` null: unknown, which is not the same as none. `legal` holds the documents of the search basis.
    `kind` and `planned_minutes` set the stay; `not_before`, `not_after` (UTC, null: no limit) bound the entry.
    `people_expected` null: unknown. `witnesses`: ids of witnesses already found. `spill_of`: the site whose search
    revealed this place, null: planned from the start.
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
    woman_expected = models.BooleanField(null=True)
    people_expected = models.SmallIntegerField(null=True)
    kind = models.CharField(max_length=12, blank=True, default="", db_default="")
    planned_minutes = models.SmallIntegerField(null=True)
    not_before = models.DateTimeField(null=True)
    not_after = models.DateTimeField(null=True)
    village = models.CharField(max_length=80, blank=True, default="", db_default="")
    armed = models.BooleanField(default=False, db_default=False)
    cwc_contact = models.CharField(max_length=160, blank=True, default="", db_default="")
    witnesses = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    welfare_note = models.TextField(blank=True, default="", db_default="")
    spill_of = models.ForeignKey("self", on_delete=PROTECT, null=True, related_name="spilled")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "number"], name="site_number_once"),
            models.UniqueConstraint(fields=["operation", "place"], name="site_place_once"),
        ]


class SiteLink(Row):
    """A key two sites share, so that one entry would warn the other: entered in one wave.

    `kind`: household, account, contact, group. `key` is a digest, never the handle or number itself. `withdrawn_at`:
    null: counts.
    """

    site = models.ForeignKey(Site, on_delete=PROTECT, related_name="links")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "kind", "key"], name="site_link_once")]


class OfficerConflict(Row):
    """An interest that keeps an officer from a place: a relative, a neighbour. `ended_at` null: holds."""

    officer = models.ForeignKey(Officer, on_delete=PROTECT, related_name="conflicts")
    place = models.ForeignKey(Place, on_delete=PROTECT, related_name="conflicts")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "place"], name="officer_conflict_once")]


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
            # Deferred: a repaired plan re-orders the stops of a team in one transaction.
            models.UniqueConstraint(
                fields=["team", "order"], name="stop_order_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(leave_at__gt=F("arrive_at")), name="stop_leaves_after_arrival"
            ),
        ]


class PlanChange(Row):
    """A numbered change after the freeze, with its reason: nothing changes silently.

    `kind`: withdrawn, deferred, site_in, site_changed, team_out, officer_out, officer_in, reassigned. `site`, `team`,
    `officer`: what it is about; null: not that. `version`: the plan it led to; null: the stops stayed as they were.
    """

    append_only = True

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="changes")
    number = models.IntegerField()
    site = models.ForeignKey(Site, on_delete=PROTECT, related_name="changes", null=True)
    team = models.ForeignKey(Team, on_delete=PROTECT, related_name="changes", null=True)
    officer = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)
    version = models.ForeignKey(PlanVersion, on_delete=PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=12)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "number"], name="change_number_once")]
