"""The gate: every route needs a signed-in officer whose role opens its area; a route not listed opens for nobody.

Refused means one and the same page: for a route that does not exist, one that is not yours, and an object that does
not exist or is not yours. Somebody who is not signed in is sent to sign in from everywhere, existing or not. What a
signed-in officer was refused is kept. Routes stand here by the name of the URL pattern; the test of all routes fails
when a new pattern has no line.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.station import roles
from kaval.station.audit import keep_refusal
from kaval.station.models import Officer
from kaval.station.officer_request import OfficerRequest
from kaval.station.queries.people import account_with_officer
from kaval.station.queries.scope import NotVisible

PUBLIC: Final = frozenset({"sign-in", "health"})

AREA_OF: Final[dict[str, str]] = {
    "sign-out": "overview",
    "language": "overview",
    "overview": "overview",
    "leads": "leads",
    "lead": "leads",
    "subjects": "subjects",
    "subject": "subjects",
    "attribution-sheet": "subjects",
    "sheet-paper": "subjects",
    "connections": "connections",
    "connection-path": "connections",
    "links": "links",
    "link-decide": "links",
    "link-decisions": "links",
    "link-withdraw": "links",
    "parting": "links",
    "part-leads": "links",
    "notices": "notices",
    "see-notice": "notices",
    "subject-why": "triage",
    "subject-band": "triage",
    "triage": "triage",
    "triage-act": "triage",
    "triage-view": "triage",
    "triage-what-if": "triage",
    "triage-what-if-csv": "triage",
    "triage-calibration": "triage",
    "triage-samples": "triage",
    "triage-draw": "triage",
    "triage-judge": "triage",
    "triage-quality": "triage",
    "network-lists": "requests",
    "attribution-desk": "subjects",
    "attribution-act": "subjects",
    "deconfliction": "subjects",
    "deconfliction-record": "subjects",
    "second-readings": "second-readings",
    "second-reading-keep": "second-readings",
    "reading-differences": "reading-differences",
    "ground": "ground",
    "ground-look": "ground",
    "map": "map",
    "operations": "operations",
    "operation": "operations",
    "plan-step": "operations",
    "plan": "operations",
    "plan-move": "operations",
    "plan-versions": "operations",
    "plan-take": "operations",
    "plan-exchange": "operations",
    "plan-file": "operations",
    "plan-import": "operations",
    "plan-ready": "operations",
    "plan-go": "operations",
    "plan-change": "operations",
    "plan-spill": "operations",
    "plan-recall": "operations",
    "plan-lesson": "operations",
    "events": "events",
    "events-act": "events",
    "packets": "packets",
    "packets-act": "packets",
    "packets-leak": "packets",
    "packet-print": "packets",
    "packet-file": "packet-file",
    "team-packets": "team-packets",
    "team-packet": "team-packets",
    "packet-keys": "team-packets",
    "packet-state": "team-packets",
    "board": "board",
    "board-events": "board",
    "exhibits": "exhibits",
    "exhibit": "exhibits",
    "examination": "exhibits",
    "viewing": "viewing",
    "viewing-floor": "viewing",
    "viewing-own": "viewing",
    "viewing-item": "viewing",
    "viewing-open": "viewing",
    "viewing-look": "viewing",
    "viewing-close": "viewing",
    "documents": "documents",
    "document": "documents",
    "document-pdf": "documents",
    "statistics": "statistics",
    "requests": "requests",
    "ask-providers": "requests",
    "requests-expiring": "requests",
    "answer-forms": "requests",
    "answer-form": "requests",
    "accept-form": "requests",
    "typed": "requests",
    "typed-first": "requests",
    "typed-again": "requests",
    "typed-second": "requests",
    "request": "requests",
    "remind": "requests",
    "close-request": "requests",
    "request-document": "requests",
    "request-csv": "requests",
    "providers": "providers",
    "add-provider": "providers",
    "provider": "providers",
    "edit-provider": "providers",
    "add-contact": "providers",
    "add-quirk": "providers",
    "end-contact": "providers",
    "end-quirk": "providers",
    "ask-accounts": "providers",
    "answers": "answers",
    "take-answer": "answers",
    "record-answer": "answers",
    "warnings": "warnings",
    "acknowledge": "warnings",
    "acknowledge-selected": "warnings",
    "intake": "intake",
    "delivery": "intake",
    "quarantine": "intake",
    "upload": "upload",
    "upload-plain": "upload",
    "upload-state": "upload",
    "upload-files": "upload",
    "upload-slice": "upload",
    "upload-take-in": "upload",
    "upload-discard": "upload",
    "profiles": "profiles",
    "profile": "profiles",
    "profile-suggest": "profiles",
    "profile-confirm": "profiles",
    "tip-new": "tips",
    "tip-take": "tips",
    "tip-taken": "tips",
    "register": "register",
    "update-register": "register",
    "group": "register",
    "count-group": "register",
    "clocks": "clocks",
    "clock-meet": "clocks",
    "clocks-calendar": "clocks",
    "aftermath": "aftermath",
    "reaudit": "aftermath",
    "reaudit-act": "aftermath",
    "held-reaudit": "aftermath",
    "held-reaudit-act": "aftermath",
    "errors": "aftermath",
    "error-confirm": "aftermath",
    "error": "aftermath",
    "error-act": "aftermath",
    "unit-figures": "aftermath",
    "audit": "audit",
    "api:funnel": "overview",
    "api:board": "board",
    "api:sites": "map",
}

POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS: Final[dict[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not `no-referrer`: browsers then send the origin `null` with a form, which the check of forged forms refuses.
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
}


class Gate(MiddlewareMixin):
    """Lets a request through to its view only when the route's area is open to the officer's roles."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        """Answers the request itself unless it may pass."""
        match = _match(request)
        name = match.view_name if match else ""
        if name in PUBLIC:
            return None
        officer = _officer(request)
        if officer is None:
            return _to_sign_in(request)
        request.officer = officer  # type: ignore[attr-defined]
        area = AREA_OF.get(name)
        if match is None or area is None or not roles.shows(list(officer.roles), area):
            return refuse(request, officer, NotPermitted("ROUTE", _asked(request, match)))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """An object out of reach ends like a page that does not exist; an act refused by a rule says which rule."""
        officer: Officer | None = getattr(request, "officer", None)
        if isinstance(exception, NotVisible):
            return refuse(request, officer, NotPermitted("REACH", _asked(request, _match(request))))
        if isinstance(exception, RefusedError):
            # `audit.acting` has kept it already.
            return HttpResponse(render_to_string("refused.html", {"refused": exception}, request), status=403)
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Puts the headers on every answer, errors included."""
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response


