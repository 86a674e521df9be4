"""Groups by their internal code with what was counted in them, and one group with its handles and links.

A group's display name leaves these queries for nobody; they say only whether one is held.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Count, Q, QuerySet

from kaval.station.models import Group, GroupCount, GroupMembership, HandleLink, Lead, Officer
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of

Stated = TypeVar("Stated", GroupMembership, HandleLink)

# What the page of one group lists; more are counted, and the page says so.
MOST_LISTED = 300


@dataclass(frozen=True, slots=True)
class CountRow:
    """What was counted; None: not counted. `counted_at` None: the time is unknown, `counted_text` is what was stated.

    `lead` None: entered at this station.
    """

    members: int | None
    in_state: int | None
    counted_at: datetime | None
    counted_text: str
    counted_by: str
    authority: str
    lead: uuid.UUID | None

    @property
    def contradicts(self) -> bool:
        """True when more are said to be in the state than there are."""
        return self.members is not None and self.in_state is not None and self.in_state > self.members


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in the list; `counts` from the oldest to the latest, those of unknown time first."""

    id: uuid.UUID
    platform: str
    code: str
    handles: int
    counts: tuple[CountRow, ...]

    @property
    def latest(self) -> CountRow | None:
        """The count made last; one of unknown time only when there is no other."""
        return self.counts[-1] if self.counts else None


