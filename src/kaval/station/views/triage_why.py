"""Why a subject stands where it stands, in words a supervisor can check; and the band an officer sets instead."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.rules.triage import BAND_CODES
from kaval.station.forms.triage import BandForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import triage_desk as desk
from kaval.station.queries import triage_why as queries
from kaval.station.queries.people import station_time
from kaval.station.queries.scope import found, subjects_seen
from kaval.station.queries.subjects import survivor_of
from kaval.station.roles import permits
from kaval.station.views.asked import text_asked
from kaval.station.views.frame import is_malayalam
from kaval.station.views.triage_words import (
    band_words,
    clock_words,
    done_words,
    part_words,
    records_words,
    said_once,
    words_here,
)


@dataclass(frozen=True, slots=True)
class Report:
    """A report of the subject with what it lacks in words."""

    row: queries.Completeness
    missing: tuple[str, ...]


@require_safe
def why(request: OfficerRequest, subject_id: uuid.UUID) -> HttpResponse:
    """The page of one subject; one that was merged leads to the subject it belongs to now."""
    survivor = survivor_of(request.officer, subject_id)
    if survivor is not None:
        return redirect("subject-why", subject_id=survivor)
    return _page(request, subject_id)


@require_POST
def set_band(request: OfficerRequest, subject_id: uuid.UUID) -> HttpResponse:
    """Puts an officer's band in place of the rules'; what is refused is said above the page."""
    subject = found(subjects_seen(request.officer), subject_id)
    form = BandForm(request.POST)
    if not form.is_valid():
        return _page(request, subject_id, problem=words_here()["set_reason"])
    given = form.cleaned_data
    try:
        desk.set_band(
            by=request.officer,
            at=timezone.now(),
            key=str(given["key"]),
            subject=subject.pk,
            band=given["band"],
            text=given["text"],
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _page(request, subject_id, problem=refused.text)
    return HttpResponse(
        status=303, headers={"Location": f"{reverse('subject-why', args=[subject_id])}?done=band-1"}
    )


def _page(request: OfficerRequest, subject_id: uuid.UUID, *, problem: str = "") -> HttpResponse:
    sheet = queries.why_sheet(request.officer, subject_id)
    now, malayalam = station_time(timezone.now()), is_malayalam()
    roles, subject = list(request.officer.roles), sheet.subject
    context = {
        "t": words_here(),
        "sheet": sheet,
        "subject": subject,
        "band": band_words(sheet.band, now),
        "clock": clock_words(subject.due_at, now=now, malayalam=malayalam),
        "records": records_words(subject.records_until, now=now, malayalam=malayalam),
        "parked_because": said_once(subject.parked_text, malayalam=malayalam),
        "reports": [
            Report(one, tuple(part_words(part, malayalam=malayalam) for part in one.missing))
            for one in sheet.reports
        ],
        "history": [(one, band_words(one.band, one.at)) for one in sheet.history],
        "bands": [(code, band_words(code, now)) for code in BAND_CODES],
        "may": {name: permits(roles, name) for name in ("take_subjects", "park_subjects", "set_band")},
        "problem": problem,
        "text": request.POST.get("text", "")[:500],
        "done": done_words(text_asked(request, "done"), malayalam=malayalam),
        "key": uuid.uuid4(),
    }
    return render(request, "triage_why.html", context, status=400 if problem else 200)
