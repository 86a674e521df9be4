"""Who the leads are about: subjects, the links that made them, triage snapshots, investigations."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row
from kaval.station.models.intake import Lead
from kaval.station.models.people import Officer


class Subject(Row):
    """A person the leads seem to be about: unnamed until evidence says so. `number` is the outward reference.

    Identifier and number come from the oldest lead, so that the same leads always make the same subject. `merged_into`
    is set while all its leads belong to another subject; what hangs on it stays. `score` and `band` are of stage 1 (the
    reports), `person_score` and `person_band` of stage 2 (the person), null and empty before it is assessed. `due_at`:
    when its band's clock runs out; null: no clock. `records_until`: until when provider records of its newest
    address can be asked for. `parked_at` not null: taken out of the queue, with a reason. `set_band`: what a person put
    in place of the band, with `set_band_text`.
    """

    number = models.CharField(max_length=24, unique=True)
    lead_count = models.IntegerField(default=0)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    score = models.FloatField(default=0)
    band = models.CharField(max_length=20, blank=True)
    merged_into = models.ForeignKey("self", on_delete=PROTECT, related_name="merged_from", null=True)
    person_score = models.FloatField(null=True)
    person_band = models.CharField(max_length=20, blank=True, default="", db_default="")
    assessed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    records_until = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)
    parked_at = models.DateTimeField(null=True)
    parked_by_rule = models.CharField(max_length=40, blank=True, default="", db_default="")
    parked_text = models.TextField(blank=True, default="", db_default="")
    set_band = models.CharField(max_length=20, blank=True, default="", db_default="")
    set_band_text = models.TextField(blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["-score"]),
            models.Index(fields=["due_at"], name="subject_due", condition=models.Q(parked_at=None)),
        ]


class SubjectLead(Row):
    """A lead linked to a subject, with the reasons in words; which subject follows from keys and decisions."""

    subject = models.ForeignKey(Subject, on_delete=PROTECT, related_name="leads")
    lead = models.OneToOneField(Lead, on_delete=PROTECT, related_name="subject_link")
    reasons = models.JSONField(default=list)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class Assessment(Row):
    """A triage snapshot: the sum of its reasons, the rule version, and what was missing. Stage 1 facts of the
    reports, stage 2 facts about the person.
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


class SavedView(Row):
    """A filter of the queue that an officer keeps under a name. `query` is the query string of the page."""

    officer = models.ForeignKey(Officer, on_delete=PROTECT, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "name"], name="saved_view_once")]


class ParkedSample(Row):
    """A parked subject drawn to check the rule that parked it. `verdict` empty: nobody has looked; then `right` or
    `wrong`. `rule_version` is what parked it, `drawn` the draw (date and number).
    """

    subject = models.ForeignKey(Subject, on_delete=PROTECT, related_name="samples")
    rule_version = models.CharField(max_length=40)
    drawn = models.CharField(max_length=40)
    drawn_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, blank=True)
    text = models.TextField(blank=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "drawn"], name="parked_sample_once")]
