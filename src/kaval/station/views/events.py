"""Other units' events beside one operation: what is open, what was cleared, and what other units told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, ReaderError, RefusedError
from kaval.station.forms.events import EventForm, ReasonForm, TableForm
from kaval.station.forms.once import OnceForm, first_problem
from kaval.station.models import Operation
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import deconfliction_events as acts
from kaval.station.queries import events as queries
from kaval.station.queries.operations import operation_seen
from kaval.station.roles import permits
from kaval.station.views.asked import page_asked, query_without_page
from kaval.station.views.event_words import refused_words, sentences

_MAY: Final = ("add_event", "import_events", "withdraw_event", "find_pointers", "clear_pointer")


@require_safe
def events(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """The page of one operation."""
    return _page(request, operation_id)


@require_POST
def act(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Does one of the acts of the page; the form says which."""
    operation = operation_seen(request.officer, operation_id)
    chosen = _ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        return _page(request, operation_id, problem=sentences()["err_act"])
    made, do = chosen
    form = made(request.POST, request.FILES)
    if not form.is_valid():
        problem = first_problem(form)
        return _page(request, operation_id, problem=sentences().get(problem, problem))
    try:
        do(request, operation, form)
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _page(request, operation_id, problem=refused_words(refused))
    except ReaderError as unread:
        return _page(request, operation_id, problem=str(unread))
    return HttpResponse(
        status=303, headers={"Location": f"{reverse('events', args=[operation_id])}?done=yes"}
    )


def _add(request: OfficerRequest, _: Operation, form: EventForm) -> None:
    acts.add_event(by=request.officer, at=timezone.now(), key=_key(form), event=form.event())


def _import(request: OfficerRequest, _: Operation, form: TableForm) -> None:
    file = form.cleaned_data["file"]
    acts.import_events(
        by=request.officer, at=timezone.now(), key=_key(form), content=file.read(), file=file.name[:120]
    )


def _withdraw(request: OfficerRequest, _: Operation, form: ReasonForm) -> None:
    acts.withdraw_event(
        by=request.officer,
        at=timezone.now(),
        key=_key(form, "row"),
        event=queries.event_by_id(request.officer, form.cleaned_data["row"]),
        text=form.cleaned_data["text"],
    )


def _look(request: OfficerRequest, operation: Operation, form: OnceForm) -> None:
    acts.find_pointers(by=request.officer, at=timezone.now(), key=_key(form), operation=operation)


def _clear(request: OfficerRequest, operation: Operation, form: ReasonForm) -> None:
    acts.clear_pointer(
        by=request.officer,
        at=timezone.now(),
        key=_key(form, "row"),
        operation=operation,
        pointer=form.cleaned_data["row"],
        text=form.cleaned_data["text"],
    )


_Act = tuple[type[OnceForm], Callable[[OfficerRequest, Operation, Any], object]]
_ACTS: Final[dict[str, _Act]] = {
    "add": (EventForm, _add),
    "import": (TableForm, _import),
    "withdraw": (ReasonForm, _withdraw),
    "look": (OnceForm, _look),
    "clear": (ReasonForm, _clear),
}


def _key(form: OnceForm, *names: str) -> str:
    """One page holds many forms under one key; an act belongs to one row."""
    return " ".join(str(form.cleaned_data[name]) for name in ("key", *names))


def _page(request: OfficerRequest, operation_id: uuid.UUID, *, problem: str = "") -> HttpResponse:
    roles = list(request.officer.roles)
    return render(
        request,
        "events.html",
        {
            "w": sentences(),
            "sheet": queries.events_sheet(request.officer, operation_id, page=page_asked(request)),
            "query": query_without_page(request),
            "may": {name: permits(roles, name) for name in _MAY},
            "typed": request.POST if problem else {},
            "problem": problem,
            "done": sentences()["done"] if request.GET.get("done") else "",
            "key": uuid.uuid4(),
        },
        status=400 if problem else 200,
    )
