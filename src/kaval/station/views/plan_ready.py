"""Readiness: the next step, go or no-go, recall, numbered changes, every place accounted for, and the review."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.gates import BASIS_DOCUMENTS
from kaval.station.forms.planning import (
    CHANGES,
    LESSONS,
    MOMENTS,
    SITE_CHANGES,
    ChangeForm,
    GoForm,
    LessonForm,
    RecallForm,
    SpillForm,
    StepForm,
)
from kaval.station.models import Officer, Operation, PlanChange
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import plan_changes, planning, readiness
from kaval.station.operations.plan_changes import FoundPlace
from kaval.station.queries import planning_ready as queries
from kaval.station.queries.operations import operation_seen
from kaval.station.queries.plan_review import ReviewFigures
from kaval.station.queries.plan_versions import compare_versions
from kaval.station.roles import permits
from kaval.station.views.asked import page_asked
from kaval.station.views.attempts import done, problem_of
from kaval.station.views.frame import is_malayalam
from kaval.station.views.plan_words import refusal_lines, words_here
from kaval.station.views.planning import FROZEN, back_to

# By state: the step that comes next, the act that does it (empty: a page does), and the route of that page.
_ACT_OF: Final = {
    "admit": "admit_sites",
    "plan": "plan_operation",
    "approve": "approve_plan",
    "reopen": "reopen_draft",
    "freeze": "freeze_operation",
    "start": "start_operation",
    "close": "close_operation",
}
_WAY: Final = ("draft", "approved", "frozen", "live", "closed")


@dataclass(frozen=True, slots=True)
class Step:
    """The next step: its words, whether this officer may take it, and the page that leads on when no button does."""

    name: str
    title: str
    why: str
    may: bool
    page: str


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, in sentences."""

    lines: list[str]


def next_step(viewer: Officer, operation: Operation) -> Step:
    """What comes next in the life of an operation, and who does it."""
    standing, t = queries.standing_of(viewer, operation), words_here()
    name, page = _next(operation, standing)
    held = list(viewer.roles)
    may = (
        name in _ACT_OF and permits(held, _ACT_OF[name]) and not (name == "approve" and standing.signed_by_me)
    )
    return Step(name, t[f"step_{name}"], t[f"why_{name}"], may, page)


def _next(operation: Operation, standing: queries.Standing) -> tuple[str, str]:
    state = operation.state
    if state == "draft":
        if not standing.sites:
            return "admit", ""
        return ("approve", "plan") if operation.plan_digest else ("plan", "")
    if state == "frozen":
        return ("start", "") if standing.go.get("t2") else ("ready", "plan-ready")
    if state in ("live", "recalled") and not standing.open:
        return "close", ""
    return {
        "approved": ("freeze", ""),
        "live": ("follow", "board"),
        "recalled": ("recalled", "plan-ready"),
        "closed": ("review", "plan-ready"),
    }[state]


def steps_of(operation: Operation) -> list[tuple[str, str]]:
    """The states on the way with past, now or empty for each."""
    state = "live" if operation.state == "recalled" else operation.state
    now = _WAY.index(state)
    return [(one, "past" if at < now else "now" if at == now else "") for at, one in enumerate(_WAY)]


