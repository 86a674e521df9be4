"""Requests to providers: what is open and due, one request with its rows and answers, and what expires first."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.attribution.signing import bases_on
from kaval.station import sealed
from kaval.station.forms.once import OnceForm
from kaval.station.forms.requests import AskForm, DocumentForm, ReasonForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import requests as operations
from kaval.station.operations.papers import render_document
from kaval.station.queries import requests as queries
from kaval.station.queries.providers import templates_waiting
from kaval.station.queries.scope import found
from kaval.station.roles import permits
from kaval.station.views.asked import id_asked, page_asked, query_without_page, text_asked
from kaval.station.views.attempts import done, problem_of
from kaval.station.views.frame import is_malayalam
from kaval.station.views.request_words import sentences

_DAYS = 7


@require_safe
def requests(request: OfficerRequest) -> HttpResponse:
    """The list, by state and provider, with what waits to be asked."""
    return _list(request)


@require_POST
def ask(request: OfficerRequest) -> HttpResponse:
    """Asks every provider about what waits."""
    form = AskForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        operations.send_request(
            by=request.officer,
            at=timezone.now(),
            key=str(given["key"]),
            due_at=given["due_at"],
            basis=given["basis"],
            authority=given["authority"],
        )

    problem = problem_of(form, act)
    return _list(request, problem=problem) if problem else done(reverse("requests"))


@require_safe
def request_page(request: OfficerRequest, request_id: uuid.UUID) -> HttpResponse:
    """One request."""
    return _one(request, request_id)


@require_POST
def remind(request: OfficerRequest, request_id: uuid.UUID) -> HttpResponse:
    """Sends a reminder."""
    row = queries.request_by_id(request.officer, request_id, now=timezone.now()).request
    form = OnceForm(request.POST)
    given: dict[str, Any] = {"by": request.officer, "at": timezone.now(), "request": row}
    problem = problem_of(form, lambda: operations.send_reminder(key=str(form.cleaned_data["key"]), **given))
    return _one(request, request_id, problem=problem) if problem else _to(request_id)


@require_POST
def close(request: OfficerRequest, request_id: uuid.UUID) -> HttpResponse:
    """Closes a request without the rest of its answers."""
    row = queries.request_by_id(request.officer, request_id, now=timezone.now()).request
    form = ReasonForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        operations.close_request(
            by=request.officer, at=timezone.now(), key=str(given["key"]), request=row, text=given["text"]
        )

    problem = problem_of(form, act)
    return _one(request, request_id, problem=problem) if problem else _to(request_id)


@require_POST
def make_document(request: OfficerRequest, request_id: uuid.UUID) -> HttpResponse:
    """Renders and seals the order, or one of its reminders, in both languages."""
    row = queries.request_by_id(request.officer, request_id, now=timezone.now()).request
    form = DocumentForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        kind, subject = "in.platform_request" if row.kind == "account" else "in.provider_request", row.id
        if given["reminder"]:
            kind, subject = "in.request_reminder", found(row.reminders.all(), given["reminder"]).id
        render_document(
            by=request.officer,
            at=timezone.now(),
            key=str(given["key"]),
            kind=kind,
            subject=subject,
            language="both",
        )

    problem = problem_of(form, act)
    return _one(request, request_id, problem=problem) if problem else _to(request_id)


@require_safe
def machine_file(request: OfficerRequest, request_id: uuid.UUID) -> HttpResponse:
    """The sealed machine-readable copy, checked against its digest, as a download."""
    row, copy = queries.machine_file_of(request.officer, request_id)
    header = content_disposition_header(as_attachment=True, filename=f"{row.number.replace('/', '-')}.csv")
    return HttpResponse(
        sealed.read(copy),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": str(header)},
    )


@require_safe
def expiring(request: OfficerRequest) -> HttpResponse:
    """What expires first."""
    context = {"rows": queries.expiring_first(request.officer), "now": timezone.now(), "part": "expiring"}
    return render(request, "requests_expiring.html", {**context, **tabs(request)})


def tabs(request: OfficerRequest) -> dict[str, Any]:
    """What the line of pages needs, and the words."""
    return {"w": sentences(), "forms_waiting": templates_waiting(request.officer)}


def ask_context(request: OfficerRequest) -> dict[str, Any]:
    """What a form of asking offers: the bases that hold today, and a due date."""
    now = timezone.now()
    words = sentences()
    due = (now + timedelta(days=_DAYS)).astimezone(IST)
    return {
        "bases": [(one, words[one.code]) for one in bases_on(now.date())],
        "due": due.strftime("%Y-%m-%dT%H:%M"),
        "now_text": now.astimezone(IST).strftime("%Y-%m-%dT%H:%M"),
        "key": uuid.uuid4(),
    }


def _list(request: OfficerRequest, *, problem: str = "") -> HttpResponse:
    now, viewer = timezone.now(), request.officer
    state = text_asked(request, "state")
    context = {
        "page": queries.requests_listed(
            viewer, now=now, state=state, provider=id_asked(request, "provider"), page=page_asked(request)
        ),
        "counts": [
            (one, sentences()[one], count) for one, count in queries.states_counted(viewer, now=now).items()
        ],
        "state": state,
        "query": query_without_page(request),
        "waiting": queries.waiting_to_ask(viewer),
        "refused": queries.refused_to_ask(viewer),
        "may_ask": permits(list(viewer.roles), "send_request"),
        "given": request.POST,
        "problem": problem,
        "part": "requests",
        **ask_context(request),
        **tabs(request),
    }
    return render(request, "requests.html", context, status=400 if problem else 200)


def _one(request: OfficerRequest, request_id: uuid.UUID, *, problem: str = "") -> HttpResponse:
    now, held = timezone.now(), list(request.officer.roles)
    sheet = queries.request_by_id(request.officer, request_id, now=now, page=page_asked(request))
    context = {
        "sheet": sheet,
        "page": sheet.rows,
        "query": query_without_page(request),
        "now": now,
        "retention": queries.retention_days(sheet.request.provider, sheet.request.sent_at),
        "may_remind": permits(held, "send_reminder") and sheet.request.answered_at is None,
        "may_close": permits(held, "close_request") and sheet.request.answered_at is None,
        "may_render": permits(held, "render_document"),
        "problem": problem,
        "typed": request.POST.get("text", ""),
        "key": uuid.uuid4(),
        "part": "requests",
        "malayalam": is_malayalam(),
        **tabs(request),
    }
    return render(request, "request.html", context, status=400 if problem else 200)


def _to(request_id: uuid.UUID) -> HttpResponse:
    return done(reverse("request", args=[request_id]))
