"""What hangs directly on a thing, one indexed question per kind of connection, and only what the viewer may see.

A thing is its kind and its key: rows by their identifier, an internet address by itself, a file by its digest. From
containers (addresses, files, groups) and over operations one goes only when asked: they hold many people.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from kaval.station.models import (
    Attribution,
    Exhibit,
    FileDigest,
    GroupMembership,
    HandleLink,
    Identifier,
    Lead,
    LeadIdentifier,
    LinkProposal,
    Observation,
    Officer,
    Place,
    Resolution,
    Site,
    Subject,
    SubjectLead,
)
from kaval.station.queries import scope
from kaval.station.queries.connection_words import Words, words_of, words_of_party

DEVICE_NUMBERS: Final = ("imei", "device_id")


class Node(NamedTuple):
    """A thing: its kind and its key."""

    kind: str
    key: str


class Step(NamedTuple):
    """From one thing to another, and how the two are connected."""

    a: Node
    b: Node
    words: Words


@dataclass
class Reached:
    """What a viewer may walk on, and how many more connections may be read. `cut`: there were more than that."""

    viewer: Officer
    containers: bool = False
    operations: bool = False
    room: int = 20_000
    cut: bool = False

    def leads(self) -> QuerySet[Lead]:
        """The leads in reach."""
        return scope.leads_seen(self.viewer)

    def within(self, rows: QuerySet[Any, Any], column: str) -> QuerySet[Any, Any]:
        """Rows whose lead in `column` is in reach; nothing is asked for where everything is."""
        if scope.reach_of(self.viewer) is scope.Reach.STATE:
            return rows
        return rows.filter(**{f"{column}__in": self.leads().values("pk")})

    def of_subjects(self, rows: QuerySet[Any, Any], column: str) -> QuerySet[Any, Any]:
        """Rows whose subject in `column` is in reach and not merged into another."""
        if scope.reach_of(self.viewer) is scope.Reach.STATE:
            return rows.filter(**{f"{column}__isnull": False, f"{column}__merged_into__isnull": True})
        return rows.filter(**{f"{column}__in": scope.subjects_seen(self.viewer)})

    def of_places(self, rows: QuerySet[Any, Any], column: str) -> QuerySet[Any, Any]:
        """Rows whose place in `column` is in reach."""
        if scope.reach_of(self.viewer) is scope.Reach.STATE:
            return rows.filter(**{f"{column}__isnull": False})
        return rows.filter(**{f"{column}__in": scope.places_seen(self.viewer)})

    def take(self, rows: QuerySet[Any, Any]) -> Iterator[Any]:
        """The rows, as long as there is room."""
        for row in rows[: self.room + 1]:
            if self.room <= 0:
                self.cut = True
                return
            self.room -= 1
            yield row


Walk = Callable[[Reached, Sequence[str]], Iterable[Step]]


def steps_from(reached: Reached, nodes: Collection[Node]) -> Iterator[Step]:
    """All connections of these things, in a fixed order; `a` is always one of the things given."""
    by_kind: dict[str, list[str]] = {}
    for node in sorted(nodes):
        by_kind.setdefault(node.kind, []).append(node.key)
    for kind, keys in by_kind.items():
        for walk in WALKS.get(kind, ()):
            yield from walk(reached, keys)
        if reached.containers:
            for walk in _THROUGH_CONTAINERS.get(kind, ()):
                yield from walk(reached, keys)
        if reached.operations:
            for walk in _THROUGH_OPERATIONS.get(kind, ()):
                yield from walk(reached, keys)


def _step(a: tuple[str, object], b: tuple[str, object], words: Words) -> Step:
    return Step(Node(a[0], str(a[1])), Node(b[0], str(b[1])), words)


def identifiers_of_reports(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    """The identifiers that reports name, by whose they say they are."""
    rows = _uses().filter(lead_id__in=keys).order_by("lead_id", "identifier_id", "party")
    for lead, identifier, party in reached.take(rows.values_list("lead_id", "identifier_id", "party")):
        yield _step(("report", lead), ("identifier", identifier), words_of_party(party))


def _reports_of_identifiers(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    rows = reached.within(_uses().filter(identifier_id__in=keys), "lead_id")
    rows = rows.order_by("identifier_id", "lead_id", "party")
    for identifier, lead, party in reached.take(rows.values_list("identifier_id", "lead_id", "party")):
        yield _step(("identifier", identifier), ("report", lead), words_of_party(party))


def _uses() -> QuerySet[LeadIdentifier]:
    """Identifiers that reports name; who told the police is no connection, and a container is not walked as one."""
    return LeadIdentifier.objects.exclude(party="reporter").exclude(identifier__strength="container")


def _subjects_of_reports(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    rows = reached.of_subjects(SubjectLead.objects.filter(lead_id__in=keys), "subject")
    for lead, subject in reached.take(rows.order_by("lead_id").values_list("lead_id", "subject_id")):
        yield _step(("report", lead), ("subject", subject), words_of("of_subject"))


def _reports_of_subjects(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    rows = reached.within(SubjectLead.objects.filter(subject_id__in=keys), "lead_id")
    for subject, lead in reached.take(
        rows.order_by("subject_id", "lead_id").values_list("subject_id", "lead_id")
    ):
        yield _step(("subject", subject), ("report", lead), words_of("of_subject"))


def places_of_reports(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    """The places of the customers who, by the providers' answers, held the addresses at the time."""
    rows = Resolution.objects.filter(observation__lead_id__in=keys, state="unique", lease__isnull=False)
    held: dict[tuple[uuid.UUID, str], set[uuid.UUID]] = {}
    for lead, provider, customer in reached.take(
        rows.order_by("observation__lead_id", "pk").values_list(
            "observation__lead_id", "lease__provider_id", "customer_ref"
        )
    ):
        held.setdefault((provider, customer), set()).add(lead)
    for place in _places_of(reached.viewer, held):
        for lead in sorted(held[place.provider_id, place.customer_ref]):
            yield _step(("report", lead), ("place", place.pk), words_of("held_here"))


