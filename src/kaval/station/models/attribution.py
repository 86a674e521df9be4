"""From an address and an instant to a place: providers, requests, answers, resolutions, places, attributions."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row
from kaval.station.models.intake import Identifier, Lead, Observation, SealedFile
from kaval.station.models.people import District, Officer, Station
from kaval.station.models.subjects import Subject


class Provider(Row):
    """An internet provider or platform as the unit knows it: layouts of its answers, its zone in minutes, whether it
    shares addresses. `kind`: fixed, mobile, hosting, platform, own.

    `retention_days` null: the general limit; `typical_days` is how long an answer usually takes, null: not known.
    `as_numbers` are its networks in routing tables, `nat64` prefixes of its address translation.
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    answer_layout = models.CharField(max_length=40)
    subscriber_layout = models.CharField(max_length=40)
    offset_minutes = models.IntegerField()
    shares_addresses = models.BooleanField()
    contact = models.CharField(max_length=120, blank=True)
    office = models.TextField(blank=True, default="", db_default="")
    answer_channel = models.CharField(max_length=160, blank=True, default="", db_default="")
    retention_days = models.IntegerField(null=True)
    typical_days = models.IntegerField(null=True)
    as_numbers = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    nat64 = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))


class ProviderContact(Row):
    """Whom to write to at a provider, from when to when; `valid_until` null: still."""

    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="contacts")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=80)
    email = models.CharField(max_length=160, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)


class ProviderQuirk(Row):
    """A known peculiarity of a provider's answers over a time, in words: shown to who asks, reads and approves."""

    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="quirks")
    code = models.CharField(max_length=40)
    text = models.TextField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    source = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    entered_at = models.DateTimeField()


class Allocation(Row):
    """A dated line of the allocation table: which range belonged to whom, of what kind; `valid_to` null: still."""

    cidr = models.CharField(max_length=50)
    provider_code = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    routable = models.BooleanField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)


class ProviderRequest(Row):
    """A written order to one provider; `rows` were made by machine from sealed sources, none was typed.

    `kind`: `address` (who held it) or `account` (a platform's subscriber data). `basis`, `authority` and
    `signatory_rank` are what the legal basis names. `machine_file` is the machine-readable copy as sent.
    """

    number = models.CharField(max_length=32, unique=True)
    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="requests")
    legal_basis = models.CharField(max_length=60)
    signed_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=10, default="address", db_default="address")
    signatory_rank = models.CharField(max_length=12, blank=True, default="", db_default="")
    authority = models.CharField(max_length=200, blank=True, default="", db_default="")
    machine_file = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="+", null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="request_due", condition=models.Q(answered_at=None))]


class RequestReminder(Row):
    """A reminder sent because an answer is due or overdue; `number` counts from 1 for each request."""

    append_only = True

    request = models.ForeignKey(ProviderRequest, on_delete=PROTECT, related_name="reminders")
    number = models.IntegerField()
    text = models.TextField(blank=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="reminder_once")]


class AccountRow(Row):
    """One account a platform is asked about, from a sealed report; `asked` lists the categories of data."""

    append_only = True

    request = models.ForeignKey(ProviderRequest, on_delete=PROTECT, related_name="accounts")
    identifier = models.ForeignKey(Identifier, on_delete=PROTECT, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="+")
    reference = models.CharField(max_length=24, unique=True)
    asked = models.JSONField(default=list)
    rendered = models.JSONField()


class AnswerTemplate(Row):
    """The outer form of a provider's answers (headers, order, forms of values), met once; a person accepts it (A-32).

    `accepted_by` null: nobody has yet, and every answer of this form is held.
    """

    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="templates")
    fingerprint = models.CharField(max_length=64)
    shape = models.JSONField(default=dict)
    first_seen_at = models.DateTimeField()
    accepted_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "fingerprint"], name="template_once")]


