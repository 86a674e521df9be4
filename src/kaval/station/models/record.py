"""What happened: acts (audit and idempotency in one row), refusals, and the append-only ledger."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT
from django.db.models.functions import Now

from kaval.station.models.base import Row
from kaval.station.models.people import Officer


class Act(Row):
    """One act: who, what, when, on what. `key` makes a repeated request find the first answer instead of acting twice.

    `at` is the time the act was done by the actor's account (UTC); `recorded_at` is when the server wrote it and
    is the
    only column of the station that differs between two identical runs. `request_digest` is SHA-256 over the request.
    """

    append_only = True

    key = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=40)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="acts")
    at = models.DateTimeField()
    subject_kind = models.CharField(max_length=24)
    subject = models.UUIDField(null=True)
    request_digest = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["subject"]), models.Index(fields=["name", "at"])]


class Refusal(models.Model):
    """An act or a read that was refused, with the rule's code; kept although the act's transaction was rolled back."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="refusals", null=True)
    at = models.DateTimeField()
    code = models.CharField(max_length=24)
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["name", "at"])]


class LedgerEntry(models.Model):
    """One entry of the Merkle log: canonical JSON bytes and their leaf hash, in the order of `index` without a gap."""

    append_only = True

    index = models.BigIntegerField(primary_key=True)
    content = models.BinaryField()
    leaf = models.CharField(max_length=64)
    act = models.ForeignKey(Act, on_delete=PROTECT, related_name="entries")


class LedgerHead(models.Model):
    """The head of the log: one row, locked while entries are appended, so that there is one sequencer."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    peaks = models.JSONField(default=list)