def _reports_of_places(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    places = {
        (place.provider_id, place.customer_ref): place.pk
        for place in scope.places_seen(reached.viewer).filter(pk__in=keys).order_by("pk")
    }
    rows = Resolution.objects.filter(
        state="unique",
        customer_ref__in={customer for _, customer in places},
        lease__provider_id__in={provider for provider, _ in places},
    )
    rows = reached.within(rows, "observation__lead_id").order_by("observation__lead_id", "pk")
    for lead, *holder in reached.take(
        rows.values_list("observation__lead_id", "lease__provider_id", "customer_ref")
    ):
        place = places.get((holder[0], holder[1]))
        if place is not None:
            yield _step(("place", place), ("report", lead), words_of("held_here"))


def _places_of(viewer: Officer, held: Mapping[tuple[uuid.UUID, str], object]) -> Iterator[Place]:
    """The places of these customers of these providers."""
    rows = scope.places_seen(viewer).filter(
        provider_id__in={provider for provider, _ in held},
        customer_ref__in={customer for _, customer in held},
    )
    return (place for place in rows.order_by("pk") if (place.provider_id, place.customer_ref) in held)


def proposals_of_reports(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    """The reports that are perhaps of the same person, while nobody has decided."""
    for here, there in (("first_id", "second_id"), ("second_id", "first_id")):
        rows = LinkProposal.objects.filter(state="open", **{f"{here}__in": keys})
        rows = reached.within(rows, there).order_by(here, there)
        for one, other, bits in reached.take(rows.values_list(here, there, "bits")):
            yield _step(("report", one), ("report", other), words_of("proposed", f"{bits:.1f}"))


def _noted_together(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    for here, there in (("one_id", "other_id"), ("other_id", "one_id")):
        rows = HandleLink.objects.filter(other__isnull=False, **{f"{here}__in": keys})
        rows = reached.within(rows, "lead_id").order_by(here, there)
        for one, other in reached.take(rows.values_list(here, there)):
            yield _step(("identifier", one), ("identifier", other), words_of("noted_together"))


def _devices_of_identifiers(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    numbers = dict(Identifier.objects.filter(pk__in=keys, kind__in=DEVICE_NUMBERS).values_list("value", "pk"))
    if not numbers:
        return
    rows = scope.exhibits_seen(reached.viewer).filter(imei__in=numbers)
    for device, number in reached.take(rows.order_by("pk").values_list("pk", "imei")):
        yield _step(("identifier", numbers[number]), ("device", device), words_of("same_device"))


def _identifiers_of_devices(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    devices: dict[str, uuid.UUID] = {
        str(number): device
        for device, number in scope.exhibits_seen(reached.viewer)
        .filter(pk__in=keys, imei__isnull=False)
        .values_list("pk", "imei")
    }
    rows = Identifier.objects.filter(kind__in=DEVICE_NUMBERS, value__in=devices).order_by("pk")
    for identifier, number in reached.take(rows.values_list("pk", "value")):
        yield _step(("device", devices[number]), ("identifier", identifier), words_of("same_device"))


def attributed(here: str, there: str) -> Walk:
    """Between a subject and the place the evidence leads to, also where the evidence hung on one merged into it."""

    def walk(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
        rows = Attribution.objects.filter(place_id__in=keys)
        if here == "subject":
            rows = Attribution.objects.filter(Q(subject_id__in=keys) | Q(subject__merged_into_id__in=keys))
        rows = reached.of_places(rows, "place").annotate(
            now=Coalesce("subject__merged_into_id", "subject_id")
        )
        if scope.reach_of(reached.viewer) is not scope.Reach.STATE:
            rows = rows.filter(now__in=scope.subjects_seen(reached.viewer).values("pk"))
        for subject, place, level in reached.take(
            rows.order_by("now", "place_id", "-level").values_list("now", "place_id", "level")
        ):
            ends = {"subject": subject, "place": place}
            yield _step((here, ends[here]), (there, ends[there]), words_of("attributed", level))

    return walk


def devices_of_places(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    """What was seized at places."""
    rows: QuerySet[Exhibit] = scope.exhibits_seen(reached.viewer).filter(site__place_id__in=keys)
    for place, device in reached.take(rows.order_by("pk").values_list("site__place_id", "pk")):
        yield _step(("place", place), ("device", device), words_of("seized"))


def _places_of_devices(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    rows = reached.of_places(scope.exhibits_seen(reached.viewer).filter(pk__in=keys), "site__place")
    for device, place in reached.take(rows.order_by("pk").values_list("pk", "site__place_id")):
        yield _step(("device", device), ("place", place), words_of("seized"))


def sites(here: str, there: str) -> Walk:
    """Between a place and the operations it is a site of."""

    def walk(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
        named = scope.sites_seen(reached.viewer).filter(**{f"{here}_id__in": keys})
        rows: QuerySet[Site] = reached.of_places(named, "place")
        ordered = rows.order_by(f"{here}_id", "number")
        for one, other, number in reached.take(ordered.values_list(f"{here}_id", f"{there}_id", "number")):
            yield _step((here, one), (there, other), words_of("site_of", number))

    return walk


def addresses_of_reports(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    """The internet addresses seen in reports."""
    rows = Observation.objects.filter(lead_id__in=keys).order_by("lead_id", "ip").distinct()
    for lead, ip in reached.take(rows.values_list("lead_id", "ip")):
        yield _step(("report", lead), ("address", ip), words_of("seen_at"))


def _reports_of_addresses(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    rows = reached.within(Observation.objects.filter(ip__in=keys), "lead_id")
    for ip, lead in reached.take(rows.order_by("ip", "lead_id").distinct().values_list("ip", "lead_id")):
        yield _step(("address", ip), ("report", lead), words_of("seen_at"))


def _files_of_reports(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    rows = FileDigest.objects.filter(file__lead_id__in=keys).order_by("file__lead_id", "kind", "value")
    for lead, kind, value in reached.take(rows.values_list("file__lead_id", "kind", "value")):
        yield _step(("report", lead), ("file", f"{kind}:{value}"), words_of("names_file"))


def _reports_of_files(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
    wanted = Q(pk__in=())
    by_kind: dict[str, list[str]] = {}
    for key in keys:
        by_kind.setdefault(key.partition(":")[0], []).append(key.partition(":")[2])
    for kind, values in by_kind.items():
        wanted |= Q(kind=kind, value__in=values)
    rows = reached.within(FileDigest.objects.filter(wanted), "lead_id").order_by("kind", "value", "lead_id")
    for kind, value, lead in reached.take(rows.values_list("kind", "value", "lead_id")):
        yield _step(("file", f"{kind}:{value}"), ("report", lead), words_of("names_file"))


def _shared(here: str, there: str, *kinds: str) -> Walk:
    """Identifiers that hold many people (a torrent, a file's digest), between reports and them."""

    def walk(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
        rows = LeadIdentifier.objects.filter(identifier__strength="container", **{f"{here}__in": keys})
        rows = reached.within(rows.exclude(party="reporter"), "lead_id").order_by(here, there)
        for one, other in reached.take(rows.values_list(here, there)):
            yield _step((kinds[0], one), (kinds[1], other), words_of("names_file"))

    return walk


def _groups(here: str, there: str) -> Walk:
    def walk(reached: Reached, keys: Sequence[str]) -> Iterator[Step]:
        rows = reached.within(GroupMembership.objects.filter(**{f"{here}_id__in": keys}), "lead_id")
        ordered = rows.order_by(f"{here}_id", f"{there}_id")
        for one, other in reached.take(ordered.values_list(f"{here}_id", f"{there}_id")):
            yield _step((here, one), (there, other), words_of("in_group"))

    return walk


WALKS: Final[dict[str, tuple[Walk, ...]]] = {
    "report": (identifiers_of_reports, _subjects_of_reports, places_of_reports, proposals_of_reports),
    "identifier": (_reports_of_identifiers, _noted_together, _devices_of_identifiers),
    "subject": (_reports_of_subjects, attributed("subject", "place")),
    "place": (attributed("place", "subject"), _reports_of_places, devices_of_places),
    "device": (_places_of_devices, _identifiers_of_devices),
}
_THROUGH_CONTAINERS: Final[dict[str, tuple[Walk, ...]]] = {
    "report": (
        addresses_of_reports,
        _files_of_reports,
        _shared("lead_id", "identifier_id", "report", "identifier"),
    ),
    "identifier": (
        _groups("identifier", "group"),
        _shared("identifier_id", "lead_id", "identifier", "report"),
    ),
    "address": (_reports_of_addresses,),
    "file": (_reports_of_files,),
    "group": (_groups("group", "identifier"),),
}
_THROUGH_OPERATIONS: Final[dict[str, tuple[Walk, ...]]] = {
    "place": (sites("place", "operation"),),
    "operation": (sites("operation", "place"),),
}


def subject_of_reference(viewer: Officer, text: str) -> Subject:
    """The subject of this number or identifier; of one merged into another, the other.

    Raises:
        NotVisible: there is none in the viewer's reach.
    """
    rows = scope.subjects_ever_seen(viewer)
    try:
        subject = rows.filter(pk=uuid.UUID(text)).first()
    except ValueError:
        subject = rows.filter(number=text.upper()).first()
    for _ in range(20):
        if subject is None or subject.merged_into_id is None:
            break
        subject = rows.filter(pk=subject.merged_into_id).first()
    if subject is None or not scope.subjects_seen(viewer).filter(pk=subject.pk).exists():
        raise scope.NotVisible(text[:40])
    return subject