def still_open(request: OfficerRequest, area: str) -> bool:
    """True while the session lives and the officer's roles still open the area; asked again during long answers."""
    key = request.session.session_key
    if key is None or not request.session.exists(key):
        return False
    account = account_with_officer(request.user.pk)
    return account is not None and roles.shows(list(account.officer.roles), area)


def refuse(request: HttpRequest, officer: Officer | None, refused: RefusedError) -> HttpResponse:
    """The one page for everything that is not there or not yours; what was asked for is kept with who asked."""
    if officer is not None:
        keep_refusal("read", by=officer, at=timezone.now(), refused=refused)
    return not_there(request)


def not_there(request: HttpRequest) -> HttpResponse:
    """The body depends on nothing but the kind of client: no name, no path, no token."""
    if _wants_data(request):
        return JsonResponse({"detail": "not found"}, status=404)
    return HttpResponse(render_to_string("404.html"), status=404)


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def _officer(request: HttpRequest) -> Officer | None:
    if SESSION_KEY not in request.session or not request.user.is_authenticated:
        return None
    account = account_with_officer(request.user.pk)
    return account.officer if account else None


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if _wants_data(request):
        return JsonResponse({"detail": "sign in"}, status=401)
    target = str(settings.LOGIN_URL)
    if request.method == "GET" and request.path_info != "/":
        target += "?" + urlencode({"next": request.get_full_path()})
    response = HttpResponse(status=302, headers={"Location": target})
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401, headers={"HX-Redirect": str(settings.LOGIN_URL)})
    return response


def _wants_data(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _asked(request: HttpRequest, match: ResolverMatch | None) -> str:
    """Method, route and identifiers; never the path as typed, which may name a person."""
    if match is None:
        return f"{request.method} no such route"
    given = " ".join(f"{name}={value}" for name, value in sorted(match.kwargs.items()))
    return f"{request.method} {match.view_name} {given}".strip()
