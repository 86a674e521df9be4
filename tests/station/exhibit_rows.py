"""What happened to an exhibit, for the console's tests: movements, and an examination with a finding."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from kaval.station.models import CustodyEvent, Examination, Exhibit, Finding, Officer, Opening, OrderedItem


def _uid(*parts: object) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts)))


def custody(exhibit: Exhibit, number: int, member: Officer, *, at: datetime, text: str) -> None:
    """Two movements of the exhibit."""
    for seq, holders in enumerate((("scene", text), ("somebody else", "lab"))):
        CustodyEvent.objects.create(
            id=_uid("custody", number, seq),
            exhibit=exhibit,
            seq=seq,
            event="seized" if seq == 0 else "to_lab",
            at=at + timedelta(hours=seq),
            holder_from=holders[0],
            holder_to=holders[1],
            place="malkhana",
            seal_after=f"KL-{number}",
            seal_before=f"KL-{number}" if seq else "",
            purpose="safe keeping",
            by=member,
        )


def examined(exhibit: Exhibit, number: int, examiner: Officer, *, at: datetime, text: str) -> None:
    """One examination with one finding, one item in the order of work, and one opening by the examiner."""
    examination = Examination.objects.create(
        id=_uid("examination", number),
        exhibit=exhibit,
        image_sha256="4" * 64,
        tool="lab",
        files=10,
        known=1,
        deleted=2,
        provenance={
            "hashsets": [{"set": text, "version": text, "received_from": text, "lawful_use": text}],
            "digests": {text: text},
        },
        facts={
            "facts": [
                {"fact": text, "value": text, "reasons": [{"code": "F", "text": text, "text_ml": text}]}
            ]
        },
        indicators=[{"program": text, "strength": text, "path": text, "innocent": [text]}],
        by=examiner,
        at=at,
    )
    finding = Finding.objects.create(
        id=_uid("finding", number),
        examination=examination,
        path=f"/a/{text}",
        state="deleted",
        size=5,
        md5="5" * 32,
        sha1="6" * 40,
        sha256="7" * 64,
        matches=[{"set": text, "version": "8" * 64, "category": 1, "scheme": "TRAINING"}],
    )
    OrderedItem.objects.create(
        id=_uid("ordered", number),
        examination=examination,
        rank=1,
        path=f"/b/{text}",
        state="carved",
        size=None,
        sha256="9" * 64,
        group=text[:64],
        risk=0.5,
        reasons=[text, {"code": "O", "text": text, "text_ml": text}],
    )
    Opening.objects.create(
        id=_uid("opening", number),
        finding=finding,
        reason=text,
        level=3,
        seconds_allowed=30,
        by=examiner,
        at=at,
    )
