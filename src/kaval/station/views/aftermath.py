"""After the day: re-audits owed, the error register, what an error holds back, and the unit's figures."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.rules.attribution.aftermath import Metric
from kaval.station.forms.aftermath import ErrorActForm, ErrorForm, StartForm, VerdictForm
from kaval.station.forms.once import OnceForm, first_problem
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import aftermath as acts
from kaval.station.queries import aftermath as queries
from kaval.station.queries.people import station_time
from kaval.station.queries.scope import NotVisible
from kaval.station.queries.unit_figures import unit_figures
from kaval.station.roles import permits
from kaval.station.views.aftermath_words import (
    aftermath_words_here,
    cause_words,
    causes_here,
    owed_words,
    provider_words,
    shared_words,
)
from kaval.station.views.asked import text_asked
from kaval.station.views.frame import is_malayalam
from kaval.station.views.triage_words import Clock, clock_words

_ACTS = (
    "start_reaudit",
    "reaudit_held",
    "finish_reaudit",
    "confirm_error",
    "give_error_notice",
    "return_devices",
    "seal_error",
    "lift_quarantine",
)


@dataclass(frozen=True, slots=True)
class Owed:
    """A re-audit with the time left until it must have begun; `late`: it began after that."""

    row: queries.ReauditRow
    left: Clock
    late: bool
    url: str


@require_safe
def reaudits(request: OfficerRequest) -> HttpResponse:
    """Re-audits owed, overdue ones first, and those made last."""
    now, viewer = station_time(timezone.now()), request.officer
    context = _context(request, "reaudits") | {
        "owed": [_owed(row, now) for row in queries.reaudits_owed(viewer)],
        "made": [_owed(row, now) for row in queries.reaudits_made(viewer)],
    }
    return render(request, "aftermath.html", context)


@require_safe
def reaudit(request: OfficerRequest, outcome_id: uuid.UUID) -> HttpResponse:
    """The re-audit of one search: begin it, see what comes out otherwise, give the verdict."""
    return _reaudit_page(request, queries.reaudit_sheet(request.officer, outcome_id))


@require_POST
def reaudit_act(request: OfficerRequest, outcome_id: uuid.UUID) -> HttpResponse:
    """Begins the re-audit of a search, or keeps its verdict."""
    viewer = request.officer
    outcome = queries.outcome_owing(viewer, outcome_id)

    def act(form: OnceForm) -> None:
        given = form.cleaned_data
        if isinstance(form, StartForm):
            acts.start_reaudit(by=viewer, at=timezone.now(), key=str(given["key"]), outcome=outcome)
        else:
            _finish(request, queries.reaudit_of_outcome(viewer, outcome_id), given)

    form = VerdictForm(request.POST) if "verdict" in request.POST else StartForm(request.POST)
    problem = _done(form, act)
    if problem:
        return _reaudit_page(request, queries.reaudit_sheet(viewer, outcome_id), problem=problem)
    return _to("reaudit", outcome_id)


@require_safe
def held(request: OfficerRequest, reaudit_id: uuid.UUID) -> HttpResponse:
    """The re-audit of an attribution that an error holds back."""
    return _reaudit_page(request, queries.held_sheet(request.officer, reaudit_id))


@require_POST
def held_act(request: OfficerRequest, reaudit_id: uuid.UUID) -> HttpResponse:
    """Keeps its verdict."""
    sheet = queries.held_sheet(request.officer, reaudit_id)
    reaudit = queries.reaudit_of(request.officer, reaudit_id)
    problem = _done(VerdictForm(request.POST), lambda form: _finish(request, reaudit, form.cleaned_data))
    if problem:
        return _reaudit_page(request, sheet, problem=problem)
    return _to("held-reaudit", reaudit_id)


@require_safe
def errors(request: OfficerRequest) -> HttpResponse:
    """The error register."""
    return _register_page(request)


@require_POST
def confirm(request: OfficerRequest) -> HttpResponse:
    """Enters a confirmed error; what shares something with it is held back at once."""
    viewer, form, made = request.officer, ErrorForm(request.POST), []

    def act(form: OnceForm) -> None:
        given = form.cleaned_data
        attribution = queries.attribution_of_number(viewer, given["subject"])
        outcome = queries.outcome_owing(viewer, given["outcome"]) if given["outcome"] else None
        row = acts.confirm_error(
            by=viewer,
            at=timezone.now(),
            key=str(given["key"]),
            attribution=attribution,
            cause=given["cause"],
            text=given["text"],
            people_affected=given["people"],
            children_affected=given["children"],
            outcome=outcome,
        )
        made.append(row.pk)

    try:
        problem = _done(form, act)
    except NotVisible:
        problem = aftermath_words_here()["no_subject"]
    return _register_page(request, problem=problem) if problem else _to("error", made[0])


@require_safe
def error(request: OfficerRequest, error_id: uuid.UUID) -> HttpResponse:
    """One line of the register: notices, devices, what is held back."""
    return _error_page(request, error_id)


@require_POST
def error_act(request: OfficerRequest, error_id: uuid.UUID) -> HttpResponse:
    """A notice given, devices given back, the record sealed, a held attribution gone through anew or let go."""
    sheet, form = queries.error_sheet(request.officer, error_id), ErrorActForm(request.POST)
    begun: list[uuid.UUID] = []
    problem = _done(form, lambda form: begun.extend(_act_on(request, sheet, form.cleaned_data)))
    if problem:
        return _error_page(request, error_id, problem=problem)
    return _to("held-reaudit", begun[0]) if begun else _to("error", error_id)


@require_safe
def figures(request: OfficerRequest) -> HttpResponse:
    """The unit's figures about itself, with definitions, as of now."""
    counted, malayalam = unit_figures(request.officer), is_malayalam()
    title, definition = provider_words()
    context = _context(request, "figures") | {
        "metrics": [
            (
                one.text_ml if malayalam else one.text,
                _value(one),
                one.of,
                one.definition_ml if malayalam else one.definition,
            )
            for one in counted.metrics
        ],
        "providers": [(one, _percent(one.rate)) for one in counted.providers],
        "provider_title": title,
        "provider_definition": definition,
        "causes": [(cause_words(cause), number) for cause, number in counted.causes],
        "open_errors": counted.open_errors,
    }
    return render(request, "unit_figures.html", context)


