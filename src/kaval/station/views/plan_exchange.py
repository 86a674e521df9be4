"""The plan as files: versions side by side and put in force, taken out as tables, map and calendars, taken in again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.formats.planning import (
    plan_bytes,
    plan_geojson,
    plan_of_stops,
    plan_xlsx,
    read_plan,
    read_stops,
    stops_csv,
    team_calendar,
    write_plan,
)
from kaval.engine.rules.planning.problem import Plan, Problem
from kaval.station.forms.planning import FORMATS, TakeForm, UploadForm
from kaval.station.models import Operation
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.plan_rows import problem_of
from kaval.station.operations.plan_versions import add_version, take_version
from kaval.station.queries import plan_versions as queries
from kaval.station.queries.operations import operation_seen
from kaval.station.queries.scope import NotVisible
from kaval.station.roles import permits
from kaval.station.staging import clean_name
from kaval.station.views.asked import page_asked, text_asked
from kaval.station.views.attempts import done
from kaval.station.views.attempts import problem_of as wrong_with
from kaval.station.views.frame import is_malayalam
from kaval.station.views.plan_words import refusal_lines, words_here
from kaval.station.views.planning import FIGURES, back_to

# A table of stops of a nation is far below this.
MOST_BYTES: Final = 16 * 1024 * 1024
_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions side by side: figures, then what differs under a heading each."""

    figures: list[tuple[str, float | None, float | None]]
    parts: list[tuple[str, list[str]]]
    same: bool


