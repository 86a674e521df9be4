"""After a search: re-audits of attributions, confirmed errors, what they put into quarantine, and the notices owed."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT

from kaval.station.models.attribution import Attribution
from kaval.station.models.base import Row
from kaval.station.models.field import Outcome
from kaval.station.models.people import Officer


class Reaudit(Row):
    """An attribution gone through anew: the one behind a search that found nothing (A-60), or, with `outcome` null, one
    that an error put into quarantine.

    `due_at` is when it must have begun. `findings` are the checks that came out otherwise, with the verdict then and
    now. `verdict`: empty, sound, error. `by` began it, and after the verdict is who gave it.
    """

    outcome = models.OneToOneField(Outcome, on_delete=PROTECT, related_name="reaudit", null=True)
    attribution = models.ForeignKey(Attribution, on_delete=PROTECT, related_name="reaudits")
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)
    findings = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="reaudit_due", condition=models.Q(finished_at=None))]


class AttributionError(Row):
    """A confirmed wrong attribution (A-62): cause, people and children affected, what was given back. Sealed when done.

    `cause` is a class (`day_month`, `year`, `zone`, `half_day`, `digit`, `billing`, `no_port`, `lease_edge`,
    `provider_wrong`, `moved`, `shared_line`, `linking`, `other`). `sealed_at` not null: the record is closed.
    """

    number = models.CharField(max_length=24, unique=True)
    attribution = models.ForeignKey(Attribution, on_delete=PROTECT, related_name="errors")
    outcome = models.OneToOneField(Outcome, on_delete=PROTECT, related_name="error", null=True)
    cause = models.CharField(max_length=20)
    text = models.TextField()
    people_affected = models.IntegerField()
    children_affected = models.IntegerField()
    notice_given_at = models.DateTimeField(null=True)
    devices_returned_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()


class ErrorNotice(Row):
    """A notice owed because of an error: to whom by office, until when, and when it was given."""

    error = models.ForeignKey(AttributionError, on_delete=PROTECT, related_name="notices")
    owed_to = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)
    text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["error", "owed_to"], name="error_notice_once")]


class Quarantine(Row):
    """An attribution held back because an error shares something with it (A-61). `lifted_at` null: it holds.

    `shared`: file, template, batch, person, or itself (the wrong one); `reference` is what is shared.
    """

    error = models.ForeignKey(AttributionError, on_delete=PROTECT, related_name="quarantines")
    attribution = models.ForeignKey(Attribution, on_delete=PROTECT, related_name="quarantines")
    shared = models.CharField(max_length=10)
    reference = models.CharField(max_length=120)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)
    lifted_text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["error", "attribution", "shared"], name="quarantine_once")
        ]


class DeadlineDone(Row):
    """A clock of law that a person says is met; which clock and from which row it runs is its key (`clock:row id`)."""

    append_only = True

    key = models.CharField(max_length=80, unique=True)
    text = models.TextField(blank=True)
    done_at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
