"""Notices: a report touches something, and a named officer has seen it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.station.forms.links import SeenForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.notices import see_notice
from kaval.station.queries import notices as queries
from kaval.station.roles import permits
from kaval.station.views.asked import page_asked, query_without_page, text_asked
from kaval.station.views.intake import SEEN
from kaval.station.views.link_words import sentences


@require_safe
def notices(request: OfficerRequest) -> HttpResponse:
    """Notices nobody has seen, those seen, or all."""
    asked = text_asked(request, "seen")
    return render(
        request,
        "notices.html",
        {
            "w": sentences(),
            "page": queries.notices_raised(
                request.officer, seen=SEEN.get(asked, False), page=page_asked(request)
            ),
            "seen": asked if asked in SEEN else "",
            "query": query_without_page(request),
            "may_see": permits(list(request.officer.roles), "see_notice"),
            "key": uuid.uuid4(),
        },
    )


@require_POST
def see(request: OfficerRequest) -> HttpResponse:
    """Notes that the officer has seen one notice; pressing the button again changes nothing."""
    form = SeenForm(request.POST)
    if form.is_valid():
        notice = queries.notice_by_id(request.officer, form.cleaned_data["notice"])
        see_notice(
            by=request.officer,
            at=timezone.now(),
            key=f"{form.cleaned_data['key']} {notice.pk}",
            notice=notice,
        )
    return HttpResponse(status=303, headers={"Location": reverse("notices")})
