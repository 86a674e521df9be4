"""The second reader's desk: one observation after the other, source, request and answer, the first result unseen.

`SeenResults` keeps who opened a page on which first results stand, so that nobody is given to read what he has seen.
"""

from __future__ import annotations

import uuid
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.kernel.instant import ist_text, utc_text
from kaval.station.forms.reading import ReadForm
from kaval.station.models import Officer
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import attribution_desk
from kaval.station.queries import blind as queries
from kaval.station.roles import permits
from kaval.station.views.asked import id_asked, page_asked, query_without_page
from kaval.station.views.attribution_words import form_problem, problem_words, sentences

# Pages on which first results stand, with how their observations are found from the identifier in the address.
_OF_SUBJECT: Final = "lead__subject_link__subject"
SHOW_RESULTS: Final[dict[str, tuple[str, str]]] = {
    "subject": ("subject_id", _OF_SUBJECT),
    "attribution-sheet": ("subject_id", _OF_SUBJECT),
    "attribution-desk": ("subject_id", _OF_SUBJECT),
    "connections": ("subject_id", _OF_SUBJECT),
    "lead": ("lead_id", "lead"),
    "reaudit": ("outcome_id", f"{_OF_SUBJECT}__attribution__sites__outcome"),
    "held-reaudit": ("reaudit_id", f"{_OF_SUBJECT}__attribution__reaudits"),
    "error": ("error_id", f"{_OF_SUBJECT}__attribution__errors"),
}


class SeenResults(MiddlewareMixin):
    """After a page with first results was shown to an officer who reads second, that is kept."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Writes only when something was seen for the first time."""
        officer: Officer | None = getattr(request, "officer", None)
        match = request.resolver_match
        shown = SHOW_RESULTS.get(match.view_name) if match else None
        if (
            shown
            and match
            and officer
            and response.status_code == 200
            and permits(officer.roles, "note_result_seen")
        ):
            ids = queries.unseen_results(officer, shown[1], match.kwargs[shown[0]])
            if ids:
                attribution_desk.note_result_seen(
                    by=officer,
                    at=timezone.now(),
                    key=f"{officer.number} {content_digest(list(map(str, ids)))}",
                    observations=ids,
                )
        return response


@require_safe
def second_readings(request: OfficerRequest) -> HttpResponse:
    """The observation asked for, else the next that waits."""
    return _page(request, id_asked(request, "observation"))


@require_POST
def second_reading_keep(request: OfficerRequest) -> HttpResponse:
    """Keeps one reading and goes on to the next observation."""
    form = ReadForm(request.POST)
    if not form.is_valid():
        return _page(request, form.cleaned_data.get("observation"), problem=form_problem(form))
    asked = form.cleaned_data
    try:
        attribution_desk.read_observation(
            by=request.officer,
            at=timezone.now(),
            key=str(asked["key"]),
            observation=asked["observation"],
            provider_code=request.POST.get("provider", "")[:40],
            **form.said(),
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _page(request, None, problem=problem_words(refused))
    return HttpResponse(status=303, headers={"Location": reverse("second-readings")})


@require_safe
def reading_differences(request: OfficerRequest) -> HttpResponse:
    """Where the second reading does not name the first one's customer."""
    context = {
        "w": sentences(),
        "page": queries.differences(page=page_asked(request)),
        "query": query_without_page(request),
    }
    return render(request, "reading_differences.html", context)


def _page(request: OfficerRequest, observation: uuid.UUID | None, *, problem: str = "") -> HttpResponse:
    sheet, w = queries.blind_sheet(request.officer, observation), sentences()
    context = {
        "w": w,
        "sheet": sheet,
        **(_times(sheet, w) if sheet else {}),
        "progress": queries.progress_of(request.officer),
        "key": uuid.uuid4(),
        "problem": problem,
    }
    return render(request, "second_readings.html", context, status=400 if problem else 200)


def _times(sheet: queries.Blind, w: dict[str, str]) -> dict[str, str]:
    """The time of the source in UTC and IST, where its zone comes from, and the zone the provider writes in."""
    row, minutes = sheet.observation, sheet.request.request.provider.offset_minutes
    return {
        "utc": utc_text(row.at) if row.at else "",
        "ist": ist_text(row.at) if row.at else "",
        "zone": w.get(f"zone_{row.offset_source}", row.offset_source),
        "offset": f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}",
    }
