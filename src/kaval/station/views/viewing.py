"""An examination without a picture in it, and the one page on which one item is seen: guarded, for seconds, on record.

The picture is made for the page by a confined process (`lab.rendition`) and stands in the page itself: there is no
address under which it could be fetched again, and nothing of it is kept.
"""

from __future__ import annotations

import base64
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.rules.examination.viewing import LEVELS
from kaval.station.forms.viewing import OpenForm, RuleForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import viewing as acts
from kaval.station.queries import viewing as queries
from kaval.station.roles import permits, shows
from kaval.station.views.asked import page_asked, query_without_page
from kaval.station.views.viewing_words import (
    fact_words,
    level_words,
    refusal,
    refused_words,
    viewing_words_here,
)


@require_safe
def examination(request: OfficerRequest, exhibit_id: uuid.UUID) -> HttpResponse:
    """Counts, provenance, facts, indicators and the order of work of one device."""
    sheet = queries.examination_sheet(request.officer, exhibit_id, page=page_asked(request))
    context = {
        "sheet": sheet,
        "facts": [{**one, "words": fact_words(str(one.get("fact")))} for one in sheet.facts],
        "tests": [
            {**one, "lacking": [fact_words(str(name)) for name in one.get("lacking") or ()]}
            for one in sheet.tests
        ],
        "w": viewing_words_here(),
        "may_view": shows(list(request.officer.roles), "viewing"),
        "query": query_without_page(request),
    }
    return render(request, "examination.html", context)


@require_safe
def viewing(request: OfficerRequest) -> HttpResponse:
    """The day's budget, the floor, and one's own limit."""
    return _rules_page(request)


@require_POST
def set_floor(request: OfficerRequest) -> HttpResponse:
    """Sets the unit's floor."""
    return _set(request, floor=True)


@require_POST
def set_own(request: OfficerRequest) -> HttpResponse:
    """Sets one's own limit."""
    return _set(request, floor=False)


@require_safe
def item(request: OfficerRequest, item_id: uuid.UUID) -> HttpResponse:
    """One item in words, and the form that asks why it must be opened."""
    return _item_page(request, item_id)


@require_POST
def open_item(request: OfficerRequest, item_id: uuid.UUID) -> HttpResponse:
    """Opens the item, or says why not and keeps what was written."""
    viewed = queries.item_by_id(request.officer, item_id)
    form = OpenForm(request.POST)
    if not form.is_valid():
        return _item_page(request, item_id, problem=viewing_words_here()["why"])
    try:
        opening = acts.open_item(
            by=request.officer,
            at=timezone.now(),
            key=str(form.cleaned_data["key"]),
            viewed=viewed,
            reason=form.cleaned_data["reason"],
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _item_page(request, item_id, problem=refusal(refused), reason=form.cleaned_data["reason"])
    return redirect("viewing-look", opening_id=opening.pk)


@require_safe
def look(request: OfficerRequest, opening_id: uuid.UUID) -> HttpResponse:
    """The item as it may be seen, as long as it may be seen; only for who opened it."""
    now = timezone.now()
    seen = queries.look_by_id(request.officer, opening_id, at=now)
    context: dict[str, Any] = {"look": seen, "w": viewing_words_here(), "key": uuid.uuid4()}
    if not seen.over and request.method == "GET":
        context |= _drawn(seen)
        context["seconds"] = max(1, round((seen.until - now).total_seconds()))
    return render(request, "viewing_look.html", context)


@require_POST
def close_item(request: OfficerRequest, opening_id: uuid.UUID) -> HttpResponse:
    """Closes the opening and goes back to the examination."""
    seen = queries.look_by_id(request.officer, opening_id, at=timezone.now())
    acts.close_item(by=request.officer, at=timezone.now(), key=str(opening_id), opening=seen.opening)
    return redirect("examination", exhibit_id=seen.viewed.examination.exhibit_id)


def _drawn(seen: queries.Look) -> dict[str, Any]:
    # The lab's decoders are loaded only where an item is really opened.
    from kaval.lab.rendition import Rendition, Wanted, render

    source = Path(settings.HOME) / seen.viewed.examination.source_path
    wanted = Wanted(str(source), seen.viewed.path, seen.viewed.sha256, seen.opening.level)
    made = render(wanted)
    if not isinstance(made, Rendition):
        return {"not_shown": refused_words(made.code, made.text), "not_shown_code": made.code}
    stills = [(base64.b64encode(one.png).decode(), one.at_s) for one in made.stills]
    return {"stills": stills, "complete": made.complete, "level": level_words(seen.opening.level)}


def _item_page(
    request: OfficerRequest, item_id: uuid.UUID, *, problem: str = "", reason: str = ""
) -> HttpResponse:
    viewed = queries.item_by_id(request.officer, item_id)
    budget = queries.budget_of(request.officer, timezone.now())
    context = {
        "viewed": viewed,
        "w": viewing_words_here(),
        "budget": budget,
        "level": level_words(budget.rule.level),
        "minutes_left": budget.seconds_left // 60,
        "problem": problem,
        "reason": reason,
        "key": uuid.uuid4(),
    }
    return render(request, "viewing_item.html", context, status=400 if problem else 200)


def _set(request: OfficerRequest, *, floor: bool) -> HttpResponse:
    form = RuleForm(request.POST)
    if not form.is_valid():
        return _rules_page(request, problem=viewing_words_here()["bad_numbers"])
    key, now = str(form.cleaned_data["key"]), timezone.now()
    try:
        if floor:
            acts.set_viewing_floor(
                by=request.officer, at=now, key=key, reason=form.cleaned_data["reason"], **form.numbers()
            )
        else:
            acts.set_own_viewing(by=request.officer, at=now, key=key, **form.numbers())
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _rules_page(request, problem=refusal(refused))
    return redirect("viewing")


def _rules_page(request: OfficerRequest, *, problem: str = "") -> HttpResponse:
    now = timezone.now()
    budget = queries.budget_of(request.officer, now)
    may_set = permits(list(request.officer.roles), "set_viewing_floor")
    context = {
        "w": viewing_words_here(),
        "budget": budget,
        "floor_level": level_words(budget.floor.level),
        "rule_level": level_words(budget.rule.level),
        "levels": [(number, level_words(number)) for number in range(len(LEVELS))],
        "own": budget.own or budget.floor,
        "own_minutes": (budget.own or budget.floor).seconds_per_day // 60,
        "floor_minutes": budget.floor.seconds_per_day // 60,
        "minutes_used": round(budget.used.seconds / 60, 1),
        "may_set": may_set,
        "people": queries.openings_by_person(now) if may_set else (),
        "problem": problem,
        "key": uuid.uuid4(),
        "other_key": uuid.uuid4(),
    }
    return render(request, "viewing.html", context, status=400 if problem else 200)
