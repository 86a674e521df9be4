"""What surrounds a plan: go or no-go, other units' events, packets and who may open them, what was learnt."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT, Q

from kaval.station.models.base import Row
from kaval.station.models.operation import Operation, PlanVersion, Site, Team
from kaval.station.models.people import Officer


class GoDecision(Row):
    """Go or no-go, by whom and why. `moment`: t24, t2 (the operation; `site` null) or door (one site).

    The latest of a moment counts; a no-go keeps the next step from happening until a later go.
    """

    append_only = True

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="go_decisions")
    site = models.ForeignKey(Site, on_delete=PROTECT, null=True, related_name="go_decisions")
    moment = models.CharField(max_length=4)
    go = models.BooleanField()
    reason = models.TextField()
    plan_digest = models.CharField(max_length=64)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(moment__in=["t24", "t2"], site__isnull=True)
                | Q(moment="door", site__isnull=False),
                name="go_moment",
            )
        ]


class UnitEvent(Row):
    """An event of another unit, as that unit told it: when, where, whom (keyed digests only), and whom to ring.

    `from_at` to `to_at` UTC, `radius_m` around WGS84 degrees; null position: known by identity only. `identity_keys`
    are digests made with the unit's key, never names or numbers. `withdrawn_at` null: counts.
    """

    reference = models.CharField(max_length=40)
    unit = models.CharField(max_length=120)
    contact = models.CharField(max_length=160)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    radius_m = models.IntegerField(null=True)
    identity_keys = models.JSONField(default=list)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "reference"], name="unit_event_once")]


class EventPointer(Row):
    """A site and another unit's event that meet: a pointer to whom to ring, and nothing of the matter.

    `why`: place (time and place) or identity. `cleared_at` null: open, and the plan is not frozen.
    """

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="pointers")
    site = models.ForeignKey(Site, on_delete=PROTECT, related_name="pointers")
    event = models.ForeignKey(UnitEvent, on_delete=PROTECT, related_name="pointers")
    why = models.CharField(max_length=10)
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(Officer, on_delete=PROTECT, null=True, related_name="+")
    cleared_text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "event", "why"], name="event_pointer_once")]


class Packet(Row):
    """What one team is given, sealed: a new one whenever what it says changes, or after a recall.

    `number` is printed on every page; `mark` (hex) is the hidden mark of this packet's wording. `digest`, `size`: of
    the sealed file in the store; `facts_digest`: of what it says. `round`: of the keys it is sealed with.
    `superseded_at` null: in force. The key is in no table.
    """

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="packets")
    team = models.ForeignKey(Team, on_delete=PROTECT, related_name="packets")
    version = models.ForeignKey(PlanVersion, on_delete=PROTECT, related_name="packets")
    number = models.CharField(max_length=32, unique=True)
    mark = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    size = models.IntegerField()
    facts_digest = models.CharField(max_length=64)
    round = models.SmallIntegerField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=Q(superseded_at=None), name="packet_in_force_once"
            ),
            models.UniqueConstraint(fields=["operation", "mark"], name="packet_mark_once"),
        ]


class PacketRelease(Row):
    """One of the two people who release the packets of an operation; both are needed. `round` counts after a recall."""

    append_only = True

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="releases")
    round = models.SmallIntegerField()
    place = models.SmallIntegerField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "round", "by"], name="release_by_two_people"),
            models.UniqueConstraint(fields=["operation", "round", "place"], name="release_two_places"),
        ]


class PacketRecall(Row):
    """The end of a round: its keys were destroyed and its packets open no more. The next round starts with new keys."""

    append_only = True

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="packet_recalls")
    round = models.SmallIntegerField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "round"], name="packet_recall_once")]


class PacketAccess(Row):
    """Who took what of a packet, when: sealed (the file), key (after the release), print (a numbered copy)."""

    append_only = True

    packet = models.ForeignKey(Packet, on_delete=PROTECT, related_name="accesses")
    kind = models.CharField(max_length=8)
    copy_number = models.SmallIntegerField(null=True)
    handed_to = models.ForeignKey(Officer, on_delete=PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class NeedToKnow(Row):
    """An officer who may know of an operation before the hour, and why. `ended_at` null: still on the list."""

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="need_to_know")
    officer = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "officer"], name="need_to_know_once")]


class LeakDrill(Row):
    """A piece of paper or text brought back, and the packet and copy its marks name; null: none could be named."""

    append_only = True

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="leak_drills")
    packet = models.ForeignKey(Packet, on_delete=PROTECT, null=True, related_name="+")
    copy_number = models.SmallIntegerField(null=True)
    text = models.TextField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class AfterAction(Row):
    """A line of the after-action review. `kind`: worked, failed, near_miss, measure. `due_on` null: no day set."""

    append_only = True

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="after_actions")
    number = models.IntegerField()
    kind = models.CharField(max_length=10)
    text = models.TextField()
    owner = models.ForeignKey(Officer, on_delete=PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "number"], name="after_action_once")]
