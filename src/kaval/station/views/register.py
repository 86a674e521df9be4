"""The register: groups by internal code, one group with what was counted in it, and the form for a new count."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.kernel.instant import IST
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.register import enter_count, update_register
from kaval.station.queries import register as queries
from kaval.station.roles import permits
from kaval.station.views.asked import page_asked, query_without_page, text_asked

_FIELDS: Final = ("members", "in_state", "counted_at", "authority")
_NO_NUMBER: Final = "A count is a whole number, 0 or more. Leave the second one empty if nobody counted it."
_NO_TIME: Final = "Say when it was counted: day and time in IST."
_WIDE, _HIGH, _EDGE = 120, 28, 3


@dataclass(frozen=True, slots=True)
class Line:
    """Members over time as a drawn line: its points, its last one, in drawing units of 120 by 28, and its range."""

    points: str
    x: str
    y: str
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A group in the list with its line; None: fewer than two counts of known time."""

    row: queries.GroupRow
    line: Line | None


@require_safe
def register(request: OfficerRequest) -> HttpResponse:
    """The groups, as a whole or of one platform or code."""
    platform, code = text_asked(request, "platform"), text_asked(request, "code")
    page = queries.groups_on_register(request.officer, platform=platform, code=code, page=page_asked(request))
    return render(
        request,
        "register.html",
        {
            "page": page,
            "groups": [Drawn(row, _line(row.counts)) for row in page],
            "platforms": queries.platforms_on_register(request.officer),
            "platform": platform,
            "code": code,
            "query": query_without_page(request),
            "waiting": queries.leads_for_register(request.officer),
            "may_update": permits(list(request.officer.roles), "update_register"),
            "key": uuid.uuid4(),
        },
    )


@require_safe
def group(request: OfficerRequest, group_id: uuid.UUID) -> HttpResponse:
    """One group."""
    return _group_page(request, group_id)


@require_POST
def take_into_register(request: OfficerRequest) -> HttpResponse:
    """Takes leads that the register has not seen into it; the same form sent twice does it once."""
    update_register(by=request.officer, at=timezone.now(), key=_key(request))
    return redirect("register")


@require_POST
def count_group(request: OfficerRequest, group_id: uuid.UUID) -> HttpResponse:
    """Enters a count; a form with something missing comes back as it was filled in."""
    sheet = queries.group_by_id(request.officer, group_id)
    given = {name: request.POST.get(name, "").strip()[:200] for name in _FIELDS}
    members, in_state = _number(given["members"]), _number(given["in_state"])
    counted_at = _time(given["counted_at"])
    if members is None or (given["in_state"] and in_state is None):
        return _group_page(request, group_id, given=given, problem=_NO_NUMBER)
    if counted_at is None:
        return _group_page(request, group_id, given=given, problem=_NO_TIME)
    try:
        enter_count(
            by=request.officer,
            at=timezone.now(),
            key=_key(request),
            group=sheet.group,
            members=members,
            members_in_state=in_state,
            counted_at=counted_at,
            authority=given["authority"],
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _group_page(request, group_id, given=given, problem=refused.text)
    return redirect("group", group_id=group_id)


def _group_page(
    request: OfficerRequest,
    group_id: uuid.UUID,
    *,
    given: dict[str, str] | None = None,
    problem: str = "",
) -> HttpResponse:
    sheet = queries.group_by_id(request.officer, group_id)
    context = {
        "sheet": sheet,
        "line": _line(sheet.row.counts),
        "newest_first": tuple(reversed(sheet.row.counts)),
        "may_count": permits(list(request.officer.roles), "enter_count"),
        "given": given or {},
        "problem": problem,
        "now": timezone.now().astimezone(IST).strftime("%Y-%m-%dT%H:%M"),
        "key": uuid.uuid4(),
    }
    return render(request, "group.html", context, status=400 if problem else 200)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _time(text: str) -> datetime | None:
    """The instant a form's day and time in IST stand for."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=IST)
    except ValueError:
        return None


def _key(request: OfficerRequest) -> str:
    """The form's own key, so that pressing twice is one act."""
    try:
        return str(uuid.UUID(request.POST.get("key", "")))
    except ValueError:
        return str(uuid.uuid4())


def _line(counts: Sequence[queries.CountRow]) -> Line | None:
    """Members over time, from the lowest count to the highest; drawn for two counts of known time or more."""
    known = [(one.counted_at, one.members) for one in counts if one.counted_at and one.members is not None]
    if len(known) < 2:
        return None
    begin, end = known[0][0], known[-1][0]
    span = (end - begin).total_seconds() or 1.0
    lowest, highest = min(members for _, members in known), max(members for _, members in known)
    points = [
        (
            _EDGE + (_WIDE - 2 * _EDGE) * (at - begin).total_seconds() / span,
            _HIGH - _EDGE - (_HIGH - 2 * _EDGE) * (members - lowest) / ((highest - lowest) or 1),
        )
        for at, members in known
    ]
    texts = [f"{x:.1f},{y:.1f}" for x, y in points]
    x, y = texts[-1].split(",")
    return Line(" ".join(texts), x, y, lowest, highest)
