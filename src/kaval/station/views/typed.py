"""Observations that no reader can read: typed by one officer, typed again by another who does not see the first."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import RefusedError
from kaval.station.forms.requests import FirstEntryForm, TypedForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.double_entry import (
    TypedObservation,
    confirm_observation,
    enter_observation,
)
from kaval.station.queries import requests as queries
from kaval.station.roles import permits
from kaval.station.views.attempts import done, problem_of
from kaval.station.views.request_words import sentences
from kaval.station.views.requests import tabs

_FIELDS = ("ip", "port", "transport", "time", "event", "place")


@require_safe
def typed(request: OfficerRequest) -> HttpResponse:
    """Entries that wait for a second officer, and the form for a first one."""
    return _list(request)


@require_POST
def enter_first(request: OfficerRequest) -> HttpResponse:
    """Keeps a first entry."""
    form = FirstEntryForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        lead = queries.accepted_lead(request.officer, given["lead"])
        if lead is None:
            raise RefusedError("LEAD", sentences()["no_lead"])
        enter_observation(
            by=request.officer, at=timezone.now(), key=str(given["key"]), lead=lead, typed=_typed(form)
        )

    problem = problem_of(form, act)
    return _list(request, problem=problem) if problem else done(reverse("typed"))


@require_safe
def second_entry(request: OfficerRequest, entry_id: uuid.UUID) -> HttpResponse:
    """The form of the second entry; nothing of the first is on it."""
    return _second(request, entry_id)


@require_POST
def enter_second(request: OfficerRequest, entry_id: uuid.UUID) -> HttpResponse:
    """Compares the second entry with the first."""
    entry, form = queries.typed_entry(request.officer, entry_id), TypedForm(request.POST)

    def act() -> None:
        confirm_observation(
            by=request.officer,
            at=timezone.now(),
            key=str(form.cleaned_data["key"]),
            entry=entry,
            typed=_typed(form),
        )

    problem = problem_of(form, act)
    return (
        _second(request, entry_id, problem=problem)
        if problem
        else done(reverse("lead", args=[entry.lead_id]))
    )


def _typed(form: TypedForm) -> TypedObservation:
    return TypedObservation(**{name: form.cleaned_data[name] for name in _FIELDS})


def _list(request: OfficerRequest, *, problem: str = "") -> HttpResponse:
    context = {
        "rows": queries.typed_entries(request.officer),
        "may_type": permits(list(request.officer.roles), "enter_observation"),
        "given": request.POST,
        "problem": problem,
        "key": uuid.uuid4(),
        "part": "typed",
        **tabs(request),
    }
    return render(request, "typed.html", context, status=400 if problem else 200)


def _second(request: OfficerRequest, entry_id: uuid.UUID, *, problem: str = "") -> HttpResponse:
    context = {
        "entry": queries.typed_entry(request.officer, entry_id),
        "given": request.POST,
        "problem": problem,
        "key": uuid.uuid4(),
        "part": "typed",
        **tabs(request),
    }
    return render(request, "typed_again.html", context, status=400 if problem else 200)
