"""What people do about an attribution: one page for a subject, and one to ask others about a whole operation."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.rules.attribution.rank import ONE_ALONE
from kaval.station.forms import attribution_desk as forms
from kaval.station.forms.once import OnceForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import attribution_desk as acts
from kaval.station.queries import attribution_desk as queries
from kaval.station.roles import permits
from kaval.station.views.attribution_words import form_problem, problem_words, sentences

Given = dict[str, Any]
_ACTS: Final = (
    "override_hold",
    "withdraw_override",
    "explain_contradiction",
    "add_corroboration",
    "record_deconfliction",
    "note_child",
)


@require_safe
def desk(request: OfficerRequest, subject_id: uuid.UUID) -> HttpResponse:
    """The desk of one subject."""
    return _desk(request, subject_id)


@require_POST
def act(request: OfficerRequest, subject_id: uuid.UUID) -> HttpResponse:
    """Does one of the acts of the desk; the form says which."""
    subject = queries.desk_of(request.officer, subject_id).subject.pk
    name = request.POST.get("act", "")
    chosen = _FORMS.get(name)
    if chosen is None:
        return _desk(request, subject_id, problem=sentences()["no_such_act"])
    made, operation, arguments = chosen
    form = made(request.POST)
    if not form.is_valid():
        return _desk(request, subject_id, problem=form_problem(form), at=_where(request, name))
    try:
        # One page holds many forms under one key; an act belongs to one of them.
        operation(
            by=request.officer,
            at=timezone.now(),
            key=f"{form.cleaned_data['key']} {_where(request, name)}",
            **arguments(subject, form.cleaned_data),
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _desk(request, subject_id, problem=problem_words(refused), at=_where(request, name))
    return HttpResponse(
        status=303, headers={"Location": f"{reverse('attribution-desk', args=[subject])}?done={name}"}
    )


@require_safe
def deconfliction(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """The subjects of an operation, to note for all of them that others were asked."""
    return _deconfliction(request, operation_id)


@require_POST
def deconfliction_record(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """One note for the ticked subjects of an operation."""
    _, listed = queries.operation_to_ask(request.officer, operation_id)
    form = forms.DeconflictManyForm(request.POST)
    if not form.is_valid():
        return _deconfliction(request, operation_id, problem=form_problem(form))
    asked = form.cleaned_data
    own = {one.subject.pk for one in listed}
    try:
        acts.record_deconfliction(
            by=request.officer,
            at=timezone.now(),
            key=str(asked["key"]),
            subjects=[one for one in asked["subject"] if one in own],
            asked=asked["asked"],
            conflict=forms.CONFLICT[asked["conflict"]],
            reference=asked["reference"],
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _deconfliction(request, operation_id, problem=problem_words(refused))
    return HttpResponse(
        status=303, headers={"Location": f"{reverse('deconfliction', args=[operation_id])}?done=yes"}
    )


def _where(request: OfficerRequest, name: str) -> str:
    """Which form of the page was sent: its act, and the check or row it is about."""
    about = next(
        (request.POST[key] for key in ("check", "override", "observation") if request.POST.get(key)), ""
    )
    return f"{name} {about[:40]}".strip()


def _desk(request: OfficerRequest, subject_id: uuid.UUID, *, problem: str = "", at: str = "") -> HttpResponse:
    w = sentences()
    done = request.GET.get("done", "")
    shown = queries.desk_of(request.officer, subject_id)
    context = {
        "w": w,
        "desk": shown,
        "steps": [
            {"step": one, "word": w[f"step_{one.kind}"], "about": w.get(f"kind_{one.about}", one.about)}
            for one in shown.history
        ],
        "may": {name: permits(list(request.officer.roles), name) for name in _ACTS},
        "may_render": permits(list(request.officer.roles), "render_document"),
        "kinds": [(kind, w[f"kind_{kind}"]) for kind in queries.CORROBORATION_KINDS],
        "answers": [(word, w[f"conflict_{word}"]) for word in forms.CONFLICT],
        "observation_checks": queries.OBSERVATION_CHECKS,
        "gazetted": ONE_ALONE,
        "key": uuid.uuid4(),
        "problem": problem,
        "problem_at": at,
        "typed": request.POST.get("text", "")[: forms.LONGEST],
        "done": w[f"done_{done}"] if done in _ACTS else "",
    }
    return render(request, "attribution_desk.html", context, status=400 if problem else 200)


def _deconfliction(request: OfficerRequest, operation_id: uuid.UUID, *, problem: str = "") -> HttpResponse:
    operation, listed = queries.operation_to_ask(request.officer, operation_id)
    w = sentences()
    context = {
        "w": w,
        "operation": operation,
        "listed": listed,
        "never": sum(one.last is None for one in listed),
        "may_record": permits(list(request.officer.roles), "record_deconfliction"),
        "answers": [(word, w[f"conflict_{word}"]) for word in forms.CONFLICT],
        "key": uuid.uuid4(),
        "problem": problem,
        "ticked": request.POST.getlist("subject"),
        "typed": {name: request.POST.get(name, "") for name in ("asked", "reference", "conflict")},
        "done": w["done_record_deconfliction"] if request.GET.get("done") == "yes" else "",
    }
    return render(request, "deconfliction.html", context, status=400 if problem else 200)


def _override(subject: uuid.UUID, asked: Given) -> Given:
    return {
        "subject": subject,
        "check": asked["check"],
        "text": asked["text"],
        "observation": asked["observation"],
        "child_at_risk": asked["child_at_risk"],
    }


def _corroborate(subject: uuid.UUID, asked: Given) -> Given:
    return {"subject": subject} | {name: asked[name] for name in ("kind", "text", "sealed", "locator")}


def _deconflict(subject: uuid.UUID, asked: Given) -> Given:
    return {
        "subjects": [subject],
        "asked": asked["asked"],
        "conflict": forms.CONFLICT[asked["conflict"]],
        "reference": asked["reference"],
    }


# The form, the act and the act's arguments, by the name that a form of the page sends.
_FORMS: Final[dict[str, tuple[type[OnceForm], Callable[..., Any], Callable[[uuid.UUID, Given], Given]]]] = {
    "override_hold": (forms.OverrideForm, acts.override_hold, _override),
    "withdraw_override": (
        forms.WithdrawForm,
        acts.withdraw_override,
        lambda _, asked: {"override": asked["override"], "text": asked["text"]},
    ),
    "explain_contradiction": (
        forms.ExplainForm,
        acts.explain_contradiction,
        lambda subject, asked: {
            "subject": subject,
            "observation": asked["observation"],
            "text": asked["text"],
        },
    ),
    "add_corroboration": (forms.CorroborateForm, acts.add_corroboration, _corroborate),
    "record_deconfliction": (forms.DeconflictForm, acts.record_deconfliction, _deconflict),
    "note_child": (
        forms.ChildForm,
        acts.note_child,
        lambda subject, asked: {
            "subject": subject,
            "likely": asked["likely"] == "yes",
            "text": asked["text"],
        },
    ),
}
