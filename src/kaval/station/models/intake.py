"""What arrived: sealed bytes, receipts, readings with their warnings, reports, leads, observations, identifiers."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row
from kaval.station.models.people import Officer


class SealedFile(Row):
    """Received bytes, never altered; kept by digest in the sealed store. `quarantined`: no reader claims them."""

    append_only = True

    sha256 = models.CharField(max_length=64, unique=True)
    sha1 = models.CharField(max_length=40)
    md5 = models.CharField(max_length=32)
    size = models.BigIntegerField()


class Receipt(Row):
    """One arrival of sealed bytes: the same bytes may arrive twice, and both times are kept."""

    append_only = True

    sealed = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="receipts")
    name = models.CharField(max_length=300)
    source = models.CharField(max_length=40)
    channel = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")


class Reading(Row):
    """What one reader made of one sealed file; `format` is empty when none claimed it (quarantine)."""

    sealed = models.OneToOneField(SealedFile, on_delete=PROTECT, related_name="reading")
    format = models.CharField(max_length=40, blank=True)
    version = models.CharField(max_length=20, blank=True)
    records = models.IntegerField(default=0)
    problem = models.TextField(blank=True)


class ReadingWarning(Row):
    """Trouble met while reading: a person must have seen it."""

    reading = models.ForeignKey(Reading, on_delete=PROTECT, related_name="warnings")
    place = models.CharField(max_length=300)
    code = models.CharField(max_length=60)
    text = models.TextField()
    mend = models.TextField(blank=True)
    seen_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)
    seen_at = models.DateTimeField(null=True)


class Report(Row):
    """One report, whatever way and however often it arrived.

    `fields["_record"]` is the reading in JSON, `content` the digest of what it said when it first came, `quality` 0 to
    100 percent.
    """

    source_system = models.CharField(max_length=60)
    source_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    sealed = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="reports")
    locator = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()
    incident_text = models.CharField(max_length=60, blank=True)
    incident_at = models.DateTimeField(null=True)
    incident_offset_minutes = models.IntegerField(null=True)
    incident_offset_source = models.CharField(max_length=12, blank=True)
    signals = models.JSONField(default=list)
    fields = models.JSONField(default=dict)
    restricted = models.JSONField(default=dict)
    content = models.CharField(max_length=64)
    quality = models.FloatField(default=0)
    missing = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_system", "source_id"], name="report_once")]
        indexes = [models.Index(fields=["received_at"])]


class ReportReceipt(Row):
    """A report named by a receipt: one report, as many receipts as ways it came."""

    append_only = True

    report = models.ForeignKey(Report, on_delete=PROTECT, related_name="receipts")
    receipt = models.ForeignKey(Receipt, on_delete=PROTECT, related_name="reports")


class Lead(Row):
    """A report taken on (`accepted`) or not (`refused`, with the reason); `number` is gap-free (POCSO 19(2) book)."""

    number = models.BigIntegerField(unique=True)
    report = models.OneToOneField(Report, on_delete=PROTECT, related_name="lead")
    state = models.CharField(max_length=12)
    reasons = models.JSONField(default=list)
    accepted_at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")


class Observation(Row):
    """An address seen at an instant. Four time columns; `at` null: the time is unknown. `port` null: not stated."""

    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="observations")
    ip = models.GenericIPAddressField(unpack_ipv4=True)
    port = models.IntegerField(null=True)
    transport = models.CharField(max_length=8, blank=True)
    role = models.CharField(max_length=20)
    event = models.CharField(max_length=24, blank=True)
    time_text = models.CharField(max_length=60)
    at = models.DateTimeField(null=True)
    offset_minutes = models.IntegerField(null=True)
    offset_source = models.CharField(max_length=12)
    precision = models.CharField(max_length=8)
    locator = models.CharField(max_length=300)
    provider_code = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["ip", "at"]), models.Index(fields=["provider_code"])]


class Identifier(Row):
    """A value in normal form that stands for somebody or something; `strength` says whether it may link people."""

    kind = models.CharField(max_length=24)
    value = models.CharField(max_length=320)
    strength = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identifier_once")]


class LeadIdentifier(Row):
    """An identifier named in a lead, and whose it is (`reported`, `recipient`, `victim`, `reporter`, `mentioned`)."""

    append_only = True

    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="identifiers")
    identifier = models.ForeignKey(Identifier, on_delete=PROTECT, related_name="leads")
    party = models.CharField(max_length=12)
    as_received = models.CharField(max_length=320)
    locator = models.CharField(max_length=300, blank=True)


class ReportedFile(Row):
    """A file a report names, never opened. `viewed_by_esp` null: the provider did not say (not the same as false)."""

    append_only = True

    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="files")
    name = models.CharField(max_length=300)
    hashes = models.JSONField(default=list)
    viewed_by_esp = models.BooleanField(null=True)
    tags = models.JSONField(default=list)
    locator = models.CharField(max_length=300, blank=True)
