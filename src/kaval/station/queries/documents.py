"""Documents as rendered: numbered, with the digest of their facts and the gaps they name."""

from __future__ import annotations

import uuid

from kaval.station.models import Officer, RenderedDocument
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of


def documents_rendered(
    viewer: Officer, *, kind: str = "", text: str = "", page: int = 1
) -> Page[RenderedDocument]:
    """Documents in reach, the newest first; their plain text is not loaded."""
    rows = (
        scope.documents_seen(viewer)
        .select_related("by", "sealed")
        .defer("plain_text")
        .order_by("-at", "number")
    )
    if kind:
        rows = rows.filter(kind=kind)
    if text.strip():
        rows = rows.filter(number__icontains=text.strip())
    return page_of(rows, page, lambda row: row)


def kinds_of_documents(viewer: Officer) -> tuple[str, ...]:
    """The kinds of document that occur."""
    return tuple(scope.documents_seen(viewer).order_by("kind").values_list("kind", flat=True).distinct())


def documents_about(viewer: Officer, *subjects: uuid.UUID) -> tuple[RenderedDocument, ...]:
    """Documents in reach about these rows; empty for viewers without the area of documents."""
    if not scope.area_is_shown(viewer, "documents"):
        return ()
    return tuple(
        scope.documents_seen(viewer).filter(subject__in=subjects).defer("plain_text").order_by("number")
    )


def document_by_id(viewer: Officer, document_id: uuid.UUID) -> RenderedDocument:
    """One document with its sealed file.

    Raises:
        NotVisible: no such document in the viewer's reach.
    """
    return scope.found(scope.documents_seen(viewer).select_related("by", "sealed"), document_id)
