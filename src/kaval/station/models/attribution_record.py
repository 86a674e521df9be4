"""What people add to an attribution: reasons for going on, explanations, corroboration, lists of ranges."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row
from kaval.station.models.intake import Observation, SealedFile
from kaval.station.models.people import Officer
from kaval.station.models.subjects import Subject


class CheckOverride(Row):
    """A named officer, not the analyst, lets one HOLD pass, with rank and reason. It never lifts a BLOCK.

    `observation` null: for the whole subject. `withdrawn_at` null: it holds.
    """

    subject = models.ForeignKey(Subject, on_delete=PROTECT, related_name="overrides")
    observation = models.ForeignKey(Observation, on_delete=PROTECT, related_name="+", null=True)
    check_id = models.CharField(max_length=8)
    rank = models.CharField(max_length=12)
    text = models.TextField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)


class ContradictionNote(Row):
    """Why an observation of the subject points to another customer, by name (A-41)."""

    append_only = True

    subject = models.ForeignKey(Subject, on_delete=PROTECT, related_name="contradiction_notes")
    observation = models.ForeignKey(Observation, on_delete=PROTECT, related_name="+")
    text = models.TextField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class CorroborationNote(Row):
    """A fact beyond addresses that ties the subject to place or person (A-42, A-35), with its sealed source.

    `kind`: phone, email_recovery, device, second_report, payment_delivery, profile, location.
    """

    append_only = True

    subject = models.ForeignKey(Subject, on_delete=PROTECT, related_name="corroborations")
    kind = models.CharField(max_length=20)
    text = models.TextField()
    sealed = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="+", null=True)
    locator = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class DeconflictionNote(Row):
    """Other units, states, undercover and victim accounts were asked about the subject's identifiers (A-50).

    `conflict` null: asked, not answered. `reference` is whom to ask; the other's matter itself is not held.
    """

    append_only = True

    subject = models.ForeignKey(Subject, on_delete=PROTECT, related_name="deconflictions")
    asked = models.CharField(max_length=200)
    conflict = models.BooleanField(null=True)
    reference = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class ChildNote(Row):
    """Whether the account holder is likely a child, and why (A-51): then the victim path comes first."""

    append_only = True

    subject = models.ForeignKey(Subject, on_delete=PROTECT, related_name="child_notes")
    likely = models.BooleanField()
    text = models.TextField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class ResultSeen(Row):
    """An officer opened a page with an observation's first result: no second reader of it any more (A-38)."""

    append_only = True

    observation = models.ForeignKey(Observation, on_delete=PROTECT, related_name="seen_results")
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "observation"], name="result_seen_once")]


class NetworkFile(Row):
    """A dated list of ranges or a routing table, imported from a file the unit was given; read again from its seal.

    `kind`: vpn, hosting, proxy, relay, cdn, satellite, roaming, own, routing, allocation. `valid_until` null: for own
    lines still valid, else the list speaks for events near `dated` only.
    """

    append_only = True

    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    format = models.CharField(max_length=40)
    dated = models.DateField()
    valid_until = models.DateField(null=True)
    source = models.CharField(max_length=200)
    entries = models.IntegerField()
    sealed = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="+")
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name", "dated"], name="network_file_once")]
        indexes = [models.Index(fields=["kind", "-dated"])]
