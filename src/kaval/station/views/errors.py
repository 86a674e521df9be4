"""The pages for what went wrong: they name nothing and nobody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from kaval.station.views.gate import not_there


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same page as for everything that is not yours."""
    return not_there(request)


def failed(request: HttpRequest) -> HttpResponse:
    """Something broke; the log says what, the page does not."""
    return HttpResponse(render_to_string("500.html"), status=500)
