"""What arrived: sealed bytes, receipts, readings with their warnings, reports, leads, observations, identifiers."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row
from kaval.station.models.people import Officer


class SealedFile(Row):
    """Received bytes, never altered; kept in the sealed store under their digest, or at a place of a pack.

    `pack` is the digest of the pack that holds them and `pack_offset` the byte where they begin in it; empty and null
    when they are a file of their own.
    """

    append_only = True

    sha256 = models.CharField(max_length=64, unique=True)
    sha1 = models.CharField(max_length=40)
    md5 = models.CharField(max_length=32)
    size = models.BigIntegerField()
    pack = models.CharField(max_length=64, blank=True)
    pack_offset = models.BigIntegerField(null=True)


class Delivery(Row):
    """One handing-over of files by a source: what was begun and not finished goes on where it stood.

    `identity` is a digest over source, officer and the paths named; `number` counts how often the same was delivered.
    `finished_at` null: not all of it is in yet.
    """

    identity = models.CharField(max_length=64)
    number = models.IntegerField()
    source = models.CharField(max_length=40)
    channel = models.CharField(max_length=60, blank=True)
    named = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "number"], name="delivery_once")]
        indexes = [models.Index(fields=["-started_at"])]


class Receipt(Row):
    """One arrival of sealed bytes: the same bytes may arrive twice, and both times are kept."""

    append_only = True

    sealed = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="receipts")
    name = models.CharField(max_length=300)
    source = models.CharField(max_length=40)
    channel = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=PROTECT, related_name="receipts", null=True)


class Reading(Row):
    """What one reader made of one sealed file; `format` is empty when none claimed it (quarantine).

    `finished` false: a large file is being read; `place` counts what was taken from it (records, enclosed files and
    warnings together), and the next run goes on from there.
    """

    sealed = models.OneToOneField(SealedFile, on_delete=PROTECT, related_name="reading")
    format = models.CharField(max_length=40, blank=True)
    version = models.CharField(max_length=20, blank=True)
    records = models.IntegerField(default=0)
    finished = models.BooleanField(default=True)
    place = models.BigIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        # Quarantine and the files half read are looked for by what few of them have.
        indexes = [
            models.Index(
                fields=["id"], name="reading_open", condition=~models.Q(problem="") | models.Q(finished=False)
            )
        ]


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
    100 percent. `handling` is NCMEC's own sorting (`referral`, `informational`, empty when not stated), never added up;
    `profile` the confirmed profile it was read by (`name@version`), empty when its format needs none.
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
    handling = models.CharField(max_length=16, blank=True)
    profile = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_system", "source_id"], name="report_once")]
        indexes = [models.Index(fields=["received_at"])]


class ReportReceipt(Row):
    """A report named by a receipt: one report, as many receipts as ways it came."""

    append_only = True

    report = models.ForeignKey(Report, on_delete=PROTECT, related_name="receipts")
    receipt = models.ForeignKey(Receipt, on_delete=PROTECT, related_name="reports")


class ReportDifference(Row):
    """What a later arrival of a report says differently from what is held; both stay, a person decides.

    `restricted`: the two values are shown only on need.
    """

    append_only = True

    report = models.ForeignKey(Report, on_delete=PROTECT, related_name="differences")
    receipt = models.ForeignKey(Receipt, on_delete=PROTECT, related_name="+")
    part = models.CharField(max_length=200)
    held = models.TextField(blank=True)
    arrived = models.TextField(blank=True)
    restricted = models.BooleanField(default=False)


class WaitingPart(Row):
    """Details of a file whose report has not arrived: they join it when it does, whatever the order of arrival.

    `report_id` is the identifier the report will have. `joined_at` null: still waiting.
    """

    report_id = models.UUIDField(db_index=True)
    receipt = models.ForeignKey(Receipt, on_delete=PROTECT, related_name="+")
    record = models.JSONField()
    joined_at = models.DateTimeField(null=True)


class Enclosure(Row):
    """A file that came beside the reports of a package: name, size, digests. It is never opened.

    `report_number` is the number its folder or name gives, empty when neither does.
    """

    append_only = True

    receipt = models.ForeignKey(Receipt, on_delete=PROTECT, related_name="enclosures")
    name = models.CharField(max_length=300)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    sha1 = models.CharField(max_length=40)
    md5 = models.CharField(max_length=32, db_index=True)
    report_number = models.CharField(max_length=60, blank=True, db_index=True)


class ReadingProfile(Row):
    """A confirmed profile of a free layout: columns, date order, zone, clock. A change is a new version."""

    append_only = True

    name = models.CharField(max_length=60)
    version = models.IntegerField()
    kind = models.CharField(max_length=24)
    definition = models.JSONField()
    confirmed_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="profile_once")]


class Lead(Row):
    """A report taken on (`accepted`) or not (`refused`, with the reason); `number` is gap-free (POCSO 19(2) book).

    `link_again`: it says more since it was linked, so that its links must be looked at anew.
    """

    number = models.BigIntegerField(unique=True)
    report = models.OneToOneField(Report, on_delete=PROTECT, related_name="lead")
    state = models.CharField(max_length=12)
    reasons = models.JSONField(default=list)
    accepted_at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    link_again = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [models.Index(fields=["id"], name="lead_again", condition=models.Q(link_again=True))]


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
    origin = models.CharField(max_length=12, default="field", db_default="field")
    confidence = models.CharField(max_length=8, blank=True, default="", db_default="")
    provider_code = models.CharField(max_length=40, blank=True, default="", db_default="")
    problem = models.CharField(max_length=60, blank=True, default="", db_default="")

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
    """An identifier named in a lead, and whose it is (`reported`, `recipient`, `victim`, `reporter`, `mentioned`).

    `origin` is `field` or `free_text`; `confidence` is empty, or `high`, `medium`, `low` where a layout was read.
    """

    append_only = True

    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="identifiers")
    identifier = models.ForeignKey(Identifier, on_delete=PROTECT, related_name="leads")
    party = models.CharField(max_length=12)
    as_received = models.CharField(max_length=320)
    locator = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=12, default="field", db_default="field")
    confidence = models.CharField(max_length=8, blank=True, default="", db_default="")


class ReportedFile(Row):
    """A file a report names, never opened. `viewed_by_esp` null: the provider did not say (not the same as false)."""

    append_only = True

    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="files")
    name = models.CharField(max_length=300)
    hashes = models.JSONField(default=list)
    viewed_by_esp = models.BooleanField(null=True)
    tags = models.JSONField(default=list)
    locator = models.CharField(max_length=300, blank=True)
