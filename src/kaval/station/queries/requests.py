"""Requests to providers: what is open, due, overdue and answered, one request with its rows, and what expires first."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from kaval.engine.kernel.instant import IST
from kaval.engine.reference.load import load
from kaval.station.models import (
    AccountRow,
    Act,
    AnswerFile,
    Lead,
    Observation,
    ObservationEntry,
    Officer,
    Provider,
    ProviderContact,
    ProviderQuirk,
    ProviderRequest,
    RenderedDocument,
    RequestReminder,
    RequestRow,
    SealedFile,
)
from kaval.station.queries import scope
from kaval.station.queries.attribution_facts import allocation_table
from kaval.station.queries.paging import PAGE_SIZE, Page, page_of
from kaval.station.queries.providers import Learned, in_force, learned_of

STATES = ("open", "due_soon", "overdue", "answered")
_SOON = timedelta(days=2)
# What the page of expiring observations lists, and what is looked at of one provider.
MOST_EXPIRING, _EACH = 100, 200


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in the list. `missing` are its rows without an answer, `state` one of STATES."""

    id: uuid.UUID
    number: str
    provider: Provider
    kind: str
    sent_at: datetime
    due_at: datetime
    answered_at: datetime | None
    rows: int
    missing: int
    reminders: int
    state: str


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A row as it was sent, with how many answer rows came for it. `what` is the address or the account.

    `asked` are the categories of data for an account; `expires_at` when the provider may delete its records.
    """

    reference: str
    what: str
    port: str
    prefix: str
    utc_text: str
    ist_text: str
    asked: tuple[str, ...]
    answers: int
    expires_at: datetime | None
    lead: uuid.UUID
    lead_number: int


@dataclass(frozen=True, slots=True)
class RequestSheet:
    """One request with everything an officer decides on. `closed_text`: why it was closed without all answers."""

    request: ProviderRequest
    line: RequestLine
    rows: Page[AskedRow]
    files: tuple[AnswerFile, ...]
    reminders: tuple[RequestReminder, ...]
    contacts: tuple[ProviderContact, ...]
    quirks: tuple[ProviderQuirk, ...]
    learned: Learned
    documents: tuple[RenderedDocument, ...]
    closed_text: str


@dataclass(frozen=True, slots=True)
class Expiring:
    """An observation whose records a provider may delete at `expires_at`; `request` None: not asked yet."""

    at: datetime
    expires_at: datetime
    provider: str
    request: uuid.UUID | None
    number: str
    lead: uuid.UUID
    lead_number: int


def requests_seen(viewer: Officer) -> QuerySet[ProviderRequest]:
    """Requests in reach: all for headquarters roles that open the area, none for others."""
    if not scope.area_is_shown(viewer, "requests") or scope.reach_of(viewer) is not scope.Reach.STATE:
        return ProviderRequest.objects.none()
    return ProviderRequest.objects.select_related("provider", "signed_by", "machine_file")


def requests_listed(
    viewer: Officer, *, now: datetime, state: str = "", provider: uuid.UUID | None = None, page: int = 1
) -> Page[RequestLine]:
    """Requests, the open ones first and of them the one due first."""
    rows = requests_seen(viewer).filter(_of_state(state, now))
    if provider is not None:
        rows = rows.filter(provider=provider)
    rows = rows.annotate(reminded=Count("reminders", distinct=True))
    order = (F("answered_at").desc(nulls_first=True), "due_at", "number")
    shown = page_of(rows.order_by(*order), page, lambda row: row)
    answered = answered_references({row.provider_id for row in shown.rows})
    asked = _references(shown.rows)
    lines = tuple(
        _line(row, asked[row.id], answered[row.provider_id], now=now, reminders=row.reminded)
        for row in shown.rows
    )
    return Page(lines, shown.number, shown.total)


def states_counted(viewer: Officer, *, now: datetime) -> dict[str, int]:
    """How many requests are in each state."""
    rows = requests_seen(viewer)
    counted = rows.aggregate(**{state: Count("id", filter=_of_state(state, now)) for state in STATES})
    return {state: int(counted[state]) for state in STATES}


def request_by_id(viewer: Officer, request_id: uuid.UUID, *, now: datetime, page: int = 1) -> RequestSheet:
    """One request.

    Raises:
        NotVisible: there is none, or it is out of reach.
    """
    row = scope.found(requests_seen(viewer), request_id)
    answered = answered_references({row.provider_id})[row.provider_id]
    reminders = tuple(row.reminders.select_related("by").order_by("-number"))
    papers_of = (row.id, *(one.id for one in reminders))
    day = now.astimezone(IST).date()
    closed = Act.objects.filter(name="close_request", subject=row.id).values_list("note", flat=True).first()
    files = AnswerFile.objects.filter(Q(request=row) | Q(provider=row.provider, request=None))
    return RequestSheet(
        request=row,
        line=_line(row, _references([row])[row.id], answered, now=now, reminders=len(reminders)),
        rows=_asked_rows(row, answered, page),
        files=tuple(files.select_related("template", "by", "sealed").order_by("at", "id")),
        reminders=reminders,
        contacts=tuple(in_force(row.provider.contacts.order_by("name"), day)),
        quirks=tuple(in_force(row.provider.quirks.order_by("-valid_from", "code"), day)),
        learned=learned_of([row.provider])[row.provider_id],
        documents=tuple(RenderedDocument.objects.filter(subject__in=papers_of).order_by("-at")),
        closed_text=closed or "",
    )


def machine_file_of(viewer: Officer, request_id: uuid.UUID) -> tuple[ProviderRequest, SealedFile]:
    """The sealed machine-readable copy of a request.

    Raises:
        NotVisible: there is none, or it is out of reach.
    """
    row = scope.found(requests_seen(viewer).exclude(machine_file=None), request_id)
    if row.machine_file is None:
        raise scope.NotVisible(str(request_id))
    return row, row.machine_file


def answered_references(providers: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """How many answer rows came for each reference, by provider."""
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = AnswerFile.objects.filter(provider__in=list(providers)).values_list("provider", "matched")
    for provider, matched in rows:
        for reference, count in matched.items():
            found[provider][reference] += count
    return found


def waiting_to_ask(viewer: Officer) -> int:
    """How many observations of linked leads nobody has been asked about yet, and no check has stopped."""
    return _waiting().count() if scope.area_is_shown(viewer, "requests") else 0


def refused_to_ask(viewer: Officer) -> tuple[tuple[str, int], ...]:
    """The checks that kept observations from being asked about, with how many; the most frequent first."""
    if not scope.area_is_shown(viewer, "requests"):
        return ()
    rows = Observation.objects.exclude(problem="").values_list("problem").annotate(n=Count("id"))
    return tuple((problem, count) for problem, count in rows.order_by("-n", "problem"))


def expiring_first(viewer: Officer) -> tuple[Expiring, ...]:
    """Observations without an answer whose records expire first, at most MOST_EXPIRING."""
    if not scope.area_is_shown(viewer, "requests"):
        return ()
    providers = {row.code: row for row in Provider.objects.all()}
    found = [*_asked_expiring(providers), *_unasked_expiring(providers)]
    return tuple(sorted(found, key=lambda one: (one.expires_at, one.lead_number))[:MOST_EXPIRING])


def retention_days(provider: Provider | None, at: datetime) -> int:
    """How long the provider keeps records: its own figure, else the general limit of the day."""
    if provider is not None and provider.retention_days:
        return provider.retention_days
    return int(load("law_limits").number("isp_record_retention", at.date()))


def typed_entries(viewer: Officer) -> tuple[ObservationEntry, ...]:
    """Typed observations that wait for a second officer, the oldest first; what was typed is not for a page."""
    if not scope.area_is_shown(viewer, "requests"):
        return ()
    rows = ObservationEntry.objects.filter(observation=None).select_related("lead__report", "by")
    return tuple(rows.defer("typed").order_by("at", "id"))


def typed_entry(viewer: Officer, entry_id: uuid.UUID) -> ObservationEntry:
    """One typed observation.

    Raises:
        NotVisible: there is none, or the area is closed to the viewer.
    """
    rows = ObservationEntry.objects.select_related("lead__report", "by")
    return scope.found(rows if scope.area_is_shown(viewer, "requests") else rows.none(), entry_id)


def accepted_lead(viewer: Officer, number: int) -> Lead | None:
    """The accepted report of this number in reach, None when there is none."""
    return scope.leads_seen(viewer).filter(state="accepted", number=number).first()


def _of_state(state: str, now: datetime) -> Q:
    waiting = Q(answered_at=None)
    return {
        "open": waiting,
        "due_soon": waiting & Q(due_at__gte=now, due_at__lt=now + _SOON),
        "overdue": waiting & Q(due_at__lt=now),
        "answered": ~waiting,
    }.get(state, Q())


def _references(rows: Iterable[ProviderRequest]) -> Mapping[uuid.UUID, list[str]]:
    """The references asked under, by request."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    ids = [row.id for row in rows]
    for model in (RequestRow, AccountRow):
        for request, reference in model._default_manager.filter(request__in=ids).values_list(
            "request", "reference"
        ):
            found[request].append(reference)
    return found


