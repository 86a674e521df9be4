"""Clocks: the limits that run, for an officer, a station, a district or the unit; and the same as a calendar."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.formats.icalendar_write import CalendarEntry, calendar_file
from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.rules.cases.clock_rules import RULES
from kaval.engine.rules.cases.clocks import Clock, ClockState, words_of_event
from kaval.station.forms.clocks import MeetForm
from kaval.station.forms.once import first_problem
from kaval.station.models import DeadlineDone
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.clocks import meet_clock
from kaval.station.queries import clocks as queries
from kaval.station.queries import scope
from kaval.station.queries.clock_events import UNRECORDED
from kaval.station.queries.people import station_time
from kaval.station.roles import permits
from kaval.station.views.asked import page_asked, query_without_page, text_asked
from kaval.station.views.clock_words import clock_words_here
from kaval.station.views.frame import is_malayalam
from kaval.station.views.triage_words import Clock as TimeLeft
from kaval.station.views.triage_words import clock_words

_STATES: Final = ("open", "overdue", "due_soon", "running", "met")
_CHIPS: Final = {"overdue": "bad", "due_soon": "warn", "running": "", "met": "good"}
# A calendar leaves the station: before the day it must not say that a place is in a plan.
_NOT_IN_CALENDAR: Final = frozenset({"ground_age"})
_REMIND_AT_MOST: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A clock as the page shows it; `note` is what a person said when it was met."""

    clock: Clock
    words: str
    event: str
    left: TimeLeft
    chip: str
    law: str
    by_record: bool
    note: DeadlineDone | None


@require_safe
def clocks_page(request: OfficerRequest) -> HttpResponse:
    """The clocks asked for, overdue ones first."""
    return _page(request)


@require_POST
def meet(request: OfficerRequest) -> HttpResponse:
    """Marks one clock as kept; the same form sent twice is one act."""
    form = MeetForm(request.POST)
    if not form.is_valid():
        return _page(request, problem=first_problem(form))
    given, now = form.cleaned_data, timezone.now()
    try:
        meet_clock(
            by=request.officer,
            at=now,
            key=f"{given['key']} {given['clock']}",
            clock=given["clock"],
            text=given["text"],
            done_at=given["done_at"] or station_time(now),
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _page(request, problem=refused.text)
    query = urlencode({**_kept(request), "done": "1"})
    return HttpResponse(status=303, headers={"Location": f"{reverse('clocks')}?{query}"})


@require_safe
def calendar(request: OfficerRequest) -> HttpResponse:
    """The same list as a calendar file; what is kept already is not in it."""
    now, malayalam = station_time(timezone.now()), is_malayalam()
    found = queries.clocks_asked(request.officer, now, asked=_asked(request))
    entries = [_entry(one, malayalam=malayalam) for one in found if _leaves(one)]
    response = HttpResponse(calendar_file(entries, stamp=now), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="clocks.ics"'
    return response


def _leaves(one: Clock) -> bool:
    return one.state is not ClockState.MET and one.id not in _NOT_IN_CALENDAR


def _entry(one: Clock, *, malayalam: bool) -> CalendarEntry:
    words = one.text_ml if malayalam else one.text
    remind = min((one.latest_at - one.started_at) / 4, _REMIND_AT_MOST)
    return CalendarEntry(
        f"{one.key}@kaval.invalid", one.latest_at, f"{words} ({one.reference})", one.reference, remind
    )


def _page(request: OfficerRequest, *, problem: str = "") -> HttpResponse:
    viewer, now, malayalam = request.officer, station_time(timezone.now()), is_malayalam()
    asked = _asked(request)
    page, counted = queries.clocks_page(viewer, now, asked=asked, page=page_asked(request))
    notes = queries.notes_on([one.key for one in page if one.state is ClockState.MET])
    reach = scope.reach_of(viewer)
    context = {
        "c": clock_words_here(),
        "page": page,
        "lines": [_line(one, now, note=notes.get(one.key), malayalam=malayalam) for one in page],
        "asked": asked,
        "state": asked.state or "open",
        "states": [
            (state, sum(counted.values()) - counted["met"] if state == "open" else counted[state])
            for state in _STATES
        ],
        "whole": {"team": "team", "district": "district_list", "state": "state_list"}[reach.value],
        "districts": queries.districts_to_choose(viewer),
        "stations": queries.stations_to_choose(viewer),
        "kinds": [(rule.id, rule.words[malayalam]) for rule in RULES],
        "unrecorded": ", ".join(words_of_event(one, malayalam=malayalam) for one in UNRECORDED),
        "narrowed": bool(asked.station or asked.district or asked.clock),
        "query": query_without_page(request),
        "kept": urlencode(_kept(request)),
        "may_meet": permits(list(viewer.roles), "meet_clock"),
        "problem": problem,
        "done": bool(text_asked(request, "done")) and not problem,
        "now": now,
        "key": uuid.uuid4(),
    }
    return render(request, "clocks.html", context, status=400 if problem else 200)


def _line(one: Clock, now: datetime, *, note: DeadlineDone | None, malayalam: bool) -> Line:
    return Line(
        one,
        one.text_ml if malayalam else one.text,
        words_of_event(one.from_event, malayalam=malayalam),
        clock_words(one.latest_at, now=now, malayalam=malayalam),
        "warn" if one.late else _CHIPS[one.state.value],
        one.law.partition(";")[0],  # the provision; behind it stands where the project's own note has it
        one.id in queries.BY_RECORD,
        note,
    )


def _asked(request: HttpRequest) -> queries.ClockFilter:
    state = text_asked(request, "state")
    return queries.ClockFilter(
        mine=text_asked(request, "list") == "mine",
        station=text_asked(request, "station"),
        district=text_asked(request, "district"),
        state=state if state in _STATES[1:] else "",
        clock=text_asked(request, "clock"),
    )


def _kept(request: HttpRequest) -> dict[str, str]:
    """The filter alone, to be kept through a form."""
    names = ("list", "station", "district", "state", "clock")
    return {name: text for name in names if (text := text_asked(request, name))}
