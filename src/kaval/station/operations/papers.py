"""Documents: built from stored facts, rendered, sealed in turn, and kept with the digest of what they were built
from.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from kaval.engine.documents._plain import plain_text
from kaval.engine.documents._spec import Document
from kaval.engine.documents.provisions import provisions
from kaval.engine.documents.registry import spec_of
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.statistics.release import PressNoteFacts
from kaval.gateways.typst_payload import Language
from kaval.gateways.typst_renderer import render
from kaval.station import sealed as store
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive
from kaval.station.models import Officer, Operation, RenderedDocument, SealedFile, Unit
from kaval.station.queries import court_facts, sheet_asking, sheet_disclosure
from kaval.station.queries.ledger import ledger_head
from kaval.station.queries.statistics import figures_of

_SHORT = {
    "in.seizure_list": "SL",
    "in.seizure_report_106": "SR",
    "in.bsa63_certificate": "BSA63",
    "in.custody_annex": "CA",
    "in.provider_request": "RQ",
    "in.platform_request": "RP",
    "in.request_reminder": "RM",
    "in.attribution_sheet": "AS",
    "in.grounds_of_belief": "GB",
    "in.disclosure_pack": "DP",
    "in.disclosure_pack_redacted": "DR",
}
_FACTS: dict[str, Callable[..., Any]] = {
    "in.seizure_list": court_facts.search_facts,
    "in.seizure_report_106": court_facts.seizure_report_facts,
    "in.bsa63_certificate": court_facts.certificate_facts,
    "in.custody_annex": court_facts.custody_facts,
    "in.provider_request": court_facts.request_facts,
    "in.platform_request": sheet_asking.platform_request_facts,
    "in.request_reminder": sheet_asking.reminder_facts,
    "in.attribution_sheet": sheet_disclosure.attribution_sheet_facts,
    "in.grounds_of_belief": sheet_disclosure.grounds_facts,
    "in.disclosure_pack": sheet_disclosure.whole_pack_facts,
    "in.disclosure_pack_redacted": sheet_disclosure.redacted_pack_facts,
}


def render_document(
    *, by: Officer, at: datetime, key: str, kind: str, subject: UUID, language: Language
) -> RenderedDocument:
    """Builds, renders and seals one court document about a site, an exhibit or a request.

    Every rendering has a number of its own: a certificate is never reused for another submission.

    Raises:
        RefusedError: there is no such kind, or nothing was recorded that it could state.
    """
    request = {"kind": kind, "subject": str(subject), "language": language}
    with acting("render_document", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return RenderedDocument.objects.get(id=act.earlier)
        if kind not in _FACTS:
            raise RefusedError("DOCUMENT-KIND", f"no document about a stored row is called {kind}")
        count = RenderedDocument.objects.filter(kind=kind).count() + 1
        number = f"{_SHORT[kind]}/{at.year}/{count:05d}"
        facts = _FACTS[kind](subject, number=number, at=at)
        document = spec_of(kind).build(facts, provisions())
        return _keep(act, document, subject=subject, language=language)


def release_press_note(
    *, by: Officer, at: datetime, key: str, operation: Operation, language: Language = "both"
) -> RenderedDocument:
    """Counts the operation from stored rows as of `at` and releases a note that holds nothing but these numbers.

    Raises:
        RefusedError: the operation is not closed, so its figures are not final.
    """
    with acting("release_press_note", by=by, at=at, key=key, request={"operation": operation.code}) as act:
        if act.repeated:
            return RenderedDocument.objects.get(id=act.earlier)
        if Operation.objects.get(id=operation.id).state != "closed":
            raise RefusedError("RELEASE-OPEN", f"{operation.code} is not closed; its figures are not final")
        unit = Unit.objects.get(id=1)
        earlier = RenderedDocument.objects.filter(kind="in.press_note", subject=operation.id).count()
        facts = PressNoteFacts(
            number=f"PN/{operation.code.rsplit(' ', 1)[-1].upper()}/{earlier + 1}",
            unit=unit.name,
            unit_ml=unit.name_ml or unit.name,
            prepared_at=at,
            training=unit.training,
            operation=operation.code,
            figures=figures_of(by, operation, as_of=at),
            ledger_root=ledger_head().root,
        )
        document = spec_of("in.press_note").build(facts, provisions())
        return _keep(act, document, subject=operation.id, language=language)


def _keep(act: Acting, document: Document, *, subject: UUID, language: Language) -> RenderedDocument:
    digests = store.keep(render(document, language=language, at=act.at))
    sealed, _ = SealedFile.objects.get_or_create(
        sha256=digests.sha256,
        defaults={
            "id": derive("sealed", digests.sha256),
            "sha1": digests.sha1,
            "md5": digests.md5,
            "size": digests.size,
        },
    )
    row = RenderedDocument.objects.create(
        id=derive("document", document.number),
        number=document.number,
        kind=document.spec_id,
        subject=subject,
        language=language,
        facts_digest=document.facts_digest,
        gaps=[gap.text.en for gap in document.gaps],
        sealed=sealed,
        plain_text=plain_text(document, language="ml" if language == "ml" else "en"),
        by=act.by,
        at=act.at,
    )
    act.about("document", row.id)
    act.ledger(
        "rendered",
        {
            "number": document.number,
            "kind": document.spec_id,
            "facts": document.facts_digest,
            "sha256": digests.sha256,
        },
    )
    return row
