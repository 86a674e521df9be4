"""Signing in and out. On a training station one chooses a person; elsewhere user name and password, a few tries only.

A wrong name and a wrong password are answered alike and take alike. Failures are counted from the refusals kept.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kaval.engine.kernel.errors import NotPermitted
from kaval.station.audit import keep_refusal
from kaval.station.models import Account
from kaval.station.officer_request import OfficerRequest
from kaval.station.queries.people import (
    sign_in_mark,
    sign_ins_refused,
    training_account,
    training_people,
    unit_here,
)

TRIES: Final = 5
WAIT: Final = timedelta(minutes=15)
_BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
_LANGUAGE_FOR_S: Final = 365 * 24 * 3600


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The only page for somebody who is not signed in."""
    problem = ""
    if request.method == "POST":
        account, problem = _account(request)
        if account is not None:
            login(request, account, backend=_BACKEND)
            return redirect(_next(request))
    people = training_people()
    chiefs = [person for person in people if person.role == "district_chief"]
    context = {
        "people": [person for person in people if person.role != "district_chief"],
        "chiefs": chiefs,
        "installed": unit_here() is not None,
        "next": _next(request),
        "problem": problem,
    }
    response = render(request, "sign_in.html", context, status=403 if problem else 200)
    return _with_language(response, request.GET.get("language", ""))


@require_POST
def sign_out(request: OfficerRequest) -> HttpResponse:
    """Ends the session; the browser is told to forget what it kept."""
    logout(request)
    response = redirect(settings.LOGIN_URL)
    response["Clear-Site-Data"] = '"storage"'
    return response


@require_POST
def language(request: OfficerRequest) -> HttpResponse:
    """Chooses the language of the console."""
    return _with_language(redirect(_next(request)), request.POST.get("language", ""))


def _account(request: HttpRequest) -> tuple[Account | None, str]:
    chosen = request.POST.get("officer", "")
    if chosen:
        account = training_account(_uuid(chosen))
        return account, "" if account else "This person cannot be chosen here."
    return _by_password(
        request, request.POST.get("username", "").strip()[:60], request.POST.get("password", "")
    )


def _by_password(request: HttpRequest, username: str, password: str) -> tuple[Account | None, str]:
    now = timezone.now()
    officer, failures = sign_ins_refused(username, since=now - WAIT)
    if failures >= TRIES:
        return None, f"Too many tries. Wait {WAIT.seconds // 60} minutes."
    account = authenticate(request, username=username, password=password)
    if isinstance(account, Account):
        return account, ""
    keep_refusal("sign_in", by=officer, at=now, refused=NotPermitted("SIGN-IN", sign_in_mark(username)))
    return None, "The name or the password is wrong."


def _with_language(response: HttpResponse, code: str) -> HttpResponse:
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=_LANGUAGE_FOR_S,
            httponly=True,
            samesite="Strict",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and not wanted.startswith(str(settings.LOGIN_URL)) else "/"


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
