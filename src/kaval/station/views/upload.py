"""Files from the browser into the station: staged on the disk piece by piece, then taken in like any delivery.

The page has one token for one upload: it names the delivery, so that a second press, or a second try after the
connection broke, finds what the first one did. A browser without JavaScript sends one form with everything.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import KavalError, NotPermitted, ReaderError, RefusedError
from kaval.station.forms.delivery import CHANNELS, SOURCES, DeliveryForm
from kaval.station.forms.once import first_problem
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.following import follow_arrival
from kaval.station.operations.intake import Arrival, Taken, take_in
from kaval.station.queries import deliveries as queries
from kaval.station.queries.reading_profiles import confirmed_profiles
from kaval.station.staging import OutOfStep, Stage, StagingError, stages_of
from kaval.station.views.asked import id_asked

SLICE_BYTES = 8 * 1024 * 1024
_CHUNK = 256 * 1024


@require_safe
def upload(request: OfficerRequest) -> HttpResponse:
    """The page on which files are chosen; with `upload` it goes on with one that was begun."""
    return _page(request, DeliveryForm(), token=id_asked(request, "upload") or uuid.uuid4())


@require_POST
def upload_plain(request: OfficerRequest) -> HttpResponse:
    """Everything in one form: staged, then taken in."""
    form, token = DeliveryForm(request.POST), _token(request)
    stage = Stage(request.officer.pk, token)
    files = request.FILES.getlist("files")
    if not form.is_valid():
        return _page(request, form, token=token, status=400)
    try:
        for name, file in zip(_apart([one.name or "" for one in files]), files, strict=True):
            stage.hold(name, file)
    except StagingError as problem:
        return _page(request, form, token=token, problem=problem, status=400)
    if not stage.files():
        return _page(request, form, token=token, problem=StagingError("choose at least one file"), status=400)
    return _taken_in(request, form, stage)


@require_safe
def upload_state(request: OfficerRequest, upload_id: uuid.UUID) -> HttpResponse:
    """What of an upload is here, and how far its taking in is: asked after a broken connection."""
    stage = Stage(request.officer.pk, upload_id)
    return JsonResponse(
        {"files": {one.name: one.size for one in stage.files()}, "delivery": _delivery_of(request, upload_id)}
    )


@require_POST
def upload_files(request: OfficerRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Stages a group of small files; `name` gives each its name with folders, in the same order."""
    files = request.FILES.getlist("files")
    names = request.POST.getlist("name")
    if len(names) != len(files) or not files:
        return JsonResponse({"problem": "each file needs a name", "mend": "load the page again"}, status=400)
    stage = Stage(request.officer.pk, upload_id)
    try:
        held = {name: stage.hold(name, file).size for name, file in zip(names, files, strict=True)}
    except StagingError as problem:
        return _problem(problem, status=400)
    return JsonResponse({"files": held})


