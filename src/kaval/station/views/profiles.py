"""Profiles of free layouts: what a sample's columns may mean, asked of a person, confirmed by name."""

from __future__ import annotations

import uuid
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.formats import profile as engine
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.profile import KINDS, Question, Suggestion
from kaval.engine.kernel.errors import NotPermitted, ReaderError, RefusedError
from kaval.station.forms.once import first_problem
from kaval.station.forms.profile import ConfirmForm, SampleForm, answers_of
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.profiles import confirm_profile
from kaval.station.queries import reading_profiles as queries
from kaval.station.staging import clean_name

SAMPLE_BYTES = 64 * 1024 * 1024
_SALT = "kaval.profiles"


@require_safe
def profiles(request: OfficerRequest) -> HttpResponse:
    """Confirmed profiles with their versions, and the form for a sample."""
    return _list(request)


@require_safe
def profile(request: OfficerRequest, profile_id: uuid.UUID) -> HttpResponse:
    """One version of a profile."""
    row, found = queries.profile_by_id(request.officer, profile_id)
    return render(request, "profile.html", {"row": row, "profile": found, "part": "profiles"})


@require_POST
def profile_suggest(request: OfficerRequest) -> HttpResponse:
    """Reads a sample and shows what its columns may mean; the sample is not kept."""
    form, file = SampleForm(request.POST), request.FILES.get("sample")
    if not isinstance(file, UploadedFile) or not form.is_valid():
        return _list(request, problem="Choose a file to learn the columns from.")
    if (file.size or 0) > SAMPLE_BYTES:
        return _list(
            request,
            problem=f"A sample may have {SAMPLE_BYTES:,} bytes: the first rows with the header will do.",
        )
    try:
        received = ReceivedFile(clean_name(file.name or "sample"), file.read())
        found = engine.suggest(received, kind=form.cleaned_data["kind"] or None)
    except ReaderError as problem:
        return _list(request, problem=f"{problem.problem}. {problem.mend}")
    return _suggested(request, found)


@require_POST
def profile_confirm(request: OfficerRequest) -> HttpResponse:
    """Puts the answers in and confirms the profile; what is still open is asked again."""
    try:
        found = engine.suggestion_from_json(signing.loads(request.POST.get("suggestion", ""), salt=_SALT))
    except (signing.BadSignature, ReaderError):
        return _list(request, problem="This proposal was not made on this station: choose the sample again.")
    form = ConfirmForm(request.POST)
    try:
        answered = engine.answered(found, answers_of(request.POST.dict(), found.questions))
        if answered.questions or not form.is_valid():
            return _suggested(request, found, form=form, problem=_still_open(answered, form))
        row = confirm_profile(
            by=request.officer,
            at=timezone.now(),
            key=str(uuid.uuid4()),
            definition=engine.suggestion_to_json(answered),
            name=form.cleaned_data["name"],
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _suggested(request, found, form=form, problem=refused.text)
    return HttpResponse(status=303, headers={"Location": reverse("profile", kwargs={"profile_id": row.pk})})


def _still_open(answered: Suggestion, form: ConfirmForm) -> str:
    if answered.questions:
        return f"{len(answered.questions)} of the questions are still open: nothing is guessed."
    return first_problem(form)


def _list(request: OfficerRequest, *, problem: str = "") -> HttpResponse:
    context = {
        "profiles": queries.named_profiles(request.officer),
        "kinds": tuple(KINDS),
        "problem": problem,
        "part": "profiles",
    }
    return render(request, "profiles.html", context, status=400 if problem else 200)


def _suggested(
    request: OfficerRequest, found: Suggestion, *, form: ConfirmForm | None = None, problem: str = ""
) -> HttpResponse:
    context = {
        "found": found,
        "profile": found.profile,
        "lines": _lines(found),
        "unused": _unused(found),
        "questions": [_question(one, request) for one in found.questions],
        "sealed": signing.dumps(engine.suggestion_to_json(found), salt=_SALT, compress=True),
        "name": form.data.get("name", "") if form else "",
        "problem": problem,
        "part": "profiles",
    }
    return render(request, "profile_suggested.html", context, status=400 if problem else 200)


def _lines(found: Suggestion) -> list[dict[str, Any]]:
    """Each canonical field with the column proposed for it and why."""
    columns = {
        **found.profile.columns,
        **{name: " + ".join(rule.columns) for name, rule in found.profile.times.items()},
    }
    lines = [
        {
            "field": name,
            "column": column,
            "rule": found.profile.times.get(name),
            "evidence": found.evidence.get(name, ()),
        }
        for name, column in columns.items()
    ]
    order = {name: place for place, name in enumerate(found.header)}
    lines.sort(key=lambda line: order.get(str(line["column"]).split(" + ")[0], len(order)))
    rest = [name for name in found.evidence if name not in columns]
    return lines + [
        {"field": name, "column": "", "rule": None, "evidence": found.evidence[name]} for name in rest
    ]


def _unused(found: Suggestion) -> list[str]:
    used = {
        *found.profile.columns.values(),
        *(one for rule in found.profile.times.values() for one in rule.columns),
    }
    return [name for name in found.header if name not in used]


def _question(one: Question, request: HttpRequest) -> dict[str, Any]:
    options = list(one.options)
    if one.code == "zone":
        options += [
            (f"{value},agreed", "the same, and the sender has confirmed it") for value, _ in one.options
        ]
    return {
        "key": one.key,
        "text": one.text,
        "options": options,
        "may_type": one.code in ("zone", "fixed"),
        "hint": "+04:00" if one.code == "zone" else "",
        "chosen": request.POST.get(f"answer.{one.key}", ""),
        "typed": request.POST.get(f"typed.{one.key}", ""),
    }