class AnswerFile(Row):
    """A provider's answer file as recorded: its form, what its reading noticed, how it came.

    `caveats` are the provider's own warnings (null: nobody looked, A-37). `channel_agreed` null: not stated (A-39).
    `certificate`: received, asked, or empty. `half_day`: shows no hour of 13 or later (A-33). `zone_drift_minutes`
    null: no constant drift found. `unmatched` counts rows that answer nothing that was asked, `matched` the rows by
    reference of the request row they answer, `conflicts` rows whose reference names another row than they answer;
    `unmatched_places` are the first of the rows nobody asked for.
    """

    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="answer_files")
    sealed = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="+")
    request = models.ForeignKey(ProviderRequest, on_delete=PROTECT, related_name="answers", null=True)
    template = models.ForeignKey(AnswerTemplate, on_delete=PROTECT, related_name="files", null=True)
    profile = models.CharField(max_length=80, blank=True)
    rows = models.IntegerField(default=0)
    unmatched = models.IntegerField(default=0)
    unmatched_places = models.JSONField(default=list)
    matched = models.JSONField(default=dict)
    conflicts = models.JSONField(default=list)
    half_day = models.BooleanField(default=False)
    zone_drift_minutes = models.IntegerField(null=True)
    caveats = models.JSONField(null=True)
    channel_agreed = models.BooleanField(null=True)
    certificate = models.CharField(max_length=10, blank=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "sealed"], name="answer_file_once")]


class RequestRow(Row):
    """One observation asked for. `reference` carries a check digit so that an answer can be matched to the row."""

    append_only = True

    request = models.ForeignKey(ProviderRequest, on_delete=PROTECT, related_name="rows")
    observation = models.OneToOneField(Observation, on_delete=PROTECT, related_name="request_row")
    reference = models.CharField(max_length=24, unique=True)
    rendered = models.JSONField()


class ObservationEntry(Row):
    """An observation one officer read off a source no reader can read, until another reads the same, blind (A-02).

    `typed` are the fields as typed, in normal form. `observation` null: not confirmed; nothing rests on it.
    """

    lead = models.ForeignKey(Lead, on_delete=PROTECT, related_name="typed_observations")
    typed = models.JSONField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True)
    observation = models.OneToOneField(Observation, on_delete=PROTECT, related_name="entry", null=True)


class LeaseAnswer(Row):
    """A row of a provider's answer: who held the address (and ports) from when to when, with the text as received."""

    append_only = True

    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="leases")
    sealed = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="+")
    locator = models.CharField(max_length=60)
    customer_ref = models.CharField(max_length=60)
    address = models.CharField(max_length=50)
    port_low = models.IntegerField(null=True)
    port_high = models.IntegerField(null=True)
    start_text = models.CharField(max_length=60)
    start_at = models.DateTimeField(null=True)
    end_text = models.CharField(max_length=60, blank=True)
    end_at = models.DateTimeField(null=True)
    static = models.BooleanField(null=True)
    inner = models.CharField(max_length=50, blank=True)

    class Meta:
        indexes = [models.Index(fields=["provider", "address"])]


class SubscriberAnswer(Row):
    """One address of one customer as the provider labels it: install, billing, kyc or unlabelled."""

    append_only = True

    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="subscribers")
    sealed = models.ForeignKey(SealedFile, on_delete=PROTECT, related_name="+")
    locator = models.CharField(max_length=60)
    customer_ref = models.CharField(max_length=60)
    name = models.CharField(max_length=160)
    address_kind = models.CharField(max_length=12)
    house_name = models.CharField(max_length=120, blank=True)
    ward = models.CharField(max_length=60, blank=True)
    door_number = models.CharField(max_length=40, blank=True)
    locality = models.CharField(max_length=120, blank=True)
    pincode = models.CharField(max_length=12, blank=True)
    segment = models.CharField(max_length=12, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    active_from = models.DateTimeField(null=True)
    active_to = models.DateTimeField(null=True)
    holder_birth_year = models.IntegerField(null=True)
    remarks = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["provider", "customer_ref"])]


