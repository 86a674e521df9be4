"""The register of groups and handles: counts by officers, who was seen where, and which handles somebody believes
belong together. A group is known by the unit's internal code; its display name is restricted.
"""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT, Q

from kaval.station.models.base import Row
from kaval.station.models.intake import Identifier, Lead


class Group(Row):
    """A group on a platform by its internal code; `platform` is folded, `platform_name` as it came first.

    `display_name` is restricted: it is shown on need only, and no page lists it.
    """

    platform = models.CharField(max_length=320)
    platform_name = models.CharField(max_length=320)
    code = models.CharField(max_length=255)
    display_name = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "code"], name="group_once")]


class GroupCount(Row):
    """What an officer counted in a group. Null members, or members in the state: not counted (which is not 0).

    The time has four columns; `counted_at` null: unknown. `counted_by` is the officer as the register names them.
    `lead` null: the count was entered at this station, and the audit says by whom.
    """

    append_only = True

    group = models.ForeignKey(Group, on_delete=PROTECT, related_name="counts")
    members = models.BigIntegerField(null=True)
    members_in_state = models.BigIntegerField(null=True)
    counted_text = models.CharField(max_length=60, blank=True)
    counted_at = models.DateTimeField(null=True)
    counted_offset_minutes = models.IntegerField(null=True)
    counted_offset_source = models.CharField(max_length=12, blank=True)
    counted_by = models.CharField(max_length=120, blank=True)
    authority = models.CharField(max_length=200, blank=True)
    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(members__isnull=False) | Q(members_in_state__isnull=False),
                name="group_count_counts",
            ),
            models.CheckConstraint(
                condition=(Q(members__isnull=True) | Q(members__gte=0))
                & (Q(members_in_state__isnull=True) | Q(members_in_state__gte=0)),
                name="group_count_not_negative",
            ),
        ]


class GroupMembership(Row):
    """An account was seen in a group from first to last, as one row of the register states it."""

    append_only = True

    group = models.ForeignKey(Group, on_delete=PROTECT, related_name="memberships")
    identifier = models.ForeignKey(Identifier, on_delete=PROTECT, related_name="memberships")
    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="+")
    first_seen_text = models.CharField(max_length=60, blank=True)
    first_seen_at = models.DateTimeField(null=True)
    first_seen_offset_minutes = models.IntegerField(null=True)
    first_seen_offset_source = models.CharField(max_length=12, blank=True)
    last_seen_text = models.CharField(max_length=60, blank=True)
    last_seen_at = models.DateTimeField(null=True)
    last_seen_offset_minutes = models.IntegerField(null=True)
    last_seen_offset_source = models.CharField(max_length=12, blank=True)


class HandleLink(Row):
    """An officer believes that two handles belong together: a statement without direction that links nobody by itself.

    `other` null: the register names the second handle without its platform, so it stands for nobody; `stated` is
    what it says. With both known, `one` is the lesser identifier, whichever row named which.
    """

    append_only = True

    one = models.ForeignKey(Identifier, on_delete=PROTECT, related_name="+")
    other = models.ForeignKey(Identifier, on_delete=PROTECT, related_name="+", null=True)
    stated = models.CharField(max_length=320)
    basis = models.TextField(blank=True)
    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="+")


class RegisterReading(Row):
    """What a lead said when its rows were taken into the register; when it says more later, it is taken again."""

    append_only = True

    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="register_readings")
    said = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "said"], name="register_reading_once")]