@require_safe
def versions(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """The versions, and two of them compared."""
    return _versions_page(request, operation_seen(request.officer, operation_id))


@require_POST
def take(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Puts a version in force; as the undoing of a move, back to where it was moved."""
    operation, form = operation_seen(request.officer, operation_id), TakeForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        take_version(
            by=request.officer,
            at=timezone.now(),
            key=str(given["key"]),
            operation=operation,
            number=given["number"],
        )

    problem = wrong_with(form, act)
    if problem:
        return _versions_page(request, operation, problem=refusal_lines(problem))
    given = form.cleaned_data
    if given["undo"]:
        return done(back_to("plan", operation_id, district=given["district"], undone=given["number"]))
    return done(back_to("plan-versions", operation_id, taken=given["number"]))


@require_safe
def exchange(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """What can be taken out and in."""
    return _exchange_page(request, operation_seen(request.officer, operation_id))


@require_safe
def file(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """A version as a file, of the teams in reach only."""
    operation = operation_seen(request.officer, operation_id)
    number, form = page_asked(request, "version"), text_asked(request, "format")
    if not form:
        return _exchange_page(request, operation)
    sheet = queries.version_by_number(request.officer, operation_id, number)
    if form not in FORMATS:
        raise NotVisible(form)
    team = text_asked(request, "team")
    content = _content(form, read_plan(sheet.plan), problem_of(operation), team=team)
    if content is None:
        return _exchange_page(request, operation, problem=[words_here()["choose_team"]], at="out")
    named = "-".join(filter(None, (operation.code, f"v{number}", team if form == "ics" else "")))
    response = HttpResponse(content, content_type=_TYPES[form])
    response["Content-Disposition"] = (
        f'attachment; filename="{re.sub(r"[^A-Za-z0-9.-]+", "-", named)}.{form}"'
    )
    return response


@require_POST
def take_in(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Takes an edited table of stops in as a new version, when every rule holds."""
    operation, form = operation_seen(request.officer, operation_id), UploadForm(request.POST)
    upload, t = request.FILES.get("file"), words_here()
    made: list[int] = []
    if upload is None or not upload.size:
        return _exchange_page(request, operation, problem=[t["bad_file"]])
    if upload.size > MOST_BYTES:
        return _exchange_page(request, operation, problem=[t["too_large"]])

    def act() -> None:
        given = form.cleaned_data
        base = read_plan(queries.version_by_number(request.officer, operation_id, operation.plan_number).plan)
        problem, name = problem_of(operation), clean_name(upload.name or "stops")
        plan = plan_of_stops(read_stops(upload.read(), file=name), base, problem, file=name)
        version = add_version(
            by=request.officer,
            at=timezone.now(),
            key=str(given["key"]),
            operation=operation,
            made="imported",
            plan=write_plan(plan, problem),
            text=given["text"],
        )
        made.append(version.number)

    problem = wrong_with(form, act)
    if problem:
        return _exchange_page(
            request, operation, problem=refusal_lines(problem), text=request.POST.get("text", "")
        )
    return done(back_to("plan-exchange", operation_id, version=made[0]))


def _content(form: str, plan: Plan, problem: Problem, *, team: str) -> bytes | None:
    """The bytes of a file; None: a calendar of no team."""
    if form == "ics":
        if team not in {one.team_id for one in plan.teams}:
            return None
        return team_calendar(plan, problem, team, stamp=timezone.now())
    writers: Mapping[str, Callable[[], bytes]] = {
        "csv": lambda: stops_csv(plan),
        "xlsx": lambda: plan_xlsx(plan, problem),
        "geojson": lambda: plan_geojson(plan, problem),
        "json": lambda: plan_bytes(write_plan(plan, problem)),
    }
    return writers[form]()


def _versions_page(
    request: OfficerRequest, operation: Operation, *, problem: list[str] | None = None
) -> HttpResponse:
    t = words_here()
    listed = queries.versions_seen(request.officer, operation.pk)
    first, second = page_asked(request, "first"), page_asked(request, "second")
    context: dict[str, Any] = {
        "t": t,
        "part": "versions",
        "operation": operation,
        "versions": [(one, t.get(one.made, one.made), uuid.uuid4()) for one in listed],
        "may_take": permits(list(request.officer.roles), "take_version") and operation.state == "draft",
        "first": first if "first" in request.GET else (listed[1].number if len(listed) > 1 else 0),
        "second": second if "second" in request.GET else (listed[0].number if listed else 0),
        "compared": _compared(request, operation, listed, pair=(first, second))
        if "second" in request.GET
        else None,
        "done": t["taken"] if "taken" in request.GET and not problem else "",
        "problem": problem,
        "problem_at": "take",
    }
    return render(request, "plan_versions.html", context, status=400 if problem else 200)


def _compared(
    request: OfficerRequest,
    operation: Operation,
    listed: tuple[queries.VersionRow, ...],
    *,
    pair: tuple[int, int],
) -> Compared | None:
    t = words_here()
    if not set(pair) <= {row.number for row in listed}:
        return None
    found = queries.compare_versions(request.officer, operation.pk, first=pair[0], second=pair[1])
    figures = [(t[key], getattr(found.first, key), getattr(found.second, key)) for key in FIGURES]
    parts = [
        (t["teams_part"], _said(one.words for one in found.difference.teams)),
        (t["people"], _said(one.words for one in found.difference.people)),
        (t["stops"], _said(one.words for one in found.difference.stops)),
    ]
    return Compared(figures, parts, same=not any(lines for _, lines in parts))


def _said(pairs: Any) -> list[str]:
    column = int(is_malayalam())
    return [pair[column] for pair in pairs]


def _exchange_page(
    request: OfficerRequest,
    operation: Operation,
    *,
    problem: list[str] | None = None,
    at: str = "file",
    text: str = "",
) -> HttpResponse:
    t = words_here()
    listed = queries.versions_seen(request.officer, operation.pk)
    plan = (
        queries.version_by_number(request.officer, operation.pk, operation.plan_number).plan
        if any(one.number == operation.plan_number for one in listed)
        else None
    )
    may = permits(list(request.officer.roles), "add_version")
    context = {
        "t": t,
        "part": "exchange",
        "operation": operation,
        "versions": listed,
        "teams": [one["team"] for one in plan["teams"]] if plan else [],
        "formats": [(form, t[form]) for form in FORMATS],
        "may_take_in": may and operation.state == "draft" and plan is not None,
        "took_in": page_asked(request, "version") if "version" in request.GET and not problem else 0,
        "problem": problem,
        "problem_at": at,
        "text": text,
        "key": uuid.uuid4(),
    }
    return render(request, "plan_exchange.html", context, status=400 if problem else 200)
