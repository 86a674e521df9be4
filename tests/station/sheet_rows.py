"""Rows that make one subject of the console's small station a full attribution at level 2, every hop on real bytes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kaval.engine.rules.attribution.checks import ALL_CHECKS
from kaval.station import sealed
from kaval.station.models import (
    AnswerFile,
    Attribution,
    AttributionError,
    CheckOverride,
    ContradictionNote,
    CorroborationNote,
    DeconflictionNote,
    GroundVerification,
    LeaseAnswer,
    Observation,
    ProviderQuirk,
    Quarantine,
    ReportedFile,
    Resolution,
    SealedFile,
    SubscriberAnswer,
)
from tests.station.console_rows import NOON, World, uid

HOUSE = "Sheet House"


def full(world: World) -> Attribution:
    """The subject's attribution with lease, place, look, notes and a basis that is sealed for real."""
    answer = sealed_row(b"answer of the sheet\n")
    row = Attribution.objects.get(subject=world.alpha["subject_id"])
    observation = Observation.objects.get(lead__subject_link__subject=row.subject)
    lease = _lease(row, answer)
    Resolution.objects.filter(observation=observation).update(
        state="unique", customer_ref=row.customer_ref, lease=lease, reasons=[], files=[answer.sha256]
    )
    _told(row, answer, world)
    ReportedFile.objects.create(
        id=uid("sheet file"),
        lead=observation.lead,
        name="SECRET-FILE-NAME",
        hashes=[["sha1", "0" * 40]],
        viewed_by_esp=None,
    )
    _noted(row, observation, world)
    Quarantine.objects.filter(attribution=row).update(
        lifted_at=NOON
    )  # the small station holds every one back
    Attribution.objects.filter(pk=row.pk).update(
        quarantined_at=None,
        checks=[_passed(check) for check in ALL_CHECKS if check.stage.value != "after"],
        blocked_by=[],
        support=[str(observation.pk)],
        basis=[{"role": "answer", "digest": answer.sha256, "reference": "ipdr.csv"}],
        overridden=[{"check": "A-25", "by": "commander"}],
        entry_at=NOON + timedelta(days=10),
    )
    row.refresh_from_db()
    return row


def sealed_row(content: bytes) -> SealedFile:
    """Bytes in the sealed store with their row."""
    digests = sealed.keep(content)
    row, _ = SealedFile.objects.get_or_create(
        sha256=digests.sha256,
        defaults={
            "id": uid("sealed", digests.sha256),
            "sha1": digests.sha1,
            "md5": digests.md5,
            "size": digests.size,
        },
    )
    return row


def quarantined(row: Attribution, world: World) -> None:
    """Holds the attribution back because of a confirmed error of another one."""
    other = Attribution.objects.exclude(pk=row.pk).first()
    assert other is not None
    error = AttributionError.objects.create(
        id=uid("error"),
        number="ERR/SHEET/1",
        attribution=other,
        cause="zone",
        text="one hour off",
        people_affected=2,
        children_affected=1,
        confirmed_by=world.officers["supervisor"],
        confirmed_at=NOON,
    )
    Quarantine.objects.create(
        id=uid("quarantine"), error=error, attribution=row, shared="file", reference="ipdr.csv", at=NOON
    )
    Attribution.objects.filter(pk=row.pk).update(quarantined_at=NOON)


def _passed(check: Any) -> dict[str, str]:
    return {
        "check": check.id,
        "kind": check.kind.value,
        "verdict": "PASS",
        "text": check.rule,
        "text_ml": check.rule_ml,
    }


def _lease(row: Attribution, answer: SealedFile) -> LeaseAnswer:
    assert row.provider is not None
    return LeaseAnswer.objects.create(
        id=uid("sheet lease"),
        provider=row.provider,
        sealed=answer,
        locator="row 4",
        customer_ref=row.customer_ref,
        address="192.0.2.7",
        port_low=1000,
        port_high=1999,
        start_text="01/03/2026 11:00:00",
        start_at=NOON - timedelta(hours=1),
        end_text="01/03/2026 16:00:00",
        end_at=NOON + timedelta(hours=4),
        static=False,
    )


def _told(row: Attribution, answer: SealedFile, world: World) -> None:
    """What the provider says of the line and of its answer, and what the local station saw."""
    assert row.provider is not None
    assert row.place is not None
    SubscriberAnswer.objects.create(
        id=uid("sheet line"),
        provider=row.provider,
        sealed=answer,
        locator="row 9",
        customer_ref=row.customer_ref,
        name="SECRET-SUBSCRIBER",
        address_kind="install",
        house_name=HOUSE,
        ward="12",
        door_number="4/317",
        segment="HOME",
        active_from=NOON - timedelta(days=400),
    )
    GroundVerification.objects.create(
        id=uid("sheet look"),
        place=row.place,
        verified_at=NOON + timedelta(days=2),
        by=world.officers["field_officer"],
        unit_found=True,
        single_match=True,
        occupant_at_event="same",
        resident_since="2019-06-01",
        wifi="open",
    )
    AnswerFile.objects.create(
        id=uid("sheet answer"),
        provider=row.provider,
        sealed=answer,
        caveats=["Blocks last four hours"],
        channel_agreed=True,
        certificate="asked",
        by=world.officers["analyst"],
        at=NOON,
    )
    ProviderQuirk.objects.create(
        id=uid("sheet quirk"),
        provider=row.provider,
        code="Q",
        text="Writes the month first",
        valid_from=(NOON - timedelta(days=90)).date(),
        entered_by=world.officers["analyst"],
        entered_at=NOON,
    )


def _noted(row: Attribution, observation: Observation, world: World) -> None:
    """What officers put on record about the subject."""
    analyst, commander = world.officers["analyst"], world.officers["commander"]
    CheckOverride.objects.create(
        id=uid("sheet override"), subject=row.subject, check_id="A-25", rank="DYSP", text="Both leases are one line",
        by=commander, at=NOON,
    )  # fmt: skip
    ContradictionNote.objects.create(
        id=uid("sheet explained"),
        subject=row.subject,
        observation=observation,
        text="A visit",
        by=analyst,
        at=NOON,
    )
    CorroborationNote.objects.create(
        id=uid("sheet tie"), subject=row.subject, kind="phone", text="Telephone verified", by=analyst, at=NOON
    )
    DeconflictionNote.objects.create(
        id=uid("sheet around"),
        subject=row.subject,
        asked="neighbouring states",
        conflict=False,
        by=analyst,
        at=NOON,
    )
