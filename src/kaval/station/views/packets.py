"""The packets of an operation for those on its list, and a team's own packet on its members' phones.

The team's code never reaches the station from a phone: the page is given the sealed packet and its release key, and
opens it itself (`field/packet.ts`). Only a printed copy is opened here, with the code typed at the desk.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.station.forms.packets import ActForm, LeakForm, PrintForm
from kaval.station.models import Officer, Operation
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import packet_access, packets
from kaval.station.queries import packets as queries
from kaval.station.queries.scope import NotVisible
from kaval.station.roles import permits
from kaval.station.views.packet_words import refused_words, words_here


@require_safe
def board(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Packets by district, who released, who took what, and the leak drill."""
    return _board(request, operation_id)


@require_POST
def act(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """One act on the packets; after sealing, the slips of new teams, once."""
    operation = queries.packets_operation(request.officer, operation_id)
    form = ActForm(request.POST)
    if not form.is_valid():
        return _board(request, operation_id, problem=words_here()["choose"])
    said = form.cleaned_data
    given: dict[str, Any] = {
        "by": request.officer,
        "at": timezone.now(),
        "key": f"{said['key']}",
        "operation": operation,
    }
    try:
        if said["act"] == "seal":
            made = packets.seal_packets(**given)
            context = {"w": words_here(), "operation": operation, "made": made}
            return render(request, "packet_slips.html", context)
        _ACTS[said["act"]](given, said)
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _board(request, operation_id, problem=refused_words(refused))
    return _back(operation)


def file(request: OfficerRequest, packet_id: uuid.UUID) -> HttpResponse:
    """The sealed file, for the list or for the team."""
    # Whose it is not, is not told that there is something to be asked for in another way.
    try:
        packet = queries.packet_seen(request.officer, packet_id)
    except NotVisible:
        packet = queries.own_packet(request.officer, packet_id).packet
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    content = packet_access.take_packet(
        by=request.officer, at=timezone.now(), key=request.POST.get("key", ""), packet=packet
    )
    return _download(content, f"{packet.number}.html", "text/html; charset=utf-8")


def print_copy(request: OfficerRequest, packet_id: uuid.UUID) -> HttpResponse:
    """A numbered copy as a PDF."""
    packet = queries.packet_seen(request.officer, packet_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = PrintForm(request.POST)
    officer = queries.officer_by_number(form.data.get("officer", "")) if form.is_valid() else None
    if officer is None:
        return _board(request, packet.operation_id, problem=words_here()["no_officer"])
    try:
        access, pdf = packet_access.print_copy(
            by=request.officer,
            at=timezone.now(),
            key=str(form.cleaned_data["key"]),
            packet=packet,
            code=form.cleaned_data["code"],
            handed_to=officer,
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _board(request, packet.operation_id, problem=refused_words(refused))
    return _download(pdf, f"{packet.number}-{access.copy_number}.pdf", "application/pdf")


@require_POST
def leak(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """Names the packet and copy that a text or a PDF came from."""
    operation = queries.packets_operation(request.officer, operation_id)
    form = LeakForm(request.POST, request.FILES)
    content = b""
    if form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read() if upload else form.cleaned_data["text"].encode()
    try:
        packet_access.record_leak(
            by=request.officer,
            at=timezone.now(),
            key=request.POST.get("key", ""),
            operation=operation,
            content=content,
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _board(request, operation_id, problem=refused_words(refused))
    return _back(operation, "#leak")


@require_safe
def team_packets(request: OfficerRequest) -> HttpResponse:
    """The viewer's own packets; one of them is opened on its own page."""
    context = {"w": words_here(), "own": queries.own_packets(request.officer), "key": uuid.uuid4()}
    return render(request, "team_packets.html", context)


@require_safe
def team_packet(request: OfficerRequest, packet_id: uuid.UUID) -> HttpResponse:
    """The page in which the team's packet opens."""
    own = queries.own_packet(request.officer, packet_id)
    context = {"w": words_here(), "own": own, "packet": own.packet, "key": uuid.uuid4()}
    return render(request, "team_packet.html", context)


def keys(request: OfficerRequest, packet_id: uuid.UUID) -> HttpResponse:
    """The sealed packet and its release key, for the page of a member of the team."""
    own = queries.own_packet(request.officer, packet_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        # Each hand-out is an act of its own: the page keeps nothing, so nothing can be asked for twice by mistake.
        held = packet_access.open_packet(
            by=request.officer, at=timezone.now(), key=str(uuid.uuid4()), packet=own.packet
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return JsonResponse({"detail": refused_words(refused)}, status=409)
    return HttpResponse(
        json.dumps({"packet": held.packet, "release": held.release}), content_type="application/json"
    )


@require_safe
def state(request: OfficerRequest, packet_id: uuid.UUID) -> HttpResponse:
    """Whether an opened packet may stay open; a packet that was replaced or called back is not there any more."""
    own = queries.own_packet(request.officer, packet_id)
    return JsonResponse({"open": queries.still_open(own, at=timezone.now())})


def _board(request: OfficerRequest, operation_id: uuid.UUID, *, problem: str = "") -> HttpResponse:
    found = queries.packets_board(request.officer, operation_id)
    mine = list(request.officer.roles)
    done = {release.place for release in found.releases}
    context = {
        "w": words_here(),
        "found": found,
        "operation": found.operation,
        "part": "packets",
        "two": [(place, officer, place in done) for place, officer in found.enrolled],
        "named": request.officer in [officer for _, officer in found.enrolled],
        "to_release": any(one == request.officer and place not in done for place, one in found.enrolled),
        "may": {name: permits(mine, name) for name in _MAY},
        "problem": problem,
        "key": uuid.uuid4(),
    }
    return render(request, "packets.html", context, status=400 if problem else 200)


_MAY = ("enrol_releaser", "seal_packets", "release_packets", "recall_packets", "name_to_list", "print_copy",
        "take_packet", "record_leak")  # fmt: skip


def _enrol(given: dict[str, Any], said: dict[str, Any]) -> None:
    packets.enrol_releaser(**given, passphrase=said["passphrase"])


def _release(given: dict[str, Any], said: dict[str, Any]) -> None:
    packets.release_packets(**given, passphrase=said["passphrase"], reason=said["reason"])


def _recall(given: dict[str, Any], said: dict[str, Any]) -> None:
    packets.recall_packets(**given, reason=said["reason"])


def _name(given: dict[str, Any], said: dict[str, Any]) -> None:
    packets.name_to_list(**given, officer=_officer(said["officer"]), why=said["reason"])


def _end(given: dict[str, Any], said: dict[str, Any]) -> None:
    given = dict(given)
    entry = queries.list_entry(given.pop("operation"), said["entry"])
    packets.end_on_list(**given, entry=entry)


_ACTS: dict[str, Callable[[dict[str, Any], dict[str, Any]], None]] = {
    "enrol": _enrol,
    "release": _release,
    "recall": _recall,
    "name": _name,
    "end": _end,
}


def _officer(number: str) -> Officer:
    officer = queries.officer_by_number(number)
    if officer is None:
        raise RefusedError("OFFICER", words_here()["no_officer"])
    return officer


def _back(operation: Operation, place: str = "") -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse("packets", args=[operation.pk]) + place})


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
