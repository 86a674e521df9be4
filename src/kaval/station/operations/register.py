"""The register of groups and handles: filled from accepted leads of handles, and by officers who count again.

Every row is derived from what it says, so the same statement is one row however often and by whatever lead it comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import MD5, Cast, Concat

from kaval.engine.formats._spec import LeadRecord
from kaval.engine.formats.intake._register import RegisterEntry, entries_of
from kaval.engine.kernel import identifier as identifiers
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import OffsetSource, StatedTime, iso_utc, require_aware
from kaval.station.audit import acting
from kaval.station.ids import derive, derive_text
from kaval.station.models import (
    Group,
    GroupCount,
    GroupMembership,
    HandleLink,
    Identifier,
    Lead,
    Officer,
    RegisterReading,
)
from kaval.station.operations.intake_step import present
from kaval.station.operations.lead_rows import record_of

LEADS_AT_ONCE: Final = 500
MOST_MEMBERS: Final = 2_000_000_000


def update_register(*, by: Officer, at: datetime, key: str) -> int:
    """Takes accepted leads of handles into the register, those it has not seen and those that say more since.

    Gives the number of leads taken; a second run finds none.
    """
    with acting("update_register", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        taken = 0
        written = dict.fromkeys(_KINDS, 0)
        unseen = _unseen().iterator(chunk_size=LEADS_AT_ONCE)
        while leads := tuple(islice(unseen, LEADS_AT_ONCE)):
            taken += len(leads)
            for kind, count in _take(leads).items():
                written[kind] += count
        act.ledger("register_updated", {"leads": taken, **written})
        return taken


def enter_count(
    *,
    by: Officer,
    at: datetime,
    key: str,
    group: Group,
    members: int,
    members_in_state: int | None,
    counted_at: datetime,
    authority: str,
) -> GroupCount:
    """Enters what an officer counted in a group; `members_in_state` None: not counted, which is not 0.

    Raises:
        RefusedError: no authority, a number that cannot be, or a time that has not come yet.
    """
    counted_at, authority = counted_at.replace(microsecond=0), " ".join(authority.split())
    request = {
        "group": str(group.id),
        "members": members,
        "in_state": members_in_state,
        "counted_at": iso_utc(counted_at),
        "authority": authority,
    }
    with acting("enter_count", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return GroupCount.objects.get(id=act.earlier)
        _refuse_impossible(members, members_in_state, counted_at=counted_at, at=at, authority=authority)
        row = _count(
            group.id,
            members,
            members_in_state,
            counted_at=_stated(counted_at),
            counted_by=by.number,
            authority=authority,
            lead=None,
        )
        GroupCount.objects.bulk_create([row], ignore_conflicts=True)
        act.about("group_count", UUID(str(row.id)))
        act.ledger(
            "group_counted", {"group": str(group.id), "members": members, "in_state": members_in_state}
        )
        return GroupCount.objects.get(id=row.id)


def _refuse_impossible(
    members: int, in_state: int | None, *, counted_at: datetime, at: datetime, authority: str
) -> None:
    if not authority or len(authority) > 200:
        raise RefusedError(
            "COUNT-AUTHORITY", "a count needs the number of the written authority it was made under"
        )
    if not 0 <= members <= MOST_MEMBERS or not 0 <= (in_state or 0) <= MOST_MEMBERS:
        raise RefusedError("COUNT-NUMBER", "a count is a whole number, 0 or more")
    if in_state is not None and in_state > members:
        raise RefusedError(
            "COUNT-STATE", f"{in_state} members in the state of {members} in all: one is wrong"
        )
    if require_aware(counted_at) > require_aware(at):
        raise RefusedError("COUNT-TIME", "the time of the count has not come yet")


def _stated(at: datetime) -> StatedTime:
    """A time that an officer gave with its offset."""
    offset = at.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    return StatedTime(at.isoformat(), require_aware(at), minutes, OffsetSource.IN_VALUE)


# ---------------------------------------------------------------- from leads

_NOBODY: Final = str(UUID(int=0))
_KINDS: Final = ("groups", "counts", "memberships", "links")


def _unseen() -> QuerySet[Lead, Any]:
    """Accepted leads of handles whose fields, as they are now, are not in the register; in the order of the book."""
    texts = (Cast("report__fields", TextField()), Cast("report__restricted", TextField()))
    return (
        Lead.objects.filter(state="accepted", report__kind="handle")
        .annotate(said=MD5(Concat(*texts)))
        .filter(~Exists(RegisterReading.objects.filter(lead=OuterRef("pk"), said=OuterRef("said"))))
        .select_related("report")
        .order_by("number")
    )


@dataclass(slots=True)
class _Gathered:
    """Rows some leads give, by identifier: the first lead that says something is the one it is kept under."""

    groups: dict[str, Group] = field(default_factory=dict)
    counts: dict[str, GroupCount] = field(default_factory=dict)
    memberships: dict[str, GroupMembership] = field(default_factory=dict)
    links: dict[str, HandleLink] = field(default_factory=dict)
    readings: dict[str, RegisterReading] = field(default_factory=dict)


def _take(leads: Sequence[Any]) -> dict[str, int]:
    """Writes what these leads say and is not in the register; gives the number of new rows of each kind."""
    read = [
        (lead, _own(record), entries_of(record)) for lead in leads for record in (record_of(lead.report),)
    ]
    wanted = {one for _, own, entries in read for one in (*own, *_linked(entries))}
    known, found = present(Identifier, wanted), _Gathered()
    for lead, own, entries in read:
        reading = derive_text("register reading", lead.id, lead.said)
        found.readings[reading] = RegisterReading(id=reading, lead=lead, said=lead.said)
        account = next((one for one in own if one in known), None)
        _add(found, lead, entries, account=account, known=known)
    return _write(found)


def _add(
    found: _Gathered,
    lead: Any,
    entries: Sequence[RegisterEntry],
    *,
    account: str | None,
    known: set[str],
) -> None:
    for entry in entries:
        group = _group(found, entry)
        if group is not None:
            _add_count(found, lead, entry, group=group)
            if account is not None:
                _add_membership(found, lead, entry, group=group, account=account)
        if account is not None:
            _add_links(found, lead, entry, account=account, known=known)


def _write(found: _Gathered) -> dict[str, int]:
    _name_nameless(found.groups)
    written = {}
    for kind, model in (
        ("groups", Group),
        ("counts", GroupCount),
        ("memberships", GroupMembership),
        ("links", HandleLink),
        ("readings", RegisterReading),
    ):
        rows: dict[str, Any] = getattr(found, kind)
        held = present(model, rows)
        fresh = [row for identity, row in rows.items() if identity not in held]
        model._default_manager.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
        written[kind] = len(fresh)
    written.pop("readings")
    return written


def _name_nameless(groups: dict[str, Group]) -> None:
    """A group that had no display name gets the first that comes; one that has keeps it."""
    named = [identity for identity, group in groups.items() if group.display_name]
    for held in Group.objects.filter(id__in=named, display_name="").select_for_update():
        held.display_name = groups[str(held.id)].display_name
        held.save(update_fields=["display_name"])


def _own(record: LeadRecord) -> tuple[str, ...]:
    """The account a lead is about: its handle, then its user id."""
    reported = [one for one in record.identifiers if one.party == "reported"]
    return tuple(
        _identifier(kind, one.scope, one.value)
        for kind in ("handle", "esp_account")
        for one in reported
        if one.kind == kind
    )


def _linked(entries: Sequence[RegisterEntry]) -> Iterator[str]:
    for entry in entries:
        for platform, handle in entry.links:
            yield _identifier("handle", platform, handle)


def _identifier(kind: str, platform: str, value: str) -> str:
    """The row an identifier has when a lead names it; one that nothing has when it is none."""
    normal = identifiers.normalise(kind, f"{platform}:{value}") if platform and value else None
    return derive_text("identifier", kind, normal) if normal else _NOBODY


def _group(found: _Gathered, entry: RegisterEntry) -> Group | None:
    normal = identifiers.normalise("group_code", f"{entry.platform}:{entry.group_code}")
    if normal is None:
        return None
    identity = derive_text("group", normal)
    group = found.groups.get(identity)
    if group is None:
        platform, _, code = normal.partition(":")
        name = " ".join(entry.platform.split())
        group = Group(id=identity, platform=platform[:320], platform_name=name[:320], code=code)
        found.groups[identity] = group
    if not group.display_name:
        group.display_name = entry.group_name[:300]
    return group


def _add_count(found: _Gathered, lead: Any, entry: RegisterEntry, *, group: Group) -> None:
    if entry.members is None and entry.members_in_state is None:
        return
    row = _count(
        group.id,
        entry.members,
        entry.members_in_state,
        counted_at=entry.counted_at,
        counted_by=entry.counted_by,
        authority=entry.authority,
        lead=lead,
    )
    found.counts.setdefault(str(row.id), row)


def _count(
    group: UUID | str,
    members: int | None,
    in_state: int | None,
    *,
    counted_at: StatedTime,
    counted_by: str,
    authority: str,
    lead: Lead | None,
) -> GroupCount:
    """The row of a count: the same numbers, time, officer and authority are the same count, whoever names it."""
    when = iso_utc(counted_at.utc) if counted_at.utc else counted_at.as_received
    identity = derive("group count", group, members, in_state, when, counted_by, authority)
    return GroupCount(
        id=identity,
        group_id=group,
        members=members,
        members_in_state=in_state,
        **_four("counted", counted_at),
        counted_by=counted_by[:120],
        authority=authority[:200],
        lead=lead,
    )


def _add_membership(found: _Gathered, lead: Any, entry: RegisterEntry, *, group: Group, account: str) -> None:
    seen = (entry.first_seen.as_received, entry.last_seen.as_received)
    identity = derive_text("membership", group.id, account, lead.id, *seen)
    found.memberships[identity] = GroupMembership(
        id=identity,
        group_id=group.id,
        identifier_id=account,
        lead=lead,
        **_four("first_seen", entry.first_seen),
        **_four("last_seen", entry.last_seen),
    )


def _add_links(found: _Gathered, lead: Any, entry: RegisterEntry, *, account: str, known: set[str]) -> None:
    for platform, handle in entry.links:
        other = _identifier("handle", platform, handle)
        if other == account:
            continue
        stated = (f"{platform}:{handle}" if platform else handle)[:320]
        basis = _basis(entry)
        pair: tuple[str, str | None] = (account, None)
        if other in known:
            pair = (min(account, other), max(account, other))
        identity = derive_text("handle link", *pair, "" if other in known else stated, basis, lead.id)
        found.links[identity] = HandleLink(
            id=identity, one_id=pair[0], other_id=pair[1], stated=stated, basis=basis, lead=lead
        )


def _basis(entry: RegisterEntry) -> str:
    by = f" by {entry.counted_by}" if entry.counted_by else ""
    under = f" under {entry.authority}" if entry.authority else ""
    return f"named{by}{under}"


def _four(column: str, time: StatedTime) -> dict[str, Any]:
    """The four columns of a time; nothing stated leaves them empty."""
    return {
        f"{column}_text": time.as_received[:60],
        f"{column}_at": time.utc,
        f"{column}_offset_minutes": time.offset_minutes,
        f"{column}_offset_source": time.offset_source.value if time.as_received else "",
    }
