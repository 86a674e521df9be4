"""Who the leads are about: subjects, the links that made them, triage snapshots, investigations."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row
from kaval.station.models.intake import Lead
from kaval.station.models.people import Officer


class Subject(Row):
    """A person the leads seem to be about: unnamed until evidence says so. `number` is the outward reference."""

    number = models.CharField(max_length=24, unique=True)
    lead_count = models.IntegerField(default=0)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    score = models.FloatField(default=0)
    band = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-score"])]


class SubjectLead(Row):
    """A lead linked to a subject, with the reasons in words; un-linking is another row, nothing is overwritten."""

    subject = models.ForeignKey(Subject, on_delete=PROTECT, related_name="leads")
    lead = models.OneToOneField(Lead, on_delete=PROTECT, related_name="subject_link")
    reasons = models.JSONField(default=list)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class Assessment(Row):
    """A triage snapshot: the sum of its reasons, the rule version, and what was missing. Stage 1 facts of the
    report.
    """

    append_only = True

    subject = models.ForeignKey(Subject, on_delete=PROTECT, related_name="assessments")
    stage = models.SmallIntegerField()
    score = models.FloatField()
    band = models.CharField(max_length=20)
    reasons = models.JSONField()
    missing = models.JSONField(default=list)
    rule_version = models.CharField(max_length=40)
    at = models.DateTimeField()


class Investigation(Row):
    """An investigation opened on a subject by a supervisor; `regime` says which codes apply (BNSS/BSA since 1
    July 2024).
    """

    number = models.CharField(max_length=24, unique=True)
    subject = models.OneToOneField(Subject, on_delete=PROTECT, related_name="investigation")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    regime = models.CharField(max_length=12)
