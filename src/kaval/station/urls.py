"""Routes: each with a name, and each name with an area in `views.gate.AREA_OF`, or nobody may go there."""

from __future__ import annotations

from django.urls import include, path

from kaval.station.api import api_routes
from kaval.station.views import (
    board,
    documents,
    exhibits,
    health,
    intake,
    leads,
    map,
    operations,
    overview,
    profiles,
    reading_warnings,
    record,
    register,
    sign_in,
    statistics,
    subjects,
    tip_form,
    upload,
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
    path("warnings/acknowledge", reading_warnings.acknowledge_selected, name="acknowledge-selected"),
    path("warnings/<uuid:warning_id>/acknowledge", reading_warnings.acknowledge, name="acknowledge"),
    path("intake", intake.intake, name="intake"),
    path("intake/quarantine", intake.quarantine, name="quarantine"),
    path("intake/upload", upload.upload, name="upload"),
    path("intake/upload/whole", upload.upload_plain, name="upload-plain"),
    path("intake/upload/<uuid:upload_id>", upload.upload_state, name="upload-state"),
    path("intake/upload/<uuid:upload_id>/files", upload.upload_files, name="upload-files"),
    path("intake/upload/<uuid:upload_id>/slice", upload.upload_slice, name="upload-slice"),
    path("intake/upload/<uuid:upload_id>/take-in", upload.upload_take_in, name="upload-take-in"),
    path("intake/upload/<uuid:upload_id>/discard", upload.upload_discard, name="upload-discard"),
    path("intake/profiles", profiles.profiles, name="profiles"),
    path("intake/profiles/suggest", profiles.profile_suggest, name="profile-suggest"),
    path("intake/profiles/confirm", profiles.profile_confirm, name="profile-confirm"),
    path("intake/profiles/<uuid:profile_id>", profiles.profile, name="profile"),
    path("intake/<uuid:delivery_id>", intake.delivery, name="delivery"),
    path("tips/new", tip_form.tip_new, name="tip-new"),
    path("tips/take", tip_form.tip_take, name="tip-take"),
    path("tips/<uuid:delivery_id>", tip_form.tip_taken, name="tip-taken"),
    path("register", register.register, name="register"),
    path("register/update", register.take_into_register, name="update-register"),
    path("register/<uuid:group_id>", register.group, name="group"),
    path("register/<uuid:group_id>/count", register.count_group, name="count-group"),
    path("audit", record.audit, name="audit"),
    path("api/v1/", include((api_routes, "api"))),
]
