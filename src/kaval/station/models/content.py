"""Files by what they hold: the digests reports name, and the lists of viral content the unit holds.

Nothing here links anybody: a digest says which content, never whose.
"""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row
from kaval.station.models.evidence import HashSet
from kaval.station.models.intake import Lead, ReportedFile
from kaval.station.models.people import Officer


class FileDigest(Row):
    """A digest of a reported file in normal form, made from the file's row when subjects are assessed.

    `kind` is md5, sha1, sha256, ed2k, aich or tth; unreadable digests and those of an empty file are left out.
    """

    append_only = True

    kind = models.CharField(max_length=8)
    value = models.CharField(max_length=64)
    file = models.ForeignKey(ReportedFile, on_delete=PROTECT, related_name="digests")
    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="digests", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["value", "kind"])]


class ListedDigest(Row):
    """A digest on a hash set that is used as a list of viral content."""

    append_only = True

    hash_set = models.ForeignKey(HashSet, on_delete=PROTECT, related_name="digests")
    kind = models.CharField(max_length=8)
    value = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["value", "kind"])]


class ViralList(Row):
    """A hash set taken into use as a list of viral content under a name, or (`holds` false) out of it.

    Of one name the row with the highest number says what holds; earlier ones stay on record.
    """

    append_only = True

    name = models.CharField(max_length=120)
    number = models.IntegerField()
    hash_set = models.ForeignKey(HashSet, on_delete=PROTECT, related_name="viral_lists")
    holds = models.BooleanField(default=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "number"], name="viral_list_number_once")]