def _act_on(
    request: OfficerRequest, sheet: queries.ErrorSheet, given: dict[str, Any]
) -> tuple[uuid.UUID, ...]:
    """Does one act on an error; gives the re-audit that it began, if it began one."""
    row, text, holds = given["row"], given["text"], [one.first for one in sheet.held]
    key = f"{given['key']} {row}" if row else str(given["key"])
    common: dict[str, Any] = {"by": request.officer, "at": timezone.now(), "key": key}
    if given["act"] == "reaudit":
        return (acts.reaudit_held(**common, quarantine=_one_of(holds, row)).pk,)
    if given["act"] == "devices":
        acts.return_devices(**common, error=sheet.error, text=text)
    elif given["act"] == "seal":
        acts.seal_error(**common, error=sheet.error)
    elif given["act"] == "notice":
        acts.give_error_notice(**common, owed=_one_of(sheet.notices, row), text=text)
    else:
        acts.lift_quarantine(**common, quarantine=_one_of(holds, row), text=text)
    return ()


def _one_of(rows: Iterable[Any], row_id: uuid.UUID | None) -> Any:
    for row in rows:
        if row.pk == row_id:
            return row
    raise NotVisible(str(row_id))


def _finish(request: OfficerRequest, reaudit: Any, given: dict[str, Any]) -> None:
    acts.finish_reaudit(
        by=request.officer,
        at=timezone.now(),
        key=str(given["key"]),
        reaudit=reaudit,
        verdict=given["verdict"],
        text=given["text"],
    )


def _done(form: Any, act: Callable[[Any], None]) -> str:
    """Does the act; what is wrong with the form, or what a rule refused, in words. Empty: it is done."""
    if not form.is_valid():
        return first_problem(form)
    try:
        act(form)
    except NotPermitted:
        raise
    except RefusedError as refused:
        return refused.text
    return ""


def _context(request: OfficerRequest, part: str, *, problem: str = "") -> dict[str, Any]:
    roles = list(request.officer.roles)
    return {
        "a": aftermath_words_here(),
        "part": part,
        "may": {act: permits(roles, act) for act in _ACTS},
        "now": station_time(timezone.now()),
        "key": uuid.uuid4(),
        "problem": problem,
        "done": bool(text_asked(request, "done")) and not problem,
    }


def _owed(row: queries.ReauditRow, now: datetime) -> Owed:
    late = row.started_at is not None and row.started_at > row.due_at
    if row.outcome_id is not None:
        url = reverse("reaudit", args=[row.outcome_id])
    else:
        url = reverse("held-reaudit", args=[row.reaudit_id])
    return Owed(row, clock_words(row.due_at, now=now, malayalam=is_malayalam()), late, url)


def _reaudit_page(request: OfficerRequest, sheet: queries.ReauditSheet, *, problem: str = "") -> HttpResponse:
    malayalam = is_malayalam()
    context = _context(request, "reaudits", problem=problem) | {
        "sheet": sheet,
        "owed": _owed(sheet.row, station_time(timezone.now())),
        "findings": [
            (one, one["text_ml"] if malayalam and one["text_ml"] else one["text"]) for one in sheet.findings
        ],
        "causes": causes_here(),
        "action": reverse("reaudit-act", args=[sheet.row.outcome_id])
        if sheet.row.outcome_id
        else reverse("held-reaudit-act", args=[sheet.row.reaudit_id]),
    }
    return render(request, "reaudit.html", context, status=400 if problem else 200)


def _register_page(request: OfficerRequest, *, problem: str = "") -> HttpResponse:
    rows = queries.error_rows(request.officer)
    context = _context(request, "errors", problem=problem) | {
        "rows": [(row, cause_words(row.cause)) for row in rows],
        "causes": causes_here(),
    }
    return render(request, "errors.html", context, status=400 if problem else 200)


def _error_page(request: OfficerRequest, error_id: uuid.UUID, *, problem: str = "") -> HttpResponse:
    sheet, now, malayalam = (
        queries.error_sheet(request.officer, error_id),
        station_time(timezone.now()),
        is_malayalam(),
    )
    context = _context(request, "errors", problem=problem) | {
        "sheet": sheet,
        "cause": cause_words(sheet.error.cause),
        "notices": [
            (row, owed_words(row.owed_to), clock_words(row.due_at, now=now, malayalam=malayalam))
            for row in sheet.notices
        ],
        "held": [(one, ", ".join(map(shared_words, one.shared))) for one in sheet.held],
    }
    return render(request, "error.html", context, status=400 if problem else 200)


def _value(metric: Metric) -> str:
    words = aftermath_words_here()
    if metric.value is None:
        return words["nothing"]
    if metric.unit == "percent":
        return _percent(metric.value)
    if metric.unit == "days":
        return f"{metric.value:.1f} {words['days']}"
    return f"{metric.value:.1f}" if metric.unit == "per officer" else f"{metric.value:.0f}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} %"


def _to(name: str, row_id: uuid.UUID) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": f"{reverse(name, args=[row_id])}?done=1"})
