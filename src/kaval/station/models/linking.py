"""How leads hang together: what each says of a person, people's decisions, likenesses to decide on, watched keys,
notices.

Subjects are computed from these rows: withdrawing a decision gives the former subjects back.
"""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row
from kaval.station.models.intake import Lead
from kaval.station.models.people import Officer
from kaval.station.models.subjects import Subject


class LeadFacts(Row):
    """What a lead says of its reported person, in the shape likeness is judged by; made again when the lead grows.

    `facts` is empty when it names nobody. `doubtful`: its account was taken over or several people share it.
    `signature` is a digest of everything linking sees of the lead but its times: leads of one are linked alike.
    """

    lead = models.OneToOneField(Lead, on_delete=PROTECT, related_name="facts")
    facts = models.JSONField(default=dict)
    doubtful = models.BooleanField(default=False)
    signature = models.CharField(max_length=32, blank=True, db_index=True)


class LikenessKey(Row):
    """A key under which leads of perhaps one person are found next to each other; it proves nothing."""

    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="likeness_keys")
    key = models.CharField(max_length=120, db_index=True)


class LinkDecision(Row):
    """A person's word on who is the same: `join` (the leads are of one person), `apart` (none of `these` is of the
    same person as one of `those`), `withdraw` (an earlier decision no longer holds). `these` and `those` are lead
    numbers. Never changed: what holds is what nobody withdrew.
    """

    append_only = True

    kind = models.CharField(max_length=10)
    these = models.JSONField(default=list)
    those = models.JSONField(default=list)
    withdraws = models.OneToOneField("self", on_delete=PROTECT, related_name="withdrawn_by", null=True)
    text = models.TextField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()


class LinkProposal(Row):
    """Two leads of two subjects that may be one person, for a person to decide. `first` has the lower number.

    `bits` is the sum of the reasons' weights, in bits of evidence. `state`: open, accepted, refused, gone (what it
    rested on changed). `reasons` as of a score: code, text, text_ml, weight.
    """

    first = models.ForeignKey(Lead, on_delete=PROTECT, related_name="+")
    second = models.ForeignKey(Lead, on_delete=PROTECT, related_name="+")
    bits = models.FloatField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="open")
    decision = models.ForeignKey(LinkDecision, on_delete=PROTECT, related_name="+", null=True)
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="link_proposal_once")]
        indexes = [models.Index(fields=["state", "-bits"])]


class WatchedKey(Row):
    """An identifier that raises a notice when a report names it, known only by its keyed digest.

    `kind`: `registered_offender` (as far as the unit may hold that) or `other_unit` (somebody else's matter; only whom
    to ask is held). `holder` and `reference` say whom to ask for what; `basis` by which law or agreement it is held.
    `withdrawn_at` null: it holds until `valid_until`.
    """

    kind = models.CharField(max_length=24)
    digest = models.CharField(max_length=64, db_index=True)
    identifier_kind = models.CharField(max_length=24)
    holder = models.CharField(max_length=120)
    reference = models.CharField(max_length=80)
    basis = models.CharField(max_length=200)
    valid_until = models.DateField()
    entered_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest", "holder", "reference"], name="watched_key_once")
        ]


class Notice(Row):
    """An arriving report touches something the unit must not learn of too late. Seen by a named officer.

    `kind`: open_case, registered_offender, frozen_plan, other_unit, split_subject. `reference` is what it touches (an
    investigation's number, a site's number, another unit's reference); for another unit's matter nothing more is held.
    """

    kind = models.CharField(max_length=24)
    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="notices")
    subject = models.ForeignKey(Subject, on_delete=PROTECT, related_name="notices", null=True)
    reference = models.CharField(max_length=120)
    text = models.TextField()
    text_ml = models.TextField(blank=True)
    raised_at = models.DateTimeField()
    seen_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "lead", "reference"], name="notice_once")]
        indexes = [models.Index(fields=["-raised_at"], name="notice_open", condition=models.Q(seen_at=None))]