@require_POST
def upload_slice(request: OfficerRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Stages the next bytes of a large file: the body; name, offset and size stand in headers, not in the address."""
    offset, size = (_number(request.headers.get(f"X-{name}", "")) for name in ("Offset", "Size"))
    name = unquote(request.headers.get("X-Name", ""))
    length = _number(request.headers.get("Content-Length", ""))
    if offset is None or size is None or length is None or length > SLICE_BYTES:
        return JsonResponse(
            {"problem": "name, offset or size is missing", "mend": "load the page again"}, status=400
        )
    try:
        staged = Stage(request.officer.pk, upload_id).append(
            name, offset=offset, size=size, chunks=_chunks(request)
        )
    except OutOfStep as behind:
        return JsonResponse({"held": behind.held}, status=409)
    except StagingError as problem:
        return _problem(problem, status=400)
    return JsonResponse({"held": staged.size})


@require_POST
def upload_take_in(request: OfficerRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Takes in what was staged; asked again after it is in, it only says where."""
    form, stage = DeliveryForm(request.POST), Stage(request.officer.pk, upload_id)
    if not form.is_valid():
        first = first_problem(form)
        if _wants_data(request):
            return JsonResponse({"problem": first, "mend": ""}, status=400)
        return _page(request, form, token=upload_id, status=400)
    return _taken_in(request, form, stage)


@require_POST
def upload_discard(request: OfficerRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Throws away what was staged and not taken in."""
    Stage(request.officer.pk, upload_id).discard()
    return HttpResponse(status=303, headers={"Location": reverse("upload")})


def _taken_in(request: OfficerRequest, form: DeliveryForm, stage: Stage) -> HttpResponse:
    try:
        taken = _take_in(request, form, stage)
    except NotPermitted:
        raise
    except (StagingError, RefusedError, ReaderError) as problem:
        status = 409 if isinstance(problem, RefusedError) else 400
        if _wants_data(request):
            return _problem(problem, status=status)
        return _page(request, form, token=stage.token, problem=problem, status=status)
    where = reverse("delivery", kwargs={"delivery_id": taken.delivery})
    if _wants_data(request):
        return JsonResponse({"url": where})
    return HttpResponse(status=303, headers={"Location": where})


def _take_in(request: OfficerRequest, form: DeliveryForm, stage: Stage) -> Taken:
    files = stage.files()
    begun = queries.delivery_named(request.officer, str(stage.token))
    if not files and begun is None:
        raise StagingError("no file has come", "choose files first")
    parts = [one.name for one in files if not one.whole]
    if parts:
        raise StagingError(f"{len(parts)} of the files are not here whole", "send the rest first")
    taken = take_in(
        by=request.officer,
        at=timezone.now(),
        # What was begun goes on under the source it was begun with.
        source=begun.source if begun else form.named_source,
        channel=begun.channel if begun else form.cleaned_data["channel"] or "upload",
        arrivals=[Arrival(one.name, one.path) for one in files],
        key=str(stage.token),
        once=True,
        profiles=confirmed_profiles(),
    )
    follow_arrival(by=request.officer, at=timezone.now(), key=f"upload {stage.token}")
    stage.discard()
    return taken


def _page(
    request: OfficerRequest,
    form: DeliveryForm,
    *,
    token: uuid.UUID,
    problem: KavalError | None = None,
    status: int = 200,
) -> HttpResponse:
    others = [one for one in stages_of(request.officer.pk) if one.token != token]
    staged = Stage(request.officer.pk, token).files()
    context = {
        "form": form,
        "token": token,
        "sources": SOURCES,
        "channels": CHANNELS,
        "problem": _said(problem) if problem else None,
        "limit": settings.UPLOAD_MAX_BYTES,
        "limit_said": _said_size(settings.UPLOAD_MAX_BYTES),
        "slice": SLICE_BYTES,
        "staged": staged,
        "staged_bytes": sum(one.size for one in staged),
        "unfinished": [_unfinished(one) for one in others],
        "part": "upload",
    }
    return render(request, "upload.html", context, status=status)


def _said_size(count: int) -> str:
    return f"{count / 1e9:g} GB" if count >= 1e9 else f"{count / 1e6:g} MB"


def _unfinished(stage: Stage) -> dict[str, Any]:
    files = stage.files()
    return {"token": stage.token, "files": len(files), "size": sum(one.size for one in files)}


def _delivery_of(request: OfficerRequest, token: uuid.UUID) -> dict[str, Any] | None:
    begun = queries.delivery_named(request.officer, str(token))
    if begun is None:
        return None
    row = queries.delivery_rows([begun])[0]
    return {
        "url": reverse("delivery", kwargs={"delivery_id": row.id}),
        "finished": row.finished_at is not None,
        "files": row.files,
    }


def _apart(names: list[str]) -> Iterator[str]:
    """The names, the second of two alike with a number: a browser without JavaScript sends no folders."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{seen[name]}/{name}"


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(_CHUNK):
        yield chunk


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _token(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("upload", ""))
    except ValueError:
        return uuid.uuid4()


def _wants_data(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _problem(problem: KavalError, *, status: int) -> JsonResponse:
    return JsonResponse(_said(problem), status=status)


def _said(problem: KavalError) -> dict[str, str]:
    """A problem in words, with what mends it and, where a rule refused, the rule's code."""
    if isinstance(problem, RefusedError):
        return {"problem": problem.text, "mend": "", "code": problem.code}
    return {
        "problem": getattr(problem, "problem", str(problem)),
        "mend": getattr(problem, "mend", ""),
        "code": "",
    }
