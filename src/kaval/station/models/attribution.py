"""From an address and an instant to a place: providers, requests, answers, resolutions, places, attributions."""

from __future__ import annotations

from django.db import models
from django.db.models import PROTECT

from kaval.station.models.base import Row
from kaval.station.models.intake import Observation, SealedFile
from kaval.station.models.people import District, Officer, Station
from kaval.station.models.subjects import Subject


class Provider(Row):
    """An internet provider as the unit knows it: layouts of its answers, its zone in minutes, whether it shares
    addresses.
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    answer_layout = models.CharField(max_length=40)
    subscriber_layout = models.CharField(max_length=40)
    offset_minutes = models.IntegerField()
    shares_addresses = models.BooleanField()
    contact = models.CharField(max_length=120, blank=True)


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
    """A written order to one provider; `rows` were made by machine from sealed sources, none was typed."""

    number = models.CharField(max_length=32, unique=True)
    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="requests")
    legal_basis = models.CharField(max_length=60)
    signed_by = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)


class RequestRow(Row):
    """One observation asked for. `reference` carries a check digit so that an answer can be matched to the row."""

    append_only = True

    request = models.ForeignKey(ProviderRequest, on_delete=PROTECT, related_name="rows")
    observation = models.OneToOneField(Observation, on_delete=PROTECT, related_name="request_row")
    reference = models.CharField(max_length=24, unique=True)
    rendered = models.JSONField()


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


class Attribution(Row):
    """How far the evidence on a subject reaches (L0 to L4) and which checks stop it. A subscriber is not a suspect."""

    subject = models.OneToOneField(Subject, on_delete=PROTECT, related_name="attribution")
    level = models.SmallIntegerField()
    provider = models.ForeignKey(Provider, on_delete=PROTECT, related_name="+", null=True)
    customer_ref = models.CharField(max_length=60, blank=True)
    place = models.ForeignKey(Place, on_delete=PROTECT, related_name="attributions", null=True)
    checks = models.JSONField(default=list)
    blocked_by = models.JSONField(default=list)
    analyst = models.ForeignKey(Officer, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