def _line(
    row: ProviderRequest, references: list[str], answered: Mapping[str, int], *, now: datetime, reminders: int
) -> RequestLine:
    if row.answered_at is not None:
        state = "answered"
    elif row.due_at < now:
        state = "overdue"
    else:
        state = "due_soon" if row.due_at < now + _SOON else "open"
    return RequestLine(
        row.id, row.number, row.provider, row.kind, row.sent_at, row.due_at, row.answered_at, len(references),
        sum(reference not in answered for reference in references), reminders, state,
    )  # fmt: skip


def _asked_rows(request: ProviderRequest, answered: Mapping[str, int], page: int) -> Page[AskedRow]:
    """The rows as sent, those without an answer first."""
    accounts = request.accounts.select_related("lead")
    addresses = request.rows.select_related("observation__lead")
    keep = timedelta(days=retention_days(request.provider, request.sent_at))
    found = [_account_row(row, answered) for row in accounts]
    found += [_address_row(row, answered, keep) for row in addresses]
    found.sort(key=lambda one: (one.answers > 0, one.utc_text, one.reference))
    number = min(max(1, page), max(1, -(-len(found) // PAGE_SIZE)))
    return Page(tuple(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]), number, len(found))


def _account_row(row: AccountRow, answered: Mapping[str, int]) -> AskedRow:
    given = row.rendered
    return AskedRow(
        row.reference, given["value"], "", "", "", "", tuple(row.asked), answered.get(row.reference, 0), None,
        row.lead_id, row.lead.number,
    )  # fmt: skip


def _address_row(row: RequestRow, answered: Mapping[str, int], keep: timedelta) -> AskedRow:
    given = row.rendered
    at, port = row.observation.at, given.get("port")
    return AskedRow(
        row.reference, given.get("ip", ""), "" if port is None else str(port), given.get("prefix", ""),
        given.get("utc_text", ""), given.get("ist_text", ""), (), answered.get(row.reference, 0),
        None if at is None else at + keep, row.observation.lead_id, row.observation.lead.number,
    )  # fmt: skip


def _waiting() -> QuerySet[Observation]:
    return Observation.objects.filter(
        request_row__isnull=True, problem="", lead__subject_link__isnull=False
    ).select_related("lead")


def _asked_expiring(providers: Mapping[str, Provider]) -> Iterator[Expiring]:
    """Rows of open requests without an answer, of each provider the oldest."""
    for provider in providers.values():
        rows = RequestRow.objects.filter(request__provider=provider, request__answered_at=None)
        rows = rows.filter(observation__at__isnull=False).select_related("request", "observation__lead")
        answered: Mapping[str, int] | None = None
        for row in rows.order_by("observation__at", "id")[:_EACH]:
            answered = answered_references({provider.id})[provider.id] if answered is None else answered
            at = row.observation.at
            if at is not None and row.reference not in answered:
                ends = at + timedelta(days=retention_days(provider, at))
                asked = row.request
                lead = row.observation.lead
                yield Expiring(at, ends, provider.name, asked.id, asked.number, lead.id, lead.number)


def _unasked_expiring(providers: Mapping[str, Provider]) -> Iterator[Expiring]:
    """Observations nobody was asked about, the oldest, by the provider the allocation table names for that day."""
    table = None
    for row in _waiting().filter(at__isnull=False).order_by("at", "id")[:_EACH]:
        table = allocation_table() if table is None else table
        if row.at is None:
            continue
        held = table.lookup(row.ip, row.at)
        provider = providers.get(held.isp_id) if held else None
        ends = row.at + timedelta(days=retention_days(provider, row.at))
        yield Expiring(
            row.at, ends, provider.name if provider else "", None, "", row.lead_id, row.lead.number
        )
