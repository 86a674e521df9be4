"""A tip or another agency's request, written down by a clerk: made into the file a sender would send, and taken in.

The number follows from the officer and the instant the form was opened, which the station signed into it: sending the
same form twice is one arrival, and a changed form is refused rather than taken for another tip of the same number.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.kernel.instant import IST, ist_text
from kaval.station.forms import tip as forms
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.intake import Arrival, take_in
from kaval.station.queries import deliveries as queries
from kaval.station.views.asked import text_asked

CHANNEL = "form"
_SALT = "kaval.tip_form"


@require_safe
def tip_new(request: OfficerRequest) -> HttpResponse:
    """An empty form: for a tip, or with `for=agency` for a request."""
    agency = text_asked(request, "for") == "agency"
    form: forms.TipForm | forms.AgencyForm = forms.AgencyForm() if agency else forms.TipForm()
    opened = signing.dumps(timezone.now().isoformat(timespec="milliseconds"), salt=_SALT)
    return _page(request, form, opened=opened)


@require_POST
def tip_take(request: OfficerRequest) -> HttpResponse:
    """Takes in what was written down, and shows the number of its lead."""
    agency = request.POST.get("for") == "agency"
    form: forms.TipForm | forms.AgencyForm = (forms.AgencyForm if agency else forms.TipForm)(request.POST)
    opened = request.POST.get("opened", "")
    try:
        opened_at = datetime.fromisoformat(signing.loads(opened, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        form.add_error(
            None, "This form was not opened on this station. Open a new one and write it down again."
        )
        return _page(request, form, opened="")
    mentions = forms.mentions_of(request.POST.dict())
    addresses, problems = forms.addresses_of(request.POST.dict()) if agency else ([], [])
    for problem in problems:
        form.add_error(None, problem)
    if not form.is_valid():
        return _page(request, form, opened=opened)
    number = _number(request, opened_at)
    values = {**form.cleaned_data, "mentions": mentions, "addresses": addresses}
    letter = _request_letter(values, number, opened_at) if agency else _tip_letter(values, number, opened_at)
    content = json.dumps(letter, ensure_ascii=False, indent=1).encode("utf-8")
    earlier = queries.delivery_named(request.officer, number)
    if earlier is not None and queries.digest_in(request.officer, earlier.pk) not in (
        "",
        digest_bytes(content).sha256,
    ):
        form.add_error(
            None, "This form was taken in before with other words. Open a new one for another tip."
        )
        return _page(request, form, opened=opened)
    source = "agency" if agency else "partner_tip" if letter["channel"] == "partner" else "public_tip"
    taken = take_in(
        by=request.officer,
        at=timezone.now(),
        source=source,
        channel=CHANNEL,
        arrivals=[Arrival(f"{number}.json", content)],
        key=number,
        once=True,
    )
    where = reverse("tip-taken", kwargs={"delivery_id": taken.delivery})
    return HttpResponse(status=303, headers={"Location": where})


@require_safe
def tip_taken(request: OfficerRequest, delivery_id: uuid.UUID) -> HttpResponse:
    """What was written down is in: its number, its lead, and the warnings it left."""
    sheet = queries.delivery_by_id(request.officer, delivery_id)
    lead = queries.lead_of_delivery(request.officer, delivery_id)
    return render(request, "tip_taken.html", {"sheet": sheet, "lead": lead, "part": "tip-new"})


def _page(request: OfficerRequest, form: forms.TipForm | forms.AgencyForm, *, opened: str) -> HttpResponse:
    context = {
        "form": form,
        "agency": isinstance(form, forms.AgencyForm),
        "opened": opened,
        "channels": forms.CHANNELS,
        "kinds": forms.KINDS,
        "rows": [_row(form, row) for row in range(forms.ROWS)],
        "now": ist_text(timezone.now())[:16].replace(" ", "T"),
        "part": "tip-new",
    }
    return render(request, "tip_form.html", context, status=400 if form.is_bound else 200)


def _row(form: forms.TipForm | forms.AgencyForm, row: int) -> dict[str, Any]:
    """What was typed into a row of identifiers and addresses, to be shown again."""
    parts = ("kind", "platform", "value", "ip", "port", "time")
    return {"row": row, **{part: form.data.get(f"{part}{row}", "") for part in parts}}


def _number(request: OfficerRequest, opened_at: datetime) -> str:
    stamp = opened_at.astimezone(IST).strftime("%Y%m%d-%H%M%S-%f")[:-3]
    return f"{request.officer.number}-{stamp}"


def _tip_letter(values: dict[str, Any], number: str, opened_at: datetime) -> dict[str, Any]:
    reporter = {
        part: values[f"reporter_{part}"] for part in ("name", "phone", "email") if values[f"reporter_{part}"]
    }
    letter = {
        "tip_id": number,
        "channel": values["channel"],
        "received_at": (values["received_at"] or opened_at).astimezone(IST).isoformat(timespec="seconds"),
        "partner": values["partner"],
        "platform": values["platform"],
        "text": values["text"],
        "reporter": reporter,
        "mentions": values["mentions"],
    }
    return {key: value for key, value in letter.items() if value}


def _request_letter(values: dict[str, Any], number: str, opened_at: datetime) -> dict[str, Any]:
    letter = {
        "template": "agency_request/1",
        "agency": values["agency"],
        "reference": values["reference"] or number,
        "received_at": (values["received_at"] or opened_at).astimezone(IST).isoformat(timespec="seconds"),
        "urgency": values["urgency"],
        "legal_basis": values["legal_basis"],
        "country": values["country"],
        "contact": values["contact"],
        "reply_by": values["reply_by"].isoformat(timespec="seconds") if values["reply_by"] else "",
        "subjects": values["mentions"],
        "addresses": values["addresses"],
        "text": values["text"],
    }
    return {key: value for key, value in letter.items() if value}
