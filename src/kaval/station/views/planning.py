"""The plan of an operation: who goes where and when, on a map and hour by hour, moved by hand within the rules."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from kaval.station.forms.planning import MoveForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.plan_changes import reassign_site
from kaval.station.queries.map import districts_on_map
from kaval.station.queries.operations import operation_seen
from kaval.station.queries.plan_versions import compare_versions, versions_seen
from kaval.station.queries.planning_board import PlanBoard, plan_board
from kaval.station.queries.planning_ready import site_of, team_in_force
from kaval.station.roles import permits
from kaval.station.views.asked import id_asked, page_asked
from kaval.station.views.attempts import done, problem_of
from kaval.station.views.frame import is_malayalam
from kaval.station.views.plan_drawing import PlanMap, draw_gantt, draw_plan
from kaval.station.views.plan_words import refusal_lines, words_here

FIGURES: Final = ("latest_entry_minutes", "unequal_load", "kilometres")
MOVABLE: Final = ("draft", "frozen", "live")
FROZEN: Final = ("frozen", "live")


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move changed, in sentences; `undo` is the version before it, None: not to be undone here."""

    title: str
    lines: list[str]
    undo: int | None


@require_safe
def plan(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """The plan in force: the state by districts, or one district with its teams hour by hour."""
    return _plan_page(request, operation_id, district=id_asked(request, "district"))


@require_POST
def move(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Moves a place to another team or position; a broken rule is said in words and nothing is changed."""
    operation, form, told = (
        operation_seen(request.officer, operation_id),
        MoveForm(request.POST),
        words_here(),
    )
    made: list[int] = []

    def act() -> None:
        given = form.cleaned_data
        site = site_of(request.officer, operation, given["site"])
        team = team_in_force(request.officer, operation, given["team"])
        # After the freeze a person says why; before, that it was done by hand is reason enough.
        reason = given["reason"] or ("" if operation.state in FROZEN else told["by_hand"])
        version = reassign_site(
            by=request.officer, at=timezone.now(), key=str(given["key"]), site=site, team=team,
            order=given["order"], reason=reason,
        )  # fmt: skip
        made.append(version.number)

    problem = problem_of(form, act)
    district = form.cleaned_data.get("district") if hasattr(form, "cleaned_data") else None
    if problem:
        return _plan_page(
            request, operation_id, district=district, problem=refusal_lines(problem), typed=form.cleaned_data
        )
    return done(back_to("plan", operation_id, district=district, moved=made[0]))


def _plan_page(
    request: OfficerRequest,
    operation_id: uuid.UUID,
    *,
    district: uuid.UUID | None,
    problem: list[str] | None = None,
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    t = words_here()
    board = plan_board(request.officer, operation_id, district=district)
    part, state = board.chosen(district), board.operation.state
    drawn = draw_plan(board, districts_on_map(request.officer, district=part.id if part else None))
    may = permits(list(request.officer.roles), "reassign_site")
    gap = board.figures.gap if board.figures else None
    context = {
        "t": t,
        "part": "plan",
        "operation": board.operation,
        "board": board,
        "chosen": part,
        "gantt": draw_gantt(board, t),
        "drawn": drawn,
        "marks": _marks(drawn, t) if drawn else "",
        "figures": _figures(board, t),
        "gap_percent": "" if gap is None else f"{100 * gap:.1f}",
        "shortages": _shortages(board),
        "may_move": may and state in MOVABLE,
        "frozen": state in FROZEN,
        "moved": None if problem else _moved(request, board, may_undo=may and state == "draft"),
        "problem": problem,
        "typed": typed or {},
        "key": uuid.uuid4(),
    }
    return render(request, "plan.html", context, status=400 if problem else 200)


def _moved(request: OfficerRequest, board: PlanBoard, *, may_undo: bool) -> Moved | None:
    """What the move that the address names changed; None when it names none that is in force."""
    number, t = page_asked(request, "moved"), words_here()
    if "undone" in request.GET:
        return Moved(t["undone"], [], None)
    if "moved" not in request.GET or number != board.version:
        return None
    versions = {row.number: row for row in versions_seen(request.officer, board.operation.pk)}
    before = versions[number].before if number in versions else None
    if before is None:
        return None
    found = compare_versions(request.officer, board.operation.pk, first=before, second=number).difference
    said = [found.words[0], *(one.words for one in found.stops), *(one.words for one in found.teams)]
    said += [one.words for one in found.people if one.moved]
    lines = [pair[int(is_malayalam())] for pair in said]
    return Moved(t["moved"], lines, before if may_undo else None)


def _marks(drawn: PlanMap, words: dict[str, str]) -> SafeString:
    return format_html_join(
        "",
        (
            '<use class="site {}" href="#{}" data-site="{}" data-x="{}" data-y="{}" '
            'data-tip="{} · {}, {} · {}" x="{}" y="{}" width="{}" height="{}"/>'
        ),
        (
            (
                f"w-{colour}" if colour >= 0 else "w-none",
                f"m-w{colour}" if colour >= 0 else "m-loose",
                mark.id,
                one.x,
                one.y,
                mark.number,
                mark.locality,
                mark.district,
                f"{words['team']} {mark.team}" if mark.team else words["no_stop"],
                one.left,
                one.top,
                drawn.mark,
                drawn.mark,
            )
            for one, mark, colour in drawn.sites
        ),
    )


def _figures(board: PlanBoard, words: dict[str, str]) -> list[tuple[str, float | None, float | None]]:
    if board.figures is None:
        return []
    return [(words[key], board.figures.value.get(key), board.figures.bound.get(key)) for key in FIGURES]


def _shortages(board: PlanBoard) -> list[tuple[str, str, list[str]]]:
    """District, why and the ways out, in the language of the request; English where the other is missing."""
    column = int(is_malayalam())
    return [
        (
            one.district,
            (one.text, one.text_ml)[column] or one.text,
            [pair[column] or pair[0] for pair in one.ways_out],
        )
        for one in board.shortages
    ]


def back_to(name: str, operation_id: uuid.UUID, **query: object) -> str:
    """The address of a page of the plan with what is to be shown there."""
    asked = "&".join(f"{key}={value}" for key, value in query.items() if value)
    return f"{reverse(name, args=[operation_id])}{'?' if asked else ''}{asked}"
