"""The register of providers, with what our own requests taught about each; its forms of answers and files to record."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TypeVar

from django.db.models import Count, F, Q, QuerySet

from kaval.engine.formats.template import changes
from kaval.station.models import (
    Allocation,
    AnswerFile,
    AnswerTemplate,
    AttributionError,
    Officer,
    Provider,
    ProviderContact,
    ProviderQuirk,
    ProviderRequest,
    Receipt,
)
from kaval.station.queries import scope
from kaval.station.queries.asked_rows import accounts_to_ask
from kaval.station.queries.paging import Page, page_of

Dated = TypeVar("Dated", ProviderContact, ProviderQuirk)
_MOST_RANGES = 200


@dataclass(frozen=True, slots=True)
class Learned:
    """What our own requests taught about a provider. `median_days` from asking to the whole answer; None: none yet.

    `faulty` of `files` had a clock that is off, hours lost, or references in the wrong place; `unmatched` of `rows`
    answered nothing asked; `errors` are wrong attributions confirmed for it.
    """

    requests: int = 0
    open: int = 0
    median_days: float | None = None
    files: int = 0
    faulty: int = 0
    rows: int = 0
    unmatched: int = 0
    errors: int = 0

    @property
    def faulty_percent(self) -> float | None:
        """Which share of its answer files had a fault; None without a file."""
        return 100 * self.faulty / self.files if self.files else None


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """A provider in the list."""

    provider: Provider
    learned: Learned
    quirks: int


@dataclass(frozen=True, slots=True)
class ProviderSheet:
    """One provider. Contacts and quirks include those that ended; `accounts` wait to be asked about at a platform."""

    provider: Provider
    learned: Learned
    contacts: tuple[ProviderContact, ...]
    quirks: tuple[ProviderQuirk, ...]
    ranges: tuple[Allocation, ...]
    templates: tuple[AnswerTemplate, ...]
    requests: tuple[ProviderRequest, ...]
    accounts: int


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """A form of answers and what changed against the form accepted last (`before` None: none was).

    `changed` are pairs as `formats.template.changes` gives them; `recorders` may not accept it.
    """

    template: AnswerTemplate
    before: AnswerTemplate | None
    changed: tuple[tuple[str, tuple[str, ...]], ...]
    files: tuple[AnswerFile, ...]
    recorders: frozenset[uuid.UUID]


def providers_listed(viewer: Officer) -> tuple[ProviderLine, ...]:
    """All providers by name; none for viewers without the area."""
    rows = list(_providers_seen(viewer).annotate(n=Count("quirks", filter=Q(quirks__valid_until=None))))
    learned = learned_of(rows)
    return tuple(ProviderLine(row, learned[row.id], row.n) for row in rows)


def provider_by_id(viewer: Officer, provider_id: uuid.UUID) -> ProviderSheet:
    """One provider.

    Raises:
        NotVisible: there is none, or the area is closed to the viewer.
    """
    row = scope.found(_providers_seen(viewer), provider_id)
    return ProviderSheet(
        provider=row,
        learned=learned_of([row])[row.id],
        contacts=tuple(row.contacts.order_by("valid_until", "-valid_from", "name")),
        quirks=tuple(row.quirks.select_related("entered_by").order_by("-valid_from", "code")),
        ranges=tuple(
            Allocation.objects.filter(provider_code=row.code).order_by("cidr", "valid_from")[:_MOST_RANGES]
        ),
        templates=tuple(row.templates.select_related("accepted_by").order_by("-first_seen_at", "id")),
        requests=tuple(row.requests.order_by("-sent_at", "-number")[:20]),
        accounts=len(accounts_to_ask(row)) if row.kind == "platform" else 0,
    )


def contact_by_id(viewer: Officer, contact_id: uuid.UUID) -> ProviderContact:
    """One contact.

    Raises:
        NotVisible: there is none, or the area is closed to the viewer.
    """
    return scope.found(ProviderContact.objects.filter(provider__in=_providers_seen(viewer)), contact_id)


def quirk_by_id(viewer: Officer, quirk_id: uuid.UUID) -> ProviderQuirk:
    """One quirk.

    Raises:
        NotVisible: there is none, or the area is closed to the viewer.
    """
    return scope.found(ProviderQuirk.objects.filter(provider__in=_providers_seen(viewer)), quirk_id)


def learned_of(providers: Collection[Provider]) -> Mapping[uuid.UUID, Learned]:
    """What our own requests, answers and confirmed errors say of each provider."""
    days: dict[uuid.UUID, list[float]] = defaultdict(list)
    asked: Counter[uuid.UUID] = Counter()
    waiting: Counter[uuid.UUID] = Counter()
    mine = [row.id for row in providers]
    requests = ProviderRequest.objects.filter(provider__in=mine).values_list(
        "provider", "sent_at", "answered_at"
    )
    for provider, sent_at, answered_at in requests:
        asked[provider] += 1
        if answered_at is None:
            waiting[provider] += 1
        else:
            days[provider].append((answered_at - sent_at).total_seconds() / 86_400)
    totals: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    files = AnswerFile.objects.filter(provider__in=mine).values_list(
        "provider", "rows", "unmatched", "half_day", "zone_drift_minutes", "conflicts"
    )
    for provider, rows, unmatched, half_day, drift, conflicts in files:
        faulty = bool(half_day or drift is not None or conflicts)
        totals[provider] += Counter(files=1, faulty=int(faulty), rows=rows, unmatched=unmatched)
    errors = Counter(
        AttributionError.objects.filter(attribution__provider__in=mine).values_list(
            "attribution__provider", flat=True
        )
    )
    return {
        row.id: Learned(
            requests=asked[row.id],
            open=waiting[row.id],
            median_days=median(days[row.id]) if days[row.id] else None,
            errors=errors[row.id],
            files=totals[row.id]["files"],
            faulty=totals[row.id]["faulty"],
            rows=totals[row.id]["rows"],
            unmatched=totals[row.id]["unmatched"],
        )
        for row in providers
    }


def in_force(rows: QuerySet[Dated], day: date) -> QuerySet[Dated]:
    """Contacts or quirks that hold on a day."""
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


def templates_listed(viewer: Officer, *, page: int = 1) -> Page[AnswerTemplate]:
    """Forms of answers met, those nobody has accepted first."""
    rows = _templates_seen(viewer).annotate(n=Count("files"))
    order = (F("accepted_at").desc(nulls_first=True), "-first_seen_at", "id")
    return page_of(rows.order_by(*order), page, lambda row: row)


def templates_waiting(viewer: Officer) -> int:
    """How many forms nobody has accepted."""
    return _templates_seen(viewer).filter(accepted_by=None).count()


def template_by_id(viewer: Officer, template_id: uuid.UUID) -> TemplateSheet:
    """One form, beside the one of the same kind of answer that was accepted last.

    Raises:
        NotVisible: there is none, or the area is closed to the viewer.
    """
    row = scope.found(_templates_seen(viewer), template_id)
    before = _accepted_before(row)
    files = tuple(row.files.select_related("by", "sealed", "request").order_by("-at", "id"))
    return TemplateSheet(
        template=row,
        before=before,
        changed=tuple(changes(before.shape, row.shape)) if before else (),
        files=files,
        recorders=frozenset(file.by_id for file in files),
    )


def answers_to_record(viewer: Officer) -> tuple[tuple[Receipt, Provider], ...]:
    """Files that arrived from providers and are not recorded as answers yet, the oldest first."""
    if not scope.area_is_shown(viewer, "answers"):
        return ()
    providers = {f"provider:{row.code}": row for row in Provider.objects.all()}
    recorded = set(AnswerFile.objects.values_list("provider", "sealed"))
    rows = (
        Receipt.objects.filter(source__in=providers)
        .select_related("sealed", "by")
        .order_by("received_at", "name")
    )
    waiting: dict[tuple[uuid.UUID, uuid.UUID], tuple[Receipt, Provider]] = {}
    for row in rows:
        provider = providers[row.source]
        if (provider.id, row.sealed_id) not in recorded:
            waiting.setdefault((provider.id, row.sealed_id), (row, provider))
    return tuple(waiting.values())


def answers_recorded(viewer: Officer, *, page: int = 1) -> Page[AnswerFile]:
    """Answers on record, the newest first."""
    rows = AnswerFile.objects.select_related("provider", "sealed", "template", "by", "request")
    if not scope.area_is_shown(viewer, "answers"):
        rows = rows.none()
    return page_of(rows.order_by("-at", "id"), page, lambda row: row)


def receipt_to_record(viewer: Officer, receipt_id: uuid.UUID) -> tuple[Receipt, Provider]:
    """One file that waits to be recorded.

    Raises:
        NotVisible: it does not wait.
    """
    for receipt, provider in answers_to_record(viewer):
        if receipt.id == receipt_id:
            return receipt, provider
    raise scope.NotVisible(str(receipt_id))


def providers_to_choose(viewer: Officer) -> tuple[Provider, ...]:
    """Providers by name, for who takes an answer in or looks at answers."""
    if not scope.area_is_shown(viewer, "answers"):
        return ()
    return tuple(Provider.objects.order_by("name", "code"))


def _accepted_before(row: AnswerTemplate) -> AnswerTemplate | None:
    """The accepted form of the same provider that shares most column names with this one; the newest of equals."""
    mine = set(row.shape.get("header", ()))
    rows = row.provider.templates.exclude(id=row.id).exclude(accepted_by=None).order_by("-accepted_at")
    near = [(len(mine & set(one.shape.get("header", ()))), one) for one in rows]
    most = max((shared for shared, _ in near), default=0)
    return next((one for shared, one in near if shared == most and shared), None)


def _providers_seen(viewer: Officer) -> QuerySet[Provider]:
    rows = Provider.objects.order_by("name", "code")
    return rows if scope.area_is_shown(viewer, "providers") else rows.none()


def _templates_seen(viewer: Officer) -> QuerySet[AnswerTemplate]:
    rows = AnswerTemplate.objects.select_related("provider", "accepted_by")
    return rows if scope.area_is_shown(viewer, "requests") else rows.none()
