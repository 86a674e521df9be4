"""Checks on triage itself: calibration against outcomes, samples of what is parked, completeness by sender."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.rules.triage import CalibrationRow, band_order
from kaval.station.forms.triage import DrawForm, JudgeForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import triage_desk as desk
from kaval.station.queries import triage_samples as samples_read
from kaval.station.queries.people import station_time
from kaval.station.queries.triage_calibration import calibration as calibration_read
from kaval.station.queries.triage_quality import SenderRow, senders
from kaval.station.roles import permits
from kaval.station.views.asked import choice_asked, page_asked, text_asked
from kaval.station.views.frame import is_malayalam
from kaval.station.views.triage_words import (
    band_words,
    done_words,
    part_words,
    said_once,
    words_here,
)

DAYS: Final = (7, 30, 90, 365)
_PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class Counted:
    """A row of the calibration in words; `interval` in per cent of a drawing 100 wide, None: nothing is decided."""

    row: CalibrationRow
    band: str
    share: str
    interval: str
    low: float | None
    width: float | None
    at: float | None


@dataclass(frozen=True, slots=True)
class Sender:
    """A sender with the parts its reports lack most, in words."""

    row: SenderRow
    missing: str


@require_safe
def calibration(request: OfficerRequest) -> HttpResponse:
    """Bands against outcomes, of stage 1 or 2."""
    stage, now = 2 if text_asked(request, "stage") == "2" else 1, station_time(timezone.now())
    rows, malayalam = calibration_read(request.officer, stage=stage), is_malayalam()
    context = {
        "t": words_here(),
        "part": "calibration",
        "stage": stage,
        "versions": _by_version(rows, now),
        "remarks": [one.text_ml if malayalam else one.text for one in band_order(rows)],
    }
    return render(request, "triage_calibration.html", context)


@require_safe
def samples(request: OfficerRequest) -> HttpResponse:
    """What was drawn, to be judged, and what the verdicts say of each rule."""
    return _samples_page(request)


@require_POST
def draw(request: OfficerRequest) -> HttpResponse:
    """Draws a sample of what rules parked."""
    form = DrawForm(request.POST)
    if not form.is_valid():
        return _samples_page(request, problem=words_here()["wi_bad"])
    given = form.cleaned_data
    try:
        number = desk.draw_parked_sample(
            by=request.officer, at=timezone.now(), key=str(given["key"]), size=given["size"]
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _samples_page(request, problem=refused.text)
    return _to_samples(f"drawn-{number}")


@require_POST
def judge(request: OfficerRequest) -> HttpResponse:
    """Keeps a verdict on one drawn subject."""
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return _samples_page(request, problem=words_here()["smp_verdict"])
    given = form.cleaned_data
    try:
        desk.judge_sample(
            by=request.officer,
            at=timezone.now(),
            key=str(given["key"]),
            sample=given["sample"],
            verdict=given["verdict"],
            text=given["text"],
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _samples_page(request, problem=refused.text)
    return _to_samples("judged-1")


@require_safe
def quality(request: OfficerRequest) -> HttpResponse:
    """How complete reports arrive, by sender."""
    days = choice_asked(request, "days", choices=DAYS, default=30)
    malayalam = is_malayalam()
    found = senders(request.officer, since=station_time(timezone.now()) - timedelta(days=days))
    rows = [Sender(row, _lacks(row, malayalam=malayalam)) for row in found]
    context = {
        "t": words_here(),
        "part": "quality",
        "rows": rows,
        "days": days,
        "choices": DAYS,
    }
    return render(request, "triage_quality.html", context)


def _samples_page(request: OfficerRequest, *, problem: str = "") -> HttpResponse:
    malayalam, viewer = is_malayalam(), request.officer
    page = samples_read.samples_to_judge(viewer, page_asked(request))
    context: dict[str, Any] = {
        "t": words_here(),
        "part": "samples",
        "page": page,
        "waiting": [(row, said_once(row.parked_text, malayalam=malayalam)) for row in page],
        "judged": samples_read.samples_judged(viewer),
        "rates": [
            (rate, _percent(rate.share), _range(rate.interval)) for rate in samples_read.rule_rates(viewer)
        ],
        "left": samples_read.parked_unchecked(viewer),
        "may_judge": permits(list(viewer.roles), "judge_sample"),
        "problem": problem,
        "done": done_words(text_asked(request, "done"), malayalam=malayalam),
        "key": uuid.uuid4(),
    }
    return render(request, "triage_samples.html", context, status=400 if problem else 200)


def _to_samples(done: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": f"{reverse('triage-samples')}?done={done}"})


def _by_version(rows: Sequence[CalibrationRow], now: datetime) -> list[tuple[str, list[Counted]]]:
    """The rows under the version of the rules that made them, the newest version first."""
    versions = sorted({row.rule_version for row in rows}, reverse=True)
    return [(each, [_counted(row, now) for row in rows if row.rule_version == each]) for each in versions]


def _counted(row: CalibrationRow, now: datetime) -> Counted:
    low, high = row.interval if row.interval else (None, None)
    return Counted(
        row,
        band_words(row.band, now),
        _percent(row.share),
        _range(row.interval),
        None if low is None else round(100 * low, 1),
        None if low is None or high is None else round(100 * (high - low), 1),
        None if row.share is None else round(100 * row.share, 1),
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def _range(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f"{100 * interval[0]:.0f}–{100 * interval[1]:.0f} %"


def _lacks(row: SenderRow, *, malayalam: bool) -> str:
    """The parts most often lacking, each with the share of the reports asked for it that lack it."""
    named = (
        f"{part_words(part, malayalam=malayalam)} {100 * share:.0f} %" for part, share in row.missing[:_PARTS]
    )
    return ", ".join(named)