@dataclass(frozen=True, slots=True)
class HandleRow:
    """An account seen in a group: normal form, seen from and to over all its rows (None: unknown), and its leads.

    `elsewhere` are the codes of other groups on the register that it was seen in.
    """

    value: str
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    leads: tuple[tuple[uuid.UUID, int], ...]
    elsewhere: tuple[tuple[uuid.UUID, str], ...]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A handle of the group and one that somebody believes belongs to it; every statement with its lead and number.

    `placed` false: the second handle's platform is not stated, so it is only as stated.
    """

    handle: str
    other: str
    placed: bool
    statements: tuple[tuple[str, uuid.UUID, int], ...]


@dataclass(frozen=True, slots=True)
class GroupSheet:
    """One group; `group` is for acts. `named`: a display name is held, and shown to nobody here."""

    row: GroupRow
    group: Group
    named: bool
    handles: tuple[HandleRow, ...]
    links: tuple[LinkRow, ...]
    more_links: int


def groups_on_register(
    viewer: Officer, *, platform: str = "", code: str = "", page: int = 1
) -> Page[GroupRow]:
    """Groups by platform and internal code. Empty without the area."""
    rows = _groups_seen(viewer)
    if platform:
        rows = rows.filter(platform=platform)
    if code:
        rows = rows.filter(code__icontains=code)
    rows = rows.annotate(handles=Count("memberships__identifier", distinct=True))
    shown = page_of(rows.order_by("platform", "code"), page, lambda row: row)
    counts = _counts(shown.rows)
    return Page(
        tuple(_group_row(group, group.handles, counts[group.pk]) for group in shown),
        shown.number,
        shown.total,
    )


def platforms_on_register(viewer: Officer) -> tuple[tuple[str, str], ...]:
    """The platforms of the groups in reach: the form to ask for, and the form to show."""
    named = (
        _groups_seen(viewer).order_by("platform", "platform_name").values_list("platform", "platform_name")
    )
    found: dict[str, str] = {}
    for platform, name in named.distinct():
        found.setdefault(platform, name)
    return tuple(found.items())


def leads_for_register(viewer: Officer) -> int:
    """How many accepted leads of handles the register has never seen."""
    if not scope.area_is_shown(viewer, "register"):
        return 0
    waiting = scope.leads_seen(viewer).filter(state="accepted", report__kind="handle")
    return waiting.filter(register_readings__isnull=True).count()


def group_by_id(viewer: Officer, group_id: uuid.UUID) -> GroupSheet:
    """One group with its counts, handles and links.

    Raises:
        NotVisible: no such group in the viewer's reach.
    """
    group = scope.found(_groups_seen(viewer), group_id)
    memberships = _of_leads_seen(viewer, GroupMembership.objects.filter(group=group))
    accounts = memberships.values_list("identifier_id", flat=True)
    handles = accounts.distinct().count()
    links = _of_leads_seen(viewer, HandleLink.objects.filter(Q(one__in=accounts) | Q(other__in=accounts)))
    listed = links.select_related("one", "other", "lead").order_by(
        "one__value", "other__value", "stated", "pk"
    )
    return GroupSheet(
        _group_row(group, handles, _counts([group])[group.pk]),
        group,
        bool(group.display_name),
        _handles(viewer, group, memberships),
        _links(listed[:MOST_LISTED], frozenset(accounts)),
        max(0, links.count() - MOST_LISTED),
    )


def _groups_seen(viewer: Officer) -> QuerySet[Group]:
    """Groups in reach: all for headquarters, else those in which a handle of a lead in reach was seen."""
    if not scope.area_is_shown(viewer, "register"):
        return Group.objects.none()
    if scope.reach_of(viewer) is scope.Reach.STATE:
        return Group.objects.all()
    seen = GroupMembership.objects.filter(lead__in=scope.leads_seen(viewer))
    return Group.objects.filter(pk__in=seen.values("group"))


def _of_leads_seen(viewer: Officer, rows: QuerySet[Stated]) -> QuerySet[Stated]:
    """Rows whose lead is in reach."""
    if scope.reach_of(viewer) is scope.Reach.STATE:
        return rows
    return rows.filter(lead__in=scope.leads_seen(viewer))


def _group_row(group: Group, handles: int, counts: tuple[CountRow, ...]) -> GroupRow:
    return GroupRow(group.pk, group.platform_name, group.code, handles, counts)


def _counts(groups: Iterable[Group]) -> dict[uuid.UUID, tuple[CountRow, ...]]:
    found: dict[uuid.UUID, list[GroupCount]] = {group.pk: [] for group in groups}
    for row in GroupCount.objects.filter(group__in=list(found)):
        found[row.group_id].append(row)
    return {group: tuple(_count(row) for row in sorted(rows, key=_when)) for group, rows in found.items()}


def _when(row: GroupCount) -> tuple[bool, float, str, str]:
    known = row.counted_at.timestamp() if row.counted_at else 0.0
    return (row.counted_at is not None, known, row.counted_text, str(row.pk))


def _count(row: GroupCount) -> CountRow:
    return CountRow(
        row.members,
        row.members_in_state,
        row.counted_at,
        row.counted_text,
        row.counted_by,
        row.authority,
        row.lead_id,
    )


def _handles(viewer: Officer, group: Group, memberships: QuerySet[GroupMembership]) -> tuple[HandleRow, ...]:
    rows: dict[uuid.UUID, list[GroupMembership]] = {}
    for row in memberships.select_related("identifier", "lead").order_by(
        "identifier__value", "lead__number", "pk"
    ):
        if row.identifier_id in rows or len(rows) < MOST_LISTED:
            rows.setdefault(row.identifier_id, []).append(row)
    others: dict[uuid.UUID, dict[uuid.UUID, str]] = {}
    seen = _of_leads_seen(viewer, GroupMembership.objects.filter(identifier__in=list(rows))).exclude(
        group=group
    )
    for identifier, other, code in seen.order_by("group__code").values_list(
        "identifier_id", "group_id", "group__code"
    ):
        others.setdefault(identifier, {})[other] = code
    return tuple(_handle(found, others.get(identifier, {})) for identifier, found in rows.items())


def _handle(rows: list[GroupMembership], elsewhere: dict[uuid.UUID, str]) -> HandleRow:
    first = [row.first_seen_at for row in rows if row.first_seen_at]
    last = [row.last_seen_at for row in rows if row.last_seen_at]
    leads: dict[uuid.UUID, Lead] = {row.lead_id: row.lead for row in rows}
    return HandleRow(
        rows[0].identifier.value,
        min(first, default=None),
        max(last, default=None),
        tuple((lead.pk, lead.number) for lead in leads.values()),
        tuple(elsewhere.items()),
    )


def _links(rows: Iterable[HandleLink], accounts: frozenset[uuid.UUID]) -> tuple[LinkRow, ...]:
    """Statements about the same two handles together, the group's own handle first."""
    found: dict[tuple[str, str, bool], list[tuple[str, uuid.UUID, int]]] = {}
    for row in rows:
        pair = (row.one.value, row.other.value if row.other else row.stated)
        if row.one_id not in accounts:
            pair = pair[::-1]
        said = (row.basis, row.lead_id, row.lead.number)
        found.setdefault((*pair, row.other is not None), []).append(said)
    return tuple(LinkRow(*key, tuple(sorted(found[key]))) for key in sorted(found))