class Resolution(Row):
    """What the answers say about one observation: `unique`, `ambiguous` or `none`, with the reasons."""

    observation = models.OneToOneField(Observation, on_delete=PROTECT, related_name="resolution")
    state = models.CharField(max_length=12)
    customer_ref = models.CharField(max_length=60, blank=True)
    lease = models.ForeignKey(LeaseAnswer, on_delete=PROTECT, related_name="resolutions", null=True)
    reasons = models.JSONField(default=list)
    files = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["customer_ref"])]


class Place(Row):
    """A verified installation address of one customer. Latitude and longitude are WGS84 degrees as the provider
    gave them.
    """

    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="places")
    customer_ref = models.CharField(max_length=60)
    address = models.CharField(max_length=300)
    locality = models.CharField(max_length=120, blank=True)
    pincode = models.CharField(max_length=12, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    district = models.ForeignKey(District, on_delete=PROTECT, related_name="places")
    station = models.ForeignKey(Station, on_delete=PROTECT, related_name="places")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "customer_ref"], name="place_once")]


class GroundVerification(Row):
    """The local station's own look at the place: the unit found, one match only, who lived there then and now."""

    append_only = True

    place = models.ForeignKey(Place, on_delete=PROTECT, related_name="verifications")
    verified_at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    house_name = models.CharField(max_length=120, blank=True)
    ward = models.CharField(max_length=60, blank=True)
    door_number = models.CharField(max_length=40, blank=True)
    unit_found = models.BooleanField()
    single_match = models.BooleanField()
    occupant_at_event = models.CharField(max_length=10)
    resident_since = models.CharField(max_length=20, blank=True)
    children_seen = models.BooleanField(null=True)
    wifi = models.CharField(max_length=10)
    resident_until = models.DateField(null=True)
    notes = models.CharField(max_length=300, blank=True)


class SecondReading(Row):
    """What a second officer, who was not shown the first result, read for one observation (check A-38).

    `customer_ref` empty: the second reader found nobody, or more than one.
    """

    append_only = True

    observation = models.ForeignKey(Observation, on_delete=PROTECT, related_name="second_readings")
    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="+")
    customer_ref = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    method = models.CharField(max_length=10, default="machine", db_default="machine")


class Attribution(Row):
    """How far the evidence on a subject reaches (L0 to L4) and which checks stop it. A subscriber is not a suspect.

    `support`, `contradicted_by` and `unresolved` are observation ids. `flags` go with it to the door (`user_unknown`:
    the Wi-Fi is open). `entry_at` is the entry it was made for. `broken` lists the seals found broken (empty: none),
    `broken_at` when. `quarantined_at` not null: it may not be used until a person lifts it. `basis` is everything with
    a digest it rests on: {"role", "digest", "reference"}; role source, answer, subscriber, profile, allocation, list,
    routing, ground; `digest` is the SHA-256 of sealed bytes, or of a row's content where there is no file.
    """

    subject = models.OneToOneField(Subject, on_delete=PROTECT, related_name="attribution")
    level = models.SmallIntegerField()
    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="+", null=True)
    customer_ref = models.CharField(max_length=60, blank=True)
    place = models.ForeignKey(Place, on_delete=PROTECT, related_name="attributions", null=True)
    checks = models.JSONField(default=list)
    blocked_by = models.JSONField(default=list)
    reasons = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    support = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    contradicted_by = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    unresolved = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    overridden = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    flags = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    basis = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    entry_at = models.DateTimeField(null=True)
    broken = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    broken_at = models.DateTimeField(null=True)
    quarantined_at = models.DateTimeField(null=True)
    analyst = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [GinIndex(fields=["basis"], name="attribution_basis", opclasses=["jsonb_path_ops"])]
