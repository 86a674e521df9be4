"""Who acts and where: the unit, police districts and stations, officers, and the accounts they sign in with."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row


class Unit(models.Model):
    """The unit this station belongs to: one row.

    `training` is true for a synthetic state: its own allocation table declares documentation addresses routable,
    people
    sign in by choosing a name, and every page and document carries the training mark. `id_key` (hex) keys the
    identifiers.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200)
    name_ml = models.CharField(max_length=200, blank=True)
    training = models.BooleanField(default=False)
    id_key = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="unit_one_row")]


class District(Row):
    """A police district (20 in Kerala, not the 14 revenue districts). `outline` is GeoJSON polygon coordinates,
    lon lat.
    """

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    name_ml = models.CharField(max_length=80, blank=True)
    outline = models.JSONField(default=list)


class Station(Row):
    """A police station with its limits (GeoJSON polygon, lon lat) and its position (WGS84 degrees)."""

    code = models.CharField(max_length=24, unique=True)
    district = models.ForeignKey(District, on_delete=PROTECT, related_name="stations")
    name = models.CharField(max_length=80)
    name_ml = models.CharField(max_length=80, blank=True)
    outline = models.JSONField(default=list)
    longitude = models.FloatField()
    latitude = models.FloatField()
    terrain = models.CharField(max_length=12, blank=True, default="", db_default="")


class Officer(Row):
    """A named officer: no act without one. `roles` decide what the officer may do and see (`roles.py`).

    `district` is null for headquarters. `leave_from`/`leave_to` are inclusive local dates, null when on duty.
    `off_duty_at`: end of the last duty, null: rested. `villages`: where the officer or near family live. `armed`,
    `vehicle`: null: not stated, the rule is not applied.
    """

    number = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=120)
    name_ml = models.CharField(max_length=120, blank=True)
    rank = models.CharField(max_length=12)
    gender = models.CharField(max_length=1)
    district = models.ForeignKey(District, on_delete=PROTECT, related_name="officers", null=True, blank=True)
    station = models.ForeignKey(Station, on_delete=PROTECT, related_name="officers", null=True, blank=True)
    skills = ArrayField(models.CharField(max_length=20), default=list)
    roles = ArrayField(models.CharField(max_length=24), default=list)
    leave_from = models.DateField(null=True, blank=True)
    leave_to = models.DateField(null=True, blank=True)
    off_duty_at = models.DateTimeField(null=True, blank=True)
    villages = ArrayField(models.CharField(max_length=80), default=list, db_default=models.Value("{}"))
    armed = models.BooleanField(null=True)
    vehicle = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"{self.name}, {self.rank.title() if len(self.rank) > 4 else self.rank}"


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by user name; accounts are made by an operation only."""


class Account(AbstractBaseUser):
    """What an officer signs in with. An unusable password means that only the training list can sign in."""

    USERNAME_FIELD = "username"

    username = models.CharField(max_length=60, unique=True)
    officer = models.OneToOneField(Officer, on_delete=PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)

    objects = AccountManager()
