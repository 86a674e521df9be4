"""Rows of the intake desk for the console's tests: a delivery and a confirmed profile, with hostile names."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from kaval.station.models import Delivery, Officer, ReadingProfile

AT = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def delivery_row(
    number: int, *, clerk: Officer, identify: Callable[..., uuid.UUID], hostile: str
) -> Delivery:
    """One delivery, every second one finished, and a profile that somebody confirmed."""
    ReadingProfile.objects.create(
        id=identify("profile", number),
        name=f"sender-{number}",
        version=1,
        kind="p2p",
        definition=_definition(hostile),
        confirmed_by=clerk,
        confirmed_at=AT,
    )
    return Delivery.objects.create(
        id=identify("delivery", number),
        identity=f"{number:064x}",
        number=1,
        source=hostile[:40],
        channel=hostile[:60],
        named=str(number),
        by=clerk,
        started_at=AT,
        finished_at=AT if number % 2 else None,
    )


def _definition(hostile: str) -> dict[str, Any]:
    layout = {"kind": "csv", "delimiter": ",", "encoding": "", "sheet": "", "header_row": 1, "records": ""}
    return {
        "kaval_profile": 1,
        "name": "sender",
        "version": 1,
        "kind": "p2p",
        "layout": layout,
        "columns": {"ip": hostile, "source_record_id": "id"},
        "times": {},
        "fixed": {"source_system": hostile},
        "fingerprint": [hostile, "id"],
        "confirmed_by": "intake_clerk",
        "confirmed_at": "2026-03-01T06:30:00Z",
    }
