"""A group on the register for the console's tests: hostile texts, and counts that make no sense."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from kaval.station.models import Group, GroupCount, GroupMembership, HandleLink, Identifier, Lead


def hostile_group(lead: Lead, number: int, *, text: str) -> Group:
    """A group in which one handle was seen, counted twice, with a link to nobody known."""

    def uid(what: str) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_OID, f"register/{what}/{number}")

    group = Group.objects.create(
        id=uid("group"),
        platform=f"example chat {text}",
        platform_name=f"Example Chat {text}",
        code=f"G-{number:04d}",
        display_name="SECRET-GROUP",
    )
    handle = Identifier.objects.create(
        id=uid("handle"), kind="handle", strength="strong", value=f"example chat:{text}{number}"
    )
    GroupMembership.objects.create(id=uid("membership"), group=group, identifier=handle, lead=lead)
    HandleLink.objects.create(id=uid("link"), one=handle, stated=text, basis=text, lead=lead)
    for members, counted_at in ((20, None), (None, datetime(2026, 3, 1, 6, 30, tzinfo=UTC))):
        GroupCount.objects.create(
            id=uid(f"count {members}"),
            group=group,
            members=members,
            members_in_state=30,
            counted_text=text,
            counted_at=counted_at,
            counted_by=text,
            authority="" if members else text,
            lead=lead,
        )
    return group
