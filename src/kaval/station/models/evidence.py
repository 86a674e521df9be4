"""Exhibits, their custody, hash sets, examinations, findings, and rendered documents."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT, Q

from kaval.station.models.base import Row
from kaval.station.models.intake import SealedFile
from kaval.station.models.operation import Site
from kaval.station.models.people import Officer


class Exhibit(Row):
    """A seized device. `found_at` is the spot (BNSS 103(5)); `imei` null: has none. `image_sha256` empty: no
    image yet.
    """

    number = models.CharField(max_length=40, unique=True)
    site = models.ForeignKey(Site, on_delete=PROTECT, related_name="exhibits")
    kind = models.CharField(max_length=12)
    make = models.CharField(max_length=60)
    model = models.CharField(max_length=60)
    serial = models.CharField(max_length=60)
    imei = models.CharField(max_length=15, null=True)
    capacity_gb = models.IntegerField(null=True)
    state = models.CharField(max_length=16)
    found_at = models.CharField(max_length=120)
    seal = models.CharField(max_length=40, unique=True)
    seized_at = models.DateTimeField()
    seized_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    image_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["imei"], condition=Q(imei__isnull=False), name="exhibit_imei_once"
            )
        ]


class CustodyEvent(Row):
    """One movement of an exhibit: the statutory sequence of custody (BNSS 193(3)). Append-only and gap-free by
    `seq`.
    """

    append_only = True

    exhibit = models.ForeignKey(Exhibit, on_delete=PROTECT, related_name="custody")
    seq = models.IntegerField()
    event = models.CharField(max_length=20)
    at = models.DateTimeField()
    holder_from = models.CharField(max_length=120)
    holder_to = models.CharField(max_length=120)
    place = models.CharField(max_length=160)
    seal_before = models.CharField(max_length=40, blank=True)
    seal_after = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=160)
    hash_after = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exhibit", "seq"], name="custody_seq_once")]
        indexes = [models.Index(fields=["exhibit", "-seq"])]


class HashSet(Row):
    """A hash set the unit holds: name, version (digest of the file), scheme of its categories, number of entries."""

    append_only = True

    name = models.CharField(max_length=120)
    version = models.CharField(max_length=64, unique=True)
    scheme = models.CharField(max_length=60)
    entries = models.BigIntegerField()
    sealed = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="+")


class Examination(Row):
    """One examination of one exhibit's image by the lab; `files` and `known` are counts, nothing is ever shown.

    `hash_report` has the image's size and its three digests as the lab computed them in one read. `provenance` names
    the digests of the lab's files and inputs and every list with its version; `source_path` is where the image lay for
    the lab, from the station's home or absolute (empty: not stated, and no item can be opened); `facts` null: the
    examination was not concluded.
    """

    append_only = True

    exhibit = models.OneToOneField(Exhibit, on_delete=PROTECT, related_name="examination")
    image_sha256 = models.CharField(max_length=64)
    tool = models.CharField(max_length=60)
    files = models.IntegerField()
    known = models.IntegerField()
    deleted = models.IntegerField()
    warnings = models.JSONField(default=list)
    hash_report = models.JSONField(default=dict)
    source_path = models.CharField(max_length=1000, blank=True)
    provenance = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    facts = models.JSONField(null=True)
    indicators = models.JSONField(default=list)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class Finding(Row):
    """A file that equals an entry of a hash set: digest, set, version, category with its scheme, never a bare
    number.
    """

    append_only = True

    examination = models.ForeignKey(Examination, on_delete=PROTECT, related_name="findings")
    path = models.TextField()
    state = models.CharField(max_length=12)
    size = models.BigIntegerField()
    md5 = models.CharField(max_length=32)
    sha1 = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=80, blank=True)
    matches = models.JSONField()


class RenderedDocument(Row):
    """A document as rendered: kind, language, digest of the facts it was built from, and the sealed PDF."""

    append_only = True

    number = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=40)
    subject = models.UUIDField()
    language = models.CharField(max_length=4)
    facts_digest = models.CharField(max_length=64)
    plain_text = models.TextField()
    gaps = models.JSONField(default=list)
    sealed = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="+", null=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
