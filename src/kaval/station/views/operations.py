"""Operations, and the plan of one."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import operations as queries
from kaval.station.views.asked import id_asked


@require_safe
def operations(request: OfficerRequest) -> HttpResponse:
    """The list."""
    return render(request, "operations.html", {"operations": queries.operations_seen(request.officer)})


@require_safe
def operation(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """One operation with its plan."""
    district = id_asked(request, "district")
    return render(
        request,
        "operation.html",
        {"sheet": queries.operation_by_id(request.officer, operation_id, district=district)},
    )
