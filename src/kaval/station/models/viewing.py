"""What a person may see of an examined device: the order of work, the unit's floor, and every opening of an item."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT, Q

from kaval.station.models.base import Row
from kaval.station.models.evidence import Examination, Finding
from kaval.station.models.people import Officer


class OrderedItem(Row):
    """A file that no list knows, at its place in the order a person should look at: by risk to a child, with reasons.

    `group` joins files that look alike; empty: alone. Of a group only the first in the order need be opened
    (`first_of_like`). `risk` is the lab's number for the order only.
    """

    append_only = True

    examination = models.ForeignKey(Examination, on_delete=PROTECT, related_name="ordered")
    rank = models.IntegerField()
    path = models.TextField()
    state = models.CharField(max_length=12)
    size = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=80, blank=True)
    group = models.CharField(max_length=64, blank=True)
    first_of_like = models.BooleanField(default=True)
    risk = models.FloatField()
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["examination", "rank"], name="ordered_item_rank_once")]


class ViewingFloor(Row):
    """What the unit allows at most; the latest counts. `level` indexes `rules.examination.viewing.LEVELS`."""

    append_only = True

    level = models.IntegerField()
    items_per_day = models.IntegerField()
    seconds_per_day = models.IntegerField()
    seconds_per_item = models.IntegerField()
    reason = models.TextField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"])]


class OwnViewing(Row):
    """What a person allows himself or herself, never more than the floor; the latest of a person counts."""

    append_only = True

    level = models.IntegerField()
    items_per_day = models.IntegerField()
    seconds_per_day = models.IntegerField()
    seconds_per_item = models.IntegerField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="own_viewing")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["by", "-at"])]


class Opening(Row):
    """One item opened by one person, with the reason, the level it is drawn at, and how long it may stay open."""

    append_only = True

    finding = models.ForeignKey(Finding, on_delete=PROTECT, null=True, related_name="openings")
    item = models.ForeignKey(OrderedItem, on_delete=PROTECT, null=True, related_name="openings")
    reason = models.TextField()
    level = models.IntegerField()
    seconds_allowed = models.IntegerField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="openings")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finding__isnull=False, item__isnull=True)
                | Q(finding__isnull=True, item__isnull=False),
                name="opening_of_one_thing",
            )
        ]
        indexes = [models.Index(fields=["by", "at"])]


class Closing(Row):
    """The end of an opening: seconds it was open, at most what was allowed."""

    append_only = True

    opening = models.OneToOneField(Opening, on_delete=PROTECT, related_name="closing")
    seconds = models.IntegerField()
    at = models.DateTimeField()
