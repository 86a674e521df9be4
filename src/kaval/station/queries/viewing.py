"""What of an examined device a viewer may read and open, how much of the day's budget is left, and who opened what."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Sum

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.examination.viewing import DEFAULT, LEVELS, Level, Used, ViewingRule
from kaval.station.models import (
    Closing,
    Examination,
    Finding,
    HashSet,
    Officer,
    Opening,
    OrderedItem,
    OwnViewing,
    ViewingFloor,
)
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of

Viewed = Finding | OrderedItem


@dataclass(frozen=True, slots=True)
class ListUsed:
    """A hash set as the examination used it; `held`: the unit has registered this version."""

    name: str
    version: str
    received_from: str
    lawful_use: str
    entries: int
    held: bool


@dataclass(frozen=True, slots=True)
class ExaminationSheet:
    """One examination: provenance, counts, the facts of the device, indicators, and the order of work."""

    examination: Examination
    lists: tuple[ListUsed, ...]
    facts: tuple[Mapping[str, Any], ...]
    tests: tuple[Mapping[str, Any], ...]
    ordered: Page[OrderedItem]
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """A person's rule today, what is used and what is left; `own` None: nothing stricter than the floor was set."""

    floor: ViewingRule
    own: ViewingRule | None
    rule: ViewingRule
    used: Used

    @property
    def level(self) -> Level:
        """How items are drawn for this person."""
        return LEVELS[self.rule.level]

    @property
    def items_left(self) -> int:
        """Items that may still be opened today."""
        return max(0, self.rule.items_per_day - self.used.items)

    @property
    def seconds_left(self) -> int:
        """Seconds that are left today."""
        return max(0, self.rule.seconds_per_day - self.used.seconds)


@dataclass(frozen=True, slots=True)
class Look:
    """An opening of one's own: the item, and until when it may be seen; `over` when the time has passed."""

    opening: Opening
    viewed: Viewed
    until: datetime
    over: bool


def unit_rule() -> ViewingRule:
    """What the unit allows at most."""
    latest = ViewingFloor.objects.order_by("-at", "-id").first()
    return DEFAULT if latest is None else _rule(latest)


def own_rule(officer: Officer) -> ViewingRule | None:
    """What a person allows himself or herself, None when nothing was set."""
    latest = OwnViewing.objects.filter(by=officer).order_by("-at", "-id").first()
    return None if latest is None else _rule(latest)


def rule_for(officer: Officer) -> ViewingRule:
    """What holds for a person: the stricter of the floor and the own limit in every part, whenever each was set."""
    floor, own = unit_rule(), own_rule(officer)
    return floor if own is None else floor.stricter(own)


def used_by(officer: Officer, at: datetime) -> Used:
    """What a person opened on the day (IST) of `at`; what is still open counts until now, at most what was allowed."""
    day = datetime.combine(at.astimezone(IST).date(), time(), IST)
    today = Opening.objects.filter(by=officer, at__gte=day, at__lt=day + timedelta(days=1))
    closed = Closing.objects.filter(opening__in=today).aggregate(total=Sum("seconds"))["total"] or 0
    still = sum(
        min(one.seconds_allowed, max(0, round((at - one.at).total_seconds())))
        for one in today.filter(closing=None)
    )
    return Used(today.count(), closed + still)


def budget_of(officer: Officer, at: datetime) -> Budget:
    """The budget of the day."""
    return Budget(unit_rule(), own_rule(officer), rule_for(officer), used_by(officer, at))


def item_by_id(viewer: Officer, item_id: uuid.UUID) -> Viewed:
    """A finding or an item of the order, on an exhibit in the viewer's reach.

    Raises:
        NotVisible: there is none.
    """
    seen = scope.exhibits_seen(viewer)
    finding = (
        Finding.objects.filter(examination__exhibit__in=seen, pk=item_id)
        .select_related("examination__exhibit")
        .first()
    )
    if finding is not None:
        return finding
    rows = OrderedItem.objects.filter(examination__exhibit__in=seen).select_related("examination__exhibit")
    return scope.found(rows, item_id)


def look_by_id(viewer: Officer, opening_id: uuid.UUID, *, at: datetime) -> Look:
    """An opening of the viewer's own.

    Raises:
        NotVisible: there is none, or somebody else opened it.
    """
    rows = Opening.objects.filter(by=viewer).select_related(
        "finding__examination__exhibit", "item__examination__exhibit", "closing"
    )
    opening = scope.found(rows, opening_id)
    viewed = item_by_id(viewer, opening.finding_id or opening.item_id or opening_id)
    until = opening.at + timedelta(seconds=opening.seconds_allowed)
    return Look(opening, viewed, until, over=at >= until or hasattr(opening, "closing"))


def examination_sheet(viewer: Officer, exhibit_id: uuid.UUID, *, page: int = 1) -> ExaminationSheet:
    """The examination of an exhibit in reach.

    Raises:
        NotVisible: no such exhibit in reach, or it was not examined.
    """
    rows = Examination.objects.filter(exhibit__in=scope.exhibits_seen(viewer)).select_related(
        "exhibit__site", "by"
    )
    examination = rows.filter(exhibit_id=exhibit_id).first()
    if examination is None:
        raise scope.NotVisible(str(exhibit_id))
    facts = examination.facts or {}
    openings = Opening.objects.filter(finding__examination=examination) | Opening.objects.filter(
        item__examination=examination
    )
    return ExaminationSheet(
        examination,
        tuple(_lists(examination.provenance.get("hashsets") or ())),
        tuple(facts.get("facts") or ()),
        tuple(facts.get("tests") or ()),
        page_of(OrderedItem.objects.filter(examination=examination).order_by("rank"), page, _same),
        tuple(openings.select_related("by", "finding", "item", "closing").order_by("-at")[:50]),
    )


def openings_by_person(at: datetime) -> tuple[tuple[str, int, int], ...]:
    """Who opened how many items on the day of `at`, and for how many seconds; most first."""
    day = datetime.combine(at.astimezone(IST).date(), time(), IST)
    rows = (
        Opening.objects.filter(at__gte=day, at__lt=day + timedelta(days=1))
        .values("by__number")
        .annotate(items=Count("id"), seconds=Sum("closing__seconds"))
        .order_by("-items", "by__number")
    )
    return tuple((row["by__number"], row["items"], row["seconds"] or 0) for row in rows)


def _rule(row: ViewingFloor | OwnViewing) -> ViewingRule:
    return ViewingRule(row.level, row.items_per_day, row.seconds_per_day, row.seconds_per_item)


def _same(row: OrderedItem) -> OrderedItem:
    return row


def _lists(stated: Sequence[Mapping[str, Any]]) -> list[ListUsed]:
    """A version is the digest of the list's file, here as in the lab."""
    held = set(
        HashSet.objects.filter(version__in=[one["version"] for one in stated]).values_list(
            "version", flat=True
        )
    )
    return [
        ListUsed(
            str(one["set"]),
            str(one["version"]),
            str(one.get("received_from") or ""),
            str(one.get("lawful_use") or ""),
            int(one.get("rows") or 0),
            one["version"] in held,
        )
        for one in stated
    ]
