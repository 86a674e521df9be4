"""Routes: each with a name, and each name with an area in `views.gate.AREA_OF`, or nobody may go there."""

from __future__ import annotations

from django.urls import include, path

from kaval.station.api import api_routes
from kaval.station.views import (
    board,
    documents,
    exhibits,
    health,
    leads,
    map,
    operations,
    overview,
    reading_warnings,
    record,
    sign_in,
    statistics,
    subjects,
)

handler404 = "kaval.station.views.errors.not_found"
handler500 = "kaval.station.views.errors.failed"

urlpatterns = [
    path("healthz", health.health, name="health"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("language", sign_in.language, name="language"),
    path("", overview.overview, name="overview"),
    path("leads", leads.leads, name="leads"),
    path("leads/<uuid:lead_id>", leads.lead, name="lead"),
    path("subjects", subjects.subjects, name="subjects"),
    path("subjects/<uuid:subject_id>", subjects.subject, name="subject"),
    path("map", map.show_map, name="map"),
    path("operations", operations.operations, name="operations"),
    path("operations/<uuid:operation_id>", operations.operation, name="operation"),
    path("operations/<uuid:operation_id>/board", board.board, name="board"),
    path("operations/<uuid:operation_id>/board/events", board.board_events, name="board-events"),
    path("exhibits", exhibits.exhibits, name="exhibits"),
    path("exhibits/<uuid:exhibit_id>", exhibits.exhibit, name="exhibit"),
    path("documents", documents.documents, name="documents"),
    path("documents/<uuid:document_id>", documents.document, name="document"),
    path("documents/<uuid:document_id>.pdf", documents.document_pdf, name="document-pdf"),
    path("statistics", statistics.statistics, name="statistics"),
    path("warnings", reading_warnings.warnings, name="warnings"),
    path("warnings/<uuid:warning_id>/acknowledge", reading_warnings.acknowledge, name="acknowledge"),
    path("audit", record.audit, name="audit"),
    path("api/v1/", include((api_routes, "api"))),
]
