"""Requests, answers and a provider's register for the console's tests: every text of them is hostile."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

from kaval.station.models import (
    AccountRow,
    AnswerFile,
    AnswerTemplate,
    Identifier,
    Lead,
    ObservationEntry,
    Officer,
    Provider,
    ProviderContact,
    ProviderQuirk,
    ProviderRequest,
    Receipt,
    RequestReminder,
    SealedFile,
)

SENT = datetime(2026, 2, 10, 6, 30, tzinfo=UTC)


def _uid(what: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"requests/{what}")


def request_rows(lead: Lead, officers: dict[str, Officer], *, text: str) -> dict[str, uuid.UUID]:
    """One of everything the pages show, with the identifiers their addresses want."""
    platform = _platform(officers, text)
    request = _request(platform, lead, officers=officers, text=text)
    template = _answered(platform, request, officers=officers, text=text)
    contact = ProviderContact.objects.create(
        id=_uid("contact"), provider=platform, name=text, role=text, email=text, valid_from=date(2025, 1, 1)
    )
    quirk = ProviderQuirk.objects.create(
        id=_uid("quirk"),
        provider=platform,
        code=text[:40],
        text=text,
        valid_from=date(2025, 1, 1),
        source=text,
        entered_by=officers["supervisor"],
        entered_at=SENT,
    )
    entry = ObservationEntry.objects.create(
        id=_uid("entry"),
        lead=lead,
        typed={"ip": "SECRET-TYPED", "port": "SECRET-TYPED"},
        by=officers["analyst"],
        at=SENT,
    )
    return {
        "request_id": request.pk,
        "provider_id": platform.pk,
        "template_id": template.pk,
        "contact_id": contact.pk,
        "quirk_id": quirk.pk,
        "entry_id": entry.pk,
    }


def _platform(officers: dict[str, Officer], text: str) -> Provider:
    platform = Provider.objects.create(
        id=_uid("platform"),
        code="platform",
        name=f"Example Chat {text}",
        kind="platform",
        offset_minutes=0,
        shares_addresses=False,
        contact=text,
        office=text,
        answer_channel=text,
        as_numbers=[64500],
        nat64=["2001:db8:64::/96"],
    )
    Receipt.objects.create(
        id=_uid("receipt"),
        sealed=SealedFile.objects.create(
            id=_uid("other"), sha256="b1" * 32, sha1="1" * 40, md5="2" * 32, size=9
        ),
        name=text,
        source="provider:platform",
        channel=text,
        received_at=SENT,
        by=officers["intake_clerk"],
    )
    return platform


def _request(platform: Provider, lead: Lead, *, officers: dict[str, Officer], text: str) -> ProviderRequest:
    request = ProviderRequest.objects.create(
        id=_uid("request"),
        number="REQ/2026/0900",
        provider=platform,
        kind="account",
        legal_basis="BNSS 94",
        authority=text,
        signed_by=officers["supervisor"],
        sent_at=SENT,
        due_at=SENT + timedelta(days=7),
    )
    named = Identifier.objects.create(
        id=_uid("identifier"), kind="esp_account", strength="strong", value=f"example chat:{text}"
    )
    AccountRow.objects.create(
        id=_uid("account"),
        request=request,
        identifier=named,
        lead=lead,
        reference="ABCDEF1234",
        asked=["subscriber"],
        rendered={"value": text, "kind": "esp_account"},
    )
    RequestReminder.objects.create(
        id=_uid("reminder"), request=request, number=1, text=text, by=officers["analyst"], at=SENT
    )
    return request


def _answered(
    platform: Provider, request: ProviderRequest, *, officers: dict[str, Officer], text: str
) -> AnswerTemplate:
    sealed = SealedFile.objects.create(
        id=_uid("sealed"), sha256="a1" * 32, sha1="1" * 40, md5="2" * 32, size=9
    )
    shape = {"kind": "csv", "delimiter": ",", "header": [text], "times": [text], "forms": {text: text}}
    AnswerTemplate.objects.create(
        id=_uid("accepted"),
        provider=platform,
        fingerprint="c" * 64,
        shape={**shape, "header": [text, "older"]},
        first_seen_at=SENT,
        accepted_by=officers["supervisor"],
        accepted_at=SENT,
        accepted_text=text,
    )
    template = AnswerTemplate.objects.create(
        id=_uid("template"),
        provider=platform,
        fingerprint="d" * 64,
        shape=shape,
        first_seen_at=SENT,
    )
    AnswerFile.objects.create(
        id=_uid("file"),
        provider=platform,
        sealed=sealed,
        request=request,
        template=template,
        rows=3,
        matched={"OTHER": 1},
        conflicts=[[text, text, "address"]],
        unmatched=1,
        unmatched_places=[text],
        half_day=True,
        zone_drift_minutes=-330,
        caveats=[text],
        by=officers["analyst"],
        at=SENT,
    )
    return template
