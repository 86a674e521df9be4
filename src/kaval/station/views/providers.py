"""The register of providers: a list, one provider with what is known of it, and the forms of a supervisor."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.instant import IST
from kaval.station.forms.providers import ContactForm, FiguresForm, LastDayForm, NewProviderForm, QuirkForm
from kaval.station.forms.requests import PlatformForm
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import providers as operations
from kaval.station.operations.providers import KINDS
from kaval.station.operations.requests import CATEGORIES, ask_platform
from kaval.station.queries import providers as queries
from kaval.station.queries.requests import retention_days
from kaval.station.roles import permits
from kaval.station.views.attempts import done, problem_of
from kaval.station.views.request_words import sentences
from kaval.station.views.requests import ask_context, tabs


@require_safe
def providers(request: OfficerRequest) -> HttpResponse:
    """The list."""
    return _list(request)


@require_POST
def add_provider(request: OfficerRequest) -> HttpResponse:
    """Puts a provider on the register."""
    form = NewProviderForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        operations.add_provider(
            by=request.officer,
            at=timezone.now(),
            key=str(given["key"]),
            code=given["code"],
            name=given["name"],
            figures=form.figures(),
        )

    problem = problem_of(form, act)
    return _list(request, problem=problem) if problem else done(reverse("providers"))


@require_safe
def provider(request: OfficerRequest, provider_id: uuid.UUID) -> HttpResponse:
    """One provider."""
    return _one(request, provider_id)


@require_POST
def edit_provider(request: OfficerRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Writes its figures anew."""
    form, row = FiguresForm(request.POST), queries.provider_by_id(request.officer, provider_id).provider

    def act() -> None:
        operations.edit_provider(
            by=request.officer, at=timezone.now(), key=_key(form), provider=row, figures=form.figures()
        )

    return _after(request, provider_id, form=form, act=act)


@require_POST
def add_contact(request: OfficerRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Adds a contact."""
    form, row = ContactForm(request.POST), queries.provider_by_id(request.officer, provider_id).provider

    def act() -> None:
        operations.add_contact(
            by=request.officer, at=timezone.now(), key=_key(form), provider=row, details=form.facts()
        )

    return _after(request, provider_id, form=form, act=act)


@require_POST
def add_quirk(request: OfficerRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Adds a quirk."""
    form, row = QuirkForm(request.POST), queries.provider_by_id(request.officer, provider_id).provider

    def act() -> None:
        operations.add_quirk(
            by=request.officer, at=timezone.now(), key=_key(form), provider=row, details=form.facts()
        )

    return _after(request, provider_id, form=form, act=act)


@require_POST
def end_contact(request: OfficerRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Ends a contact."""
    form, row = LastDayForm(request.POST), queries.contact_by_id(request.officer, contact_id)

    def act() -> None:
        operations.end_contact(
            by=request.officer,
            at=timezone.now(),
            key=_key(form),
            contact=row,
            last_day=form.cleaned_data["last_day"],
        )

    return _after(request, row.provider_id, form=form, act=act)


@require_POST
def end_quirk(request: OfficerRequest, quirk_id: uuid.UUID) -> HttpResponse:
    """Ends a quirk."""
    form, row = LastDayForm(request.POST), queries.quirk_by_id(request.officer, quirk_id)

    def act() -> None:
        operations.end_quirk(
            by=request.officer,
            at=timezone.now(),
            key=_key(form),
            quirk=row,
            last_day=form.cleaned_data["last_day"],
        )

    return _after(request, row.provider_id, form=form, act=act)


@require_POST
def ask_accounts(request: OfficerRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Asks a platform about the accounts that wait."""
    form, row = PlatformForm(request.POST), queries.provider_by_id(request.officer, provider_id).provider

    def act() -> None:
        given = form.cleaned_data
        ask_platform(
            by=request.officer,
            at=timezone.now(),
            key=_key(form),
            provider=row,
            due_at=given["due_at"],
            asked=given["asked"],
            basis=given["basis"],
            authority=given["authority"],
        )

    return _after(request, provider_id, form=form, act=act)


def _key(form: Form) -> str:
    return str(form.cleaned_data["key"])


def _after(
    request: OfficerRequest, provider_id: uuid.UUID, *, form: Form, act: Callable[[], None]
) -> HttpResponse:
    problem = problem_of(form, act)
    if problem:
        return _one(request, provider_id, problem=problem)
    return done(reverse("provider", args=[provider_id]))


def _list(request: OfficerRequest, *, problem: str = "") -> HttpResponse:
    context = {
        "rows": queries.providers_listed(request.officer),
        "kinds": _kinds(),
        "may_edit": permits(list(request.officer.roles), "edit_provider"),
        "given": request.POST,
        "problem": problem,
        "key": uuid.uuid4(),
        "part": "providers",
        **tabs(request),
    }
    return render(request, "providers.html", context, status=400 if problem else 200)


def _one(request: OfficerRequest, provider_id: uuid.UUID, *, problem: str = "") -> HttpResponse:
    sheet, words, now = queries.provider_by_id(request.officer, provider_id), sentences(), timezone.now()
    held = list(request.officer.roles)
    context = {
        "sheet": sheet,
        "row": sheet.provider,
        "retention": retention_days(sheet.provider, now),
        "kinds": _kinds(),
        "today": now.astimezone(IST).date().isoformat(),
        "may_edit": permits(held, "edit_provider"),
        "may_ask": permits(held, "ask_platform") and sheet.accounts,
        "categories": [(one, words[one]) for one in CATEGORIES],
        "given": request.POST,
        "problem": problem,
        "part": "providers",
        **ask_context(request),
        **tabs(request),
    }
    return render(request, "provider.html", context, status=400 if problem else 200)


def _kinds() -> list[tuple[str, str]]:
    words = sentences()
    return [(one, words[f"kind_{one}"]) for one in KINDS]
