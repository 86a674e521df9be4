"""The facts of the papers about a lead's source, from stored rows: the disclosure pack and the grounds of belief."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import kaval
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court import disclosure_facts as facts
from kaval.engine.rules.court.facts import ExhibitHashFacts, OfficerFacts
from kaval.engine.rules.court.sheet_facts import SheetFacts
from kaval.station import models
from kaval.station.queries import sheet
from kaval.station.queries.lead_fields import plain_fields
from kaval.station.queries.sheet_sources import officer_facts

# How exports name their tool's version and its operator, in the order of preference.
_VERSION = ("tool version", "export version", "software version", "version")
_OPERATOR = ("operator", "exported by", "analyst", "agency")
_LISTS = "hash list"


def attribution_sheet_facts(subject_id: uuid.UUID, *, number: str, at: datetime) -> SheetFacts:
    """The facts of the sheet, for an act that has its own permission.

    Raises:
        RefusedError: nobody has attributed the subject.
    """
    return sheet.sheet_facts(_row(subject_id), number=number, at=at)


def whole_pack_facts(subject_id: uuid.UUID, *, number: str, at: datetime) -> facts.DisclosureFacts:
    """The facts of the whole pack, which goes to the court and nowhere else."""
    return _disclosure(_row(subject_id), number=number, at=at, recipient="court")


def redacted_pack_facts(subject_id: uuid.UUID, *, number: str, at: datetime) -> facts.DisclosureFacts:
    """The facts of the redacted pack, for the defence."""
    return _disclosure(_row(subject_id), number=number, at=at, recipient="defence")


def grounds_facts(subject_id: uuid.UUID, *, number: str, at: datetime) -> facts.GroundsFacts:
    """The grounds, stated by the officer who signed the first request behind them; None when nobody was asked."""
    row = _row(subject_id)
    told = sheet.sheet_facts(row, number=number, at=at)
    supporting = told.standing("support")
    sites = sheet.sites_of(row)
    return facts.GroundsFacts(
        head=told.head,
        subject=told.subject,
        level=told.level,
        place=told.place,
        officer=next((one.asked.signed_by for one in supporting if one.asked), None),
        seen=supporting,
        leads=_leads(row),
        look=told.look,
        shared=_shared(row, told),
        flags=told.flags,
        caveats=told.caveats if _looked(row) or told.caveats else None,
        against=len(told.standing("against")),
        stopped_by=told.stopped_by,
        usable=told.usable,
        source=told.source,
        basis=sites[0].search_basis if sites else None,
    )


def _row(subject_id: uuid.UUID) -> models.Attribution:
    row = sheet.attribution_of(subject_id)
    if row is None:
        raise RefusedError("DOC-ATTRIBUTION", "nobody has attributed this subject yet")
    return row


def _disclosure(
    row: models.Attribution, *, number: str, at: datetime, recipient: str
) -> facts.DisclosureFacts:
    seen = models.Observation.objects.filter(lead__subject_link__subject=row.subject).count()
    return facts.DisclosureFacts(
        head=sheet.head_facts(row, sheet.sites_of(row), number=number, at=at),
        subject=row.subject.number,
        level=row.level,
        leads=_leads(row),
        answers=_answers(row),
        files=_files(row),
        software=f"Kaval {kaval.__version__}",
        seen=seen,
        source=SourceRef(row.digest, f"attribution {row.subject.number}"),
        recipient=recipient,
    )


def _leads(row: models.Attribution) -> tuple[facts.LeadSourceFacts, ...]:
    leads = list(
        models.Lead.objects.filter(subject_link__subject=row.subject)
        .select_related("report__sealed__reading")
        .order_by("number")
    )
    came, files = _came(leads), _reported(leads)
    return tuple(_lead(one, came=came.get(one.report_id, ()), files=files.get(one.pk, ())) for one in leads)


def _lead(
    lead: models.Lead, *, came: Iterable[models.Receipt], files: Iterable[models.ReportedFile]
) -> facts.LeadSourceFacts:
    report, listed = lead.report, list(files)
    kept = plain_fields(report.fields)
    named = dict(kept)
    source = SourceRef(report.sealed.sha256, report.locator)
    reading: models.Reading | None = getattr(report.sealed, "reading", None)
    viewed = Counter(one.viewed_by_esp for one in listed)
    return facts.LeadSourceFacts(
        lead=str(lead.number),
        system=report.source_system,
        report=report.source_id,
        kind=report.kind,
        tool_version=_first(named, _VERSION),
        operator=_first(named, _OPERATOR),
        export=_digests(report.sealed, "source"),
        locator=report.locator,
        reader=f"{reading.format} {reading.version}" if reading and reading.format else None,
        profile=report.profile,
        came=tuple(
            facts.CameFacts(one.received_at, one.channel or None, one.source, officer_facts(one.by))
            for one in came
        ),
        kept=kept,
        viewed=(viewed[True], viewed[False], viewed[None]),
        hash_kinds=tuple(sorted({str(pair[0]) for one in listed for pair in one.hashes if pair})),
        hash_lists=tuple(value for name, value in kept if name.startswith(_LISTS)),
        source=source,
    )


def _came(leads: Iterable[models.Lead]) -> Mapping[uuid.UUID, list[models.Receipt]]:
    found: dict[uuid.UUID, list[models.Receipt]] = defaultdict(list)
    links = models.ReportReceipt.objects.filter(report__in=[lead.report_id for lead in leads])
    for link in links.select_related("receipt__by").order_by("receipt__received_at", "pk"):
        found[link.report_id].append(link.receipt)
    return found


def _reported(leads: Iterable[models.Lead]) -> Mapping[uuid.UUID, list[models.ReportedFile]]:
    found: dict[uuid.UUID, list[models.ReportedFile]] = defaultdict(list)
    for one in models.ReportedFile.objects.filter(lead__in=list(leads)).defer("name"):
        found[one.lead_id].append(one)
    return found


def _first(named: Mapping[str, str], keys: Iterable[str]) -> str | None:
    return next((named[key] for key in keys if named.get(key)), None)


def _digests(row: models.SealedFile, record: str) -> ExhibitHashFacts:
    return ExhibitHashFacts(record, row.size, row.sha256, row.sha1, row.md5, None, SourceRef(row.sha256, ""))


def _answers(row: models.Attribution) -> tuple[facts.AnswerSourceFacts, ...]:
    digests = _basis_digests(row)
    files = models.AnswerFile.objects.filter(sealed__sha256__in=digests).select_related(
        "sealed", "provider", "template__accepted_by"
    )
    return tuple(
        facts.AnswerSourceFacts(
            provider=one.provider.name,
            profile=one.profile or None,
            template=one.template.fingerprint if one.template else None,
            accepted_by=_accepted(one.template),
            channel_agreed=one.channel_agreed,
            certificate=one.certificate or None,
            source=SourceRef(one.sealed.sha256, ""),
        )
        for one in files.order_by("at", "pk")
    )


def _accepted(template: models.AnswerTemplate | None) -> OfficerFacts | None:
    return officer_facts(template.accepted_by) if template and template.accepted_by else None


def _files(row: models.Attribution) -> tuple[ExhibitHashFacts, ...]:
    """Every sealed file behind the attribution once: those of the basis, and the reports of leads it does not name."""
    roles = {str(one.get("digest", "")): str(one.get("role", "")) for one in reversed(row.basis)}
    reports = models.Report.objects.filter(lead__subject_link__subject=row.subject)
    for digest in reports.values_list("sealed__sha256", flat=True):
        roles.setdefault(digest, "source")
    rows = models.SealedFile.objects.filter(sha256__in=roles)
    return tuple(
        _digests(one, roles[one.sha256])
        for one in sorted(rows, key=lambda one: (roles[one.sha256], one.sha256))
    )


def _basis_digests(row: models.Attribution) -> list[str]:
    return [str(one.get("digest", "")) for one in row.basis]


def _looked(row: models.Attribution) -> bool:
    """Whether somebody looked for warnings in every answer file it rests on (A-37)."""
    said = list(
        models.AnswerFile.objects.filter(sealed__sha256__in=_basis_digests(row)).values_list(
            "caveats", flat=True
        )
    )
    return bool(said) and None not in said


def _shared(row: models.Attribution, told: SheetFacts) -> bool | None:
    """Whether many customers share the address; None while no answer is in hand."""
    leases = [one.lease for one in told.standing("support") if one.lease]
    if not leases:
        return None
    return any(lease.port_low is not None for lease in leases)
