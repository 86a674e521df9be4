"""The phone form of the local station: an address to find, what was found there, saved once. No script, no reason."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.station.forms.ground import OCCUPANT, THREE, WIFI, GroundForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import ground as acts
from kaval.station.operations.attribution import GroundLook
from kaval.station.queries import ground as queries
from kaval.station.views.asked import id_asked, text_asked
from kaval.station.views.attribution_words import form_problem, problem_words, sentences


@require_safe
def ground(request: OfficerRequest) -> HttpResponse:
    """The places that wait in the officer's district, or the form of the one asked for."""
    place = id_asked(request, "place")
    if place is not None:
        return _form(request, place, GroundForm())
    context = {
        "w": sentences(),
        "round": queries.round_of(request.officer, at=timezone.now()),
        "days": queries.GOOD_FOR.days,
        "saved": text_asked(request, "saved") == "yes",
    }
    return render(request, "ground.html", context)


@require_POST
def ground_look(request: OfficerRequest) -> HttpResponse:
    """Saves one look; the same form sent again finds the look already saved."""
    form = GroundForm(request.POST)
    form.full_clean()
    place_id = form.cleaned_data.get("place") or uuid.UUID(int=0)
    if not form.is_valid():
        return _form(request, place_id, form, problem=form_problem(form))
    place, _ = queries.place_to_find(request.officer, place_id)
    try:
        acts.look_at_place(
            by=request.officer,
            at=timezone.now(),
            key=str(form.cleaned_data["key"]),
            place=place,
            look=_look(form),
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _form(request, place_id, form, problem=problem_words(refused))
    return HttpResponse(status=303, headers={"Location": f"{reverse('ground')}?saved=yes"})


def _look(form: GroundForm) -> GroundLook:
    said = form.cleaned_data
    since, until = said["resident_since"], said["resident_until"]
    return GroundLook(
        house_name=said["house_name"],
        ward=said["ward"],
        door_number=said["door_number"],
        unit_found=said["unit_found"] == "yes",
        single_match=said["single_match"] == "yes",
        occupant_at_event=said["occupant_at_event"],
        resident_since=since.isoformat() if since else "",
        children_seen=THREE[said["children_seen"]],
        wifi=said["wifi"],
        notes=said["notes"],
        resident_until=until.isoformat() if until else None,
    )


def _form(
    request: OfficerRequest, place_id: uuid.UUID, form: GroundForm, *, problem: str = ""
) -> HttpResponse:
    _, place = queries.place_to_find(request.officer, place_id)
    w = sentences()
    context = {
        "w": w,
        "place": place,
        "form": form,
        "typed": {name: form.data.get(name, "") for name in form.fields},
        "key": form.data.get("key") or uuid.uuid4(),
        "problem": problem,
        "two": [("yes", w["yes"]), ("no", w["no"])],
        "three": [(word, w[word]) for word in THREE],
        "occupant": [(word, w[f"occ_{word}"]) for word in OCCUPANT],
        "wifi": [(word, w[f"wifi_{word}"]) for word in WIFI],
    }
    return render(request, "ground_look.html", context, status=400 if problem else 200)
