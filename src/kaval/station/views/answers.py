"""Answers of providers: taken in by the clerk, recorded by the analyst; their forms, accepted by another officer."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.station.forms.requests import CHANNELS, ReasonForm, RecordForm, TakeAnswerForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.answers import accept_template, record_answer
from kaval.station.operations.intake import receive_file
from kaval.station.queries import providers as queries
from kaval.station.queries.scope import NotVisible
from kaval.station.roles import permits
from kaval.station.staging import clean_name
from kaval.station.views.asked import page_asked, query_without_page
from kaval.station.views.attempts import done, problem_of
from kaval.station.views.request_words import change_in_words, sentences
from kaval.station.views.requests import tabs

# A page holds a file in memory; a larger one comes at the command line.
MOST_BYTES = 64 * 1024 * 1024


@require_safe
def answers(request: OfficerRequest) -> HttpResponse:
    """What waits to be recorded, and what is on record."""
    return _list(request)


@require_POST
def take_answer(request: OfficerRequest) -> HttpResponse:
    """Seals a provider's file as it came."""
    form, upload = TakeAnswerForm(request.POST), request.FILES.get("file")
    if upload is None or not upload.size:
        return _list(request, problem=sentences()["bad_file"])
    if upload.size > MOST_BYTES:
        return _list(request, problem=sentences()["too_large"])

    def act() -> None:
        given = form.cleaned_data
        known = {one.id: one for one in queries.providers_to_choose(request.officer)}
        if given["provider"] not in known:
            raise NotVisible(str(given["provider"]))
        receive_file(
            by=request.officer,
            at=timezone.now(),
            key=str(given["key"]),
            name=clean_name(upload.name or "answer"),
            content=upload.read(),
            source=f"provider:{known[given['provider']].code}",
            channel=given["channel"],
        )

    problem = problem_of(form, act)
    return _list(request, problem=problem) if problem else done(reverse("answers"))


@require_POST
def record(request: OfficerRequest) -> HttpResponse:
    """Records one file as an answer."""
    form = RecordForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        receipt, provider = queries.receipt_to_record(request.officer, given["receipt"])
        record_answer(
            by=request.officer,
            at=timezone.now(),
            key=f"{given['key']} {receipt.id}",
            receipt=receipt,
            provider=provider,
            channel_agreed=given["agreed"],
            certificate=given["certificate"],
        )

    problem = problem_of(form, act)
    return (
        _list(request, problem=problem, at=request.POST.get("receipt", ""))
        if problem
        else done(reverse("answers"))
    )


@require_safe
def answer_forms(request: OfficerRequest) -> HttpResponse:
    """Forms of answers met, those nobody accepted first."""
    page = queries.templates_listed(request.officer, page=page_asked(request))
    context = {"page": page, "query": query_without_page(request), "part": "forms", **tabs(request)}
    return render(request, "answer_forms.html", context)


@require_safe
def answer_form(request: OfficerRequest, template_id: uuid.UUID) -> HttpResponse:
    """One form, with what changed."""
    return _form(request, template_id)


@require_POST
def accept_form(request: OfficerRequest, template_id: uuid.UUID) -> HttpResponse:
    """Accepts a form."""
    sheet, form = queries.template_by_id(request.officer, template_id), ReasonForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        accept_template(
            by=request.officer,
            at=timezone.now(),
            key=str(given["key"]),
            template=sheet.template,
            text=given["text"],
        )

    problem = problem_of(form, act)
    return (
        _form(request, template_id, problem=problem)
        if problem
        else done(reverse("answer-form", args=[template_id]))
    )


def _list(request: OfficerRequest, *, problem: str = "", at: str = "") -> HttpResponse:
    held = list(request.officer.roles)
    context = {
        "waiting": queries.answers_to_record(request.officer),
        "page": queries.answers_recorded(request.officer, page=page_asked(request)),
        "query": query_without_page(request),
        "providers": queries.providers_to_choose(request.officer),
        "channels": CHANNELS,
        "may_take": permits(held, "receive_file"),
        "may_record": permits(held, "record_answer"),
        "problem": problem,
        "problem_at": at,
        "key": uuid.uuid4(),
        "part": "answers",
        **tabs(request),
    }
    return render(request, "answers.html", context, status=400 if problem else 200)


def _form(request: OfficerRequest, template_id: uuid.UUID, *, problem: str = "") -> HttpResponse:
    sheet, words = queries.template_by_id(request.officer, template_id), sentences()
    shape = sheet.template.shape
    forms = shape.get("forms", {})
    may = permits(list(request.officer.roles), "accept_template")
    context = {
        "sheet": sheet,
        "changed": [change_in_words(code, values) for code, values in sheet.changed],
        "columns": [(name, forms.get(name, "")) for name in shape.get("header", ())],
        "dates": words.get(f"order_{shape.get('order', '')}", ""),
        "own": request.officer.id in sheet.recorders,
        "may_accept": may and sheet.template.accepted_by_id is None,
        "problem": problem,
        "typed": request.POST.get("text", ""),
        "key": uuid.uuid4(),
        "part": "forms",
        **tabs(request),
    }
    return render(request, "answer_form.html", context, status=400 if problem else 200)