@require_POST
def step(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Takes the next step; why it was refused is said on the operation's page."""
    operation, form = operation_seen(request.officer, operation_id), StepForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        who = _who(request, given, operation)
        name = given["step"]
        if name == "approve":
            planning.approve_plan(**who, plan_digest=given["plan_digest"])
        elif name == "reopen":
            planning.reopen_draft(**who, reason=given["reason"])
        else:
            plain: dict[str, Callable[..., object]] = {
                "admit": planning.admit_sites,
                "plan": planning.plan_operation,
                "freeze": planning.freeze_operation,
                "start": planning.start_operation,
                "close": planning.close_operation,
            }
            plain[name](**who)

    problem = problem_of(form, act)
    if problem:
        from kaval.station.views.operations import operation_page

        return operation_page(request, operation_id, problem=refusal_lines(problem))
    return done(reverse("operation", args=[operation_id]))


@require_safe
def ready(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Go or no-go, changes, reconciliation and review of one operation."""
    return _page(request, operation_id)


@require_POST
def go(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Records go or no-go at a moment."""
    operation, form = operation_seen(request.officer, operation_id), GoForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        readiness.decide_go(
            **_who(request, given, operation),
            moment=given["moment"],
            go=given["go"] == "yes",
            reason=given["reason"],
        )

    return _tried(request, operation_id, form, act=act, at="go")


@require_POST
def recall(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Recalls the operation, when its code was written out."""
    operation, form = operation_seen(request.officer, operation_id), RecallForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        if given["code"].strip() != operation.code:
            raise RefusedError("G-RECALL", words_here()["wrong_code"])
        readiness.recall_operation(**_who(request, given, operation), reason=given["reason"])

    return _tried(request, operation_id, form, act=act, at="recall")


@require_POST
def change(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """A numbered change; the page then shows who moves."""
    operation, form = operation_seen(request.officer, operation_id), ChangeForm(request.POST)
    made: list[PlanChange] = []

    def act() -> None:
        made.append(_change(request, operation, form.cleaned_data))

    return _tried(request, operation_id, form, act=act, at="change", made=made)


@require_POST
def spill(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Takes in a place that a search revealed; the page then shows who goes there."""
    operation, form = operation_seen(request.officer, operation_id), SpillForm(request.POST)
    made: list[PlanChange] = []

    def act() -> None:
        given = form.cleaned_data
        found = FoundPlace(
            given["address"], given["locality"], given["latitude"], given["longitude"], given["station"]
        )
        made.append(
            plan_changes.spill_over(
                by=request.officer,
                at=timezone.now(),
                key=str(given["key"]),
                site=queries.site_of(request.officer, operation, given["site"]),
                found=found,
                attribution=None,
                search_basis=given["basis"],
                papers=given["papers"],
                grounds=given["grounds"],
            )
        )

    return _tried(request, operation_id, form, act=act, at="spill", made=made)


@require_POST
def lesson(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Adds a line to the after-action review."""
    operation, form = operation_seen(request.officer, operation_id), LessonForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        owner = _officer(request, given["owner"]) if given["owner"] else None
        readiness.add_after_action(
            **_who(request, given, operation),
            kind=given["kind"],
            text=given["text"],
            owner=owner,
            due_on=given["due_on"],
        )

    return _tried(request, operation_id, form, act=act, at="lesson")


def _change(request: OfficerRequest, operation: Operation, given: dict[str, Any]) -> PlanChange:
    kind, reason = given["kind"], given["reason"]
    who = {"by": request.officer, "at": timezone.now(), "key": str(given["key"]), "reason": reason}
    if kind in SITE_CHANGES:
        site = queries.site_of(request.officer, operation, given["site"])
        return plan_changes.change_plan(**who, site=site, kind=kind)
    if kind == "team_out":
        return plan_changes.team_out(
            **who, team=queries.team_in_force(request.officer, operation, given["team"])
        )
    act = {"officer_out": plan_changes.officer_out, "officer_in": plan_changes.officer_in}[kind]
    return act(**who, operation=operation, officer=_officer(request, given["officer"]))


def _officer(request: OfficerRequest, number: str) -> Officer:
    found = queries.officer_numbered(request.officer, number)
    if found is None:
        raise RefusedError("G-OFFICER", words_here()["no_officer"].format(number=number))
    return found


def _who(request: OfficerRequest, given: dict[str, Any], operation: Operation) -> dict[str, Any]:
    return {"by": request.officer, "at": timezone.now(), "key": str(given["key"]), "operation": operation}


def _tried(
    request: OfficerRequest,
    operation_id: uuid.UUID,
    form: forms.Form,
    *,
    act: Callable[[], None],
    at: str,
    made: list[PlanChange] | None = None,
) -> HttpResponse:
    problem = problem_of(form, act)
    if problem:
        return _page(request, operation_id, problem=refusal_lines(problem), at=at, typed=form.cleaned_data)
    return done(back_to("plan-ready", operation_id, done=made[0].number if made else "0") + f"#{at}")


def _page(
    request: OfficerRequest,
    operation_id: uuid.UUID,
    *,
    problem: list[str] | None = None,
    at: str = "",
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    t, held = words_here(), list(request.officer.roles)
    sheet = queries.readiness_of(request.officer, operation_id)
    operation = sheet.operation
    context = {
        "t": t,
        "part": "ready",
        "operation": operation,
        "sheet": sheet,
        "moments": [
            (moment, t[moment], one, one is None or one.plan_digest == sheet.digest)
            for moment, one in ((name, sheet.latest.get(name)) for name in MOMENTS)
        ],
        "changes": [(one, t.get(one.kind, one.kind)) for one in sheet.changes],
        "kinds": [(kind, t[kind]) for kind in CHANGES],
        "lessons": [(one, t.get(one.kind, one.kind)) for one in sheet.lessons],
        "lesson_kinds": [(kind, t[kind]) for kind in LESSONS],
        "day": _day(sheet.figures, t),
        "may": {
            "decide_go": permits(held, "decide_go") and operation.state == "frozen",
            "recall": permits(held, "recall_operation") and operation.state in FROZEN,
            "change": permits(held, "change_plan") and operation.state in FROZEN,
            "spill": permits(held, "spill_over") and operation.state in FROZEN,
            "lesson": permits(held, "add_after_action") and operation.state in ("live", "recalled", "closed"),
        },
        "bases": [(basis, ", ".join(papers).replace("_", " ")) for basis, papers in BASIS_DOCUMENTS.items()],
        "sure": t["recall_sure"].format(code=operation.code),
        "done": None if problem else _done(request, sheet),
        "problem": problem,
        "problem_at": at,
        "typed": typed or {},
        "key": uuid.uuid4(),
    }
    return render(request, "plan_ready.html", context, status=400 if problem else 200)


def _day(figures: ReviewFigures, t: dict[str, str]) -> list[tuple[str, str]]:
    """The day as planned beside the day as it was; what did not happen is not shown."""
    shown = [(t["people_moved"], str(figures.people_moved))]
    for wave in figures.waves:
        times = f"{_clock(wave.planned_first)}–{_clock(wave.planned_last)}"
        if wave.real_first and wave.real_last:
            late = f", {wave.minutes_late:+.0f} min" if wave.minutes_late is not None else ""
            times = f"{times} → {_clock(wave.real_first)}–{_clock(wave.real_last)}{late}"
        shown.append((f"{t['wave']} {wave.wave + 1}, {wave.places} {t['sites']}", times))
    if figures.spread_real is not None:
        shown.append((t["spread"], f"{figures.spread_planned:.0f} → {figures.spread_real:.0f} min"))
        shown.append((t["not_reached"], ", ".join(map(str, figures.not_reached)) or "0"))
    return shown


def _clock(at: datetime) -> str:
    return f"{at.astimezone(IST):%H:%M}"


def _done(request: OfficerRequest, sheet: queries.Readiness) -> Done | None:
    """That something was done; of a numbered change also what it changed."""
    if "done" not in request.GET:
        return None
    number = page_asked(request, "done")
    change = next((one for one in sheet.changes if one.number == number), None)
    if change is None or change.version is None or change.version.before is None:
        return Done([])
    first, second = change.version.before.number, change.version.number
    found = compare_versions(request.officer, sheet.operation.pk, first=first, second=second).difference
    return Done([pair[int(is_malayalam())] for pair in found.words])
