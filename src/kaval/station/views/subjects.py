"""Subjects in triage order, and the sheet of one subject."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import subjects as queries
from kaval.station.queries.reasons import rule_of
from kaval.station.views.asked import page_asked, query_without_page, text_asked
from kaval.station.views.frame import is_malayalam


@require_safe
def subjects(request: OfficerRequest) -> HttpResponse:
    """The list, as a whole or only those stopped by one check or at one level."""
    blocked, level = text_asked(request, "blocked"), text_asked(request, "level")
    page = queries.subjects_by_score(
        request.officer,
        blocked=blocked,
        page=page_asked(request),
        level=int(level) if level in ("0", "1", "2", "3", "4") else None,
    )
    return render(
        request,
        "subjects.html",
        {
            "page": page,
            "blocked": blocked,
            "level": level,
            "query": query_without_page(request),
            "rule": rule_of(blocked, malayalam=is_malayalam()) if blocked else "",
        },
    )


@require_safe
def subject(request: OfficerRequest, subject_id: uuid.UUID) -> HttpResponse:
    """One subject with leads, score and attribution; one that was merged leads to the subject it belongs to now."""
    survivor = queries.survivor_of(request.officer, subject_id)
    if survivor is not None:
        return redirect("subject", subject_id=survivor)
    return render(request, "subject.html", {"sheet": queries.subject_by_id(request.officer, subject_id)})
