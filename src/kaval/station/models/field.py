"""The field day: what happened at each site, and what came of it. Crimes, seizure reports and arrests are three
things.
"""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row
from kaval.station.models.operation import Operation, Site, Team
from kaval.station.models.people import Officer


class FieldEvent(Row):
    """A step of a team at a site: en_route, at_door, entered, search_started, search_ended, left. `facts` are
    the form's.
    """

    append_only = True

    operation = models.ForeignKey(Operation, on_delete=PROTECT, related_name="events")
    site = models.ForeignKey(Site, on_delete=PROTECT, related_name="events")
    team = models.ForeignKey(Team, on_delete=PROTECT, related_name="events")
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["operation", "-at"])]


class Outcome(Row):
    """How a site ended: one of eight codes and why. A site without one is not accounted for.

    `audit_due_at` is when the re-audit of its attribution must have begun (A-60); null: the outcome starts none.
    """

    append_only = True

    site = models.OneToOneField(Site, on_delete=PROTECT, related_name="outcome")
    code = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, blank=True)
    entered = models.BooleanField()
    audit_due_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class Crime(Row):
    """A registered crime (FIR) with its sections; the investigating officer is Inspector or above (IT Act 78)."""

    append_only = True

    number = models.CharField(max_length=40, unique=True)
    site = models.OneToOneField(Site, on_delete=PROTECT, related_name="crime")
    sections = models.JSONField()
    investigating_officer = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    registered_at = models.DateTimeField()


class SeizureReport(Row):
    """A report of seizure to the Magistrate under BNSS 106 without a registered crime (yet)."""

    append_only = True

    number = models.CharField(max_length=40, unique=True)
    site = models.OneToOneField(Site, on_delete=PROTECT, related_name="seizure_report")
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    reported_at = models.DateTimeField()


class Arrest(Row):
    """An arrest entry with its level 4 evidence. The person is a reference; names live in the sealed case file."""

    append_only = True

    number = models.CharField(max_length=40, unique=True)
    crime = models.ForeignKey(Crime, on_delete=PROTECT, related_name="arrests")
    person_ref = models.CharField(max_length=40)
    age = models.IntegerField()
    gender = models.CharField(max_length=1)
    evidence = models.JSONField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class Welfare(Row):
    """Adults and children met at a site and what was done for them; children are counted, never named here."""

    append_only = True

    site = models.OneToOneField(Site, on_delete=PROTECT, related_name="welfare")
    adults = models.IntegerField()
    children = models.IntegerField()
    cwc_contact = models.CharField(max_length=120, blank=True)
    leaflet_given = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
