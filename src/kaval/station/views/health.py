"""Says that the process answers, and nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """`ok`; the database is not asked."""
    return HttpResponse("ok", content_type="text/plain")
