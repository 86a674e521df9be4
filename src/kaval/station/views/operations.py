"""Operations, and the plan of one."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import operations as queries
from kaval.station.roles import permits
from kaval.station.views.asked import id_asked
from kaval.station.views.plan_ready import next_step, steps_of
from kaval.station.views.plan_words import words_here


@require_safe
def operations(request: OfficerRequest) -> HttpResponse:
    """The list."""
    return render(request, "operations.html", {"operations": queries.operations_seen(request.officer)})


@require_safe
def operation(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """One operation with its plan."""
    return operation_page(request, operation_id)


def operation_page(
    request: OfficerRequest, operation_id: uuid.UUID, *, problem: list[str] | None = None
) -> HttpResponse:
    """The same, with why the step that was tried is refused."""
    sheet = queries.operation_by_id(request.officer, operation_id, district=id_asked(request, "district"))
    context = {
        "sheet": sheet,
        "operation": sheet.operation,
        "t": words_here(),
        "part": "operation",
        "step": next_step(request.officer, sheet.operation),
        "way": steps_of(sheet.operation),
        "may_reopen": sheet.operation.state == "approved"
        and permits(list(request.officer.roles), "reopen_draft"),
        "problem": problem,
        "problem_at": "step",
        "key": uuid.uuid4(),
    }
    return render(request, "operation.html", context, status=400 if problem else 200)
