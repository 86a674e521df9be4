"""The attribution sheet of one subject on the screen, and the papers made from it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.documents.india import attribution_sheet as paper
from kaval.engine.documents.provisions import provisions
from kaval.engine.documents.registry import spec_of
from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.rules.court.sheet_facts import SheetFacts
from kaval.station.forms.sheet import PAPERS, PaperForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.papers import render_document
from kaval.station.queries import sheet as queries
from kaval.station.queries.documents import documents_about
from kaval.station.queries.people import station_time
from kaval.station.queries.scope import area_is_shown, found, subjects_seen
from kaval.station.queries.subjects import survivor_of
from kaval.station.roles import permits
from kaval.station.views.frame import is_malayalam
from kaval.station.views.sheet_screen import Screen, drawn, screen_of
from kaval.station.views.sheet_words import words_here


@require_safe
def sheet(request: OfficerRequest, subject_id: uuid.UUID) -> HttpResponse:
    """The sheet; a subject that was merged leads to the one it belongs to now."""
    survivor = survivor_of(request.officer, subject_id)
    if survivor is not None:
        return redirect("attribution-sheet", subject_id=survivor)
    return _page(request, subject_id)


@require_POST
def make_paper(request: OfficerRequest, subject_id: uuid.UUID) -> HttpResponse:
    """Renders and seals a paper about the attribution; what is refused is said above the sheet."""
    subject = found(subjects_seen(request.officer), subject_id)
    form = PaperForm(request.POST)
    here = HttpResponse(status=303, headers={"Location": reverse("attribution-sheet", args=[subject_id])})
    if not form.is_valid():  # the page offers nothing that is not valid
        return here
    given = form.cleaned_data
    try:
        row = render_document(
            by=request.officer,
            at=timezone.now(),
            key=str(given["key"]),
            kind=given["kind"],
            subject=subject.pk,
            language=given["language"],
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _page(request, subject_id, problem=refused.text)
    if area_is_shown(request.officer, "documents"):
        return HttpResponse(status=303, headers={"Location": reverse("document", args=[row.pk])})
    return here


def _page(request: OfficerRequest, subject_id: uuid.UUID, *, problem: str = "") -> HttpResponse:
    row = queries.attribution_shown(request.officer, subject_id)
    now = station_time(timezone.now())
    facts = queries.sheet_facts(row, number=row.subject.number, at=now) if row else None
    subject = found(subjects_seen(request.officer), subject_id)
    t, malayalam = words_here(), is_malayalam()
    context = {
        "t": t,
        "subject": subject,
        "facts": facts,
        "level": t[f"level_{facts.level}"] if facts else "",
        "screen": _screen(facts, malayalam=malayalam) if facts else None,
        "now": now,
        "problem": problem,
        "may_render": permits(list(request.officer.roles), "render_document"),
        "papers": [(kind, t[kind]) for kind in PAPERS],
        "made": documents_about(request.officer, subject_id),
        "key": uuid.uuid4(),
    }
    return render(request, "attribution_sheet.html", context, status=400 if problem else 200)


def _screen(facts: SheetFacts, *, malayalam: bool) -> Screen:
    document = spec_of("in.attribution_sheet").build(facts, provisions())
    pictures = {paper.observation_title(facts, one): picture for one in facts.seen if (picture := drawn(one))}
    return screen_of(document, malayalam=malayalam, drawings=pictures, alarm=paper.ALARM)
