"""The queue: which subject first, narrowed, worked on in bulk, by mouse, keyboard or without a script."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.station.forms.triage import QueueForm, ViewForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import triage_desk as desk
from kaval.station.queries import triage_queue as queries
from kaval.station.queries.people import station_time
from kaval.station.queries.triage_views import views_of
from kaval.station.roles import permits
from kaval.station.views.asked import id_asked, page_asked, text_asked
from kaval.station.views.frame import is_malayalam
from kaval.station.views.triage_words import (
    Clock,
    band_words,
    clock_words,
    done_words,
    records_words,
    said_once,
    words_here,
)

_KEPT: Final = (
    "stage", "band", "source", "provider", "district", "overdue", "mine", "untaken", "parked", "expiring",
)  # fmt: skip
_FLAGS: Final = ("overdue", "mine", "untaken")
_ACTS: Final = ("take_subjects", "park_subjects", "bring_back_subjects", "save_view")


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the queue in words."""

    row: queries.QueueRow
    band: str
    clock: Clock
    records: Clock
    parked_because: str
    ticked: bool


@require_safe
def queue(request: OfficerRequest) -> HttpResponse:
    """One of the two queues, or what is parked."""
    return _queue_page(request)


@require_POST
def act(request: OfficerRequest) -> HttpResponse:
    """Takes, gives back, parks or brings back what was ticked; what a rule refuses is said above the queue."""
    form = QueueForm(request.POST)
    if not form.is_valid():
        return _queue_page(request, problem=words_here()["choose_some"])
    chosen, told = form.cleaned_data, form.cleaned_data["act"]
    subjects = queries.subjects_among(request.officer, chosen["subject"])
    given: dict[str, Any] = {
        "by": request.officer,
        "at": timezone.now(),
        "key": str(chosen["key"]),
        "subjects": subjects,
    }
    try:
        if told in ("take", "give_back"):
            number = desk.take_subjects(**given, officer=request.officer if told == "take" else None)
        elif told == "park":
            number = desk.park_subjects(**given, text=chosen["text"])
        else:
            number = desk.bring_back_subjects(**given, text=chosen["text"])
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _queue_page(request, problem=refused.text, ticked=subjects, text=chosen["text"])
    done = {"take": "taken", "give_back": "given", "park": "parked", "bring_back": "back"}[told]
    if request.POST.get("from") == "why" and len(subjects) == 1:
        where = f"{reverse('subject-why', args=[subjects[0]])}?done={done}-{number}"
        return HttpResponse(status=303, headers={"Location": where})
    return _back(request, f"{done}-{number}")


@require_POST
def view(request: OfficerRequest) -> HttpResponse:
    """Keeps the filter of the address under a name, or drops one."""
    form = ViewForm(request.POST)
    if not form.is_valid():
        return _queue_page(request, problem=words_here()["view_name"])
    name, key = form.cleaned_data["name"], str(form.cleaned_data["key"])
    at = timezone.now()
    try:
        if form.cleaned_data["drop"]:
            desk.drop_view(by=request.officer, at=at, key=key, name=name)
            return _back(request, "dropped-1")
        desk.save_view(by=request.officer, at=at, key=key, name=name, query=_kept(request.GET))
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _queue_page(request, problem=refused.text)
    return _back(request, "view-1")


def _queue_page(
    request: OfficerRequest, *, problem: str = "", ticked: Sequence[uuid.UUID] = (), text: str = ""
) -> HttpResponse:
    chosen, now, t = _filter(request), station_time(timezone.now()), words_here()
    page = queries.queue_page(request.officer, chosen, now=now, page=page_asked(request))
    roles, kept = list(request.officer.roles), _kept(request.GET)
    choices = queries.queue_choices(request.officer)
    context = {
        "t": t,
        "part": "triage",
        "page": page,
        "rows": [_shown(row, now=now, ticked=row.id in ticked) for row in page],
        "counts": queries.queue_counts(request.officer, chosen.stage, now=now),
        "choices": choices,
        "bands": [(code, band_words(code, now)) for code in choices.bands],
        "chosen": chosen,
        "flags": [(name, t[name], getattr(chosen, name)) for name in _FLAGS],
        "views": views_of(request.officer),
        "query": kept,
        "now": now,
        "problem": problem,
        "text": text,
        "done": done_words(text_asked(request, "done"), malayalam=is_malayalam()),
        "may": {name: permits(roles, name) for name in _ACTS},
        "key": uuid.uuid4(),
    }
    return render(request, "triage.html", context, status=400 if problem else 200)


def _shown(row: queries.QueueRow, *, now: datetime, ticked: bool) -> Shown:
    malayalam = is_malayalam()
    return Shown(
        row,
        band_words(row.band, now),
        clock_words(row.due_at, now=now, malayalam=malayalam),
        records_words(row.records_until, now=now, malayalam=malayalam),
        said_once(row.parked_text, malayalam=malayalam),
        ticked,
    )


def _filter(request: HttpRequest) -> queries.QueueFilter:
    """What the address asks for; nonsense is nothing asked."""
    days = text_asked(request, "expiring")
    return queries.QueueFilter(
        stage=2 if text_asked(request, "stage") == "2" else 1,
        band=text_asked(request, "band"),
        source=text_asked(request, "source"),
        provider=text_asked(request, "provider"),
        district=id_asked(request, "district"),
        overdue=bool(text_asked(request, "overdue")),
        mine=bool(text_asked(request, "mine")),
        untaken=bool(text_asked(request, "untaken")),
        parked=bool(text_asked(request, "parked")),
        expiring_days=int(days)
        if days.isascii() and days.isdigit() and int(days) <= queries.LONGEST
        else None,
    )


def _kept(query: QueryDict) -> str:
    """The filter of an address, in one order, without what is empty."""
    return urlencode([(name, query[name][:120]) for name in _KEPT if query.get(name)])


def _back(request: OfficerRequest, done: str) -> HttpResponse:
    kept = _kept(request.GET)
    where = f"{reverse('triage')}?{kept}&done={done}" if kept else f"{reverse('triage')}?done={done}"
    return HttpResponse(status=303, headers={"Location": where})
