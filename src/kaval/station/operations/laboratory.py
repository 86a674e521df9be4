"""What the lab found, with its provenance: hash sets held, examinations of exhibits, files that equal an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import Examination, Exhibit, Finding, HashSet, Officer, Receipt


def register_hash_set(
    *, by: Officer, at: datetime, key: str, receipt: Receipt, name: str, scheme: str, entries: int
) -> HashSet:
    """Registers a received hash set under the digest of its bytes: a finding names set and version."""
    with acting(
        "register_hash_set",
        by=by,
        at=at,
        key=key,
        request={"sha256": receipt.sealed.sha256, "name": name, "scheme": scheme},
    ) as act:
        if act.repeated:
            return HashSet.objects.get(id=act.earlier)
        hash_set, _ = HashSet.objects.get_or_create(
            version=receipt.sealed.sha256,
            defaults={
                "id": derive("hash set", receipt.sealed.sha256),
                "name": name,
                "scheme": scheme,
                "entries": entries,
                "sealed": receipt.sealed,
            },
        )
        act.about("hash_set", hash_set.id)
        act.ledger("hash_set", {"version": receipt.sealed.sha256, "entries": entries, "scheme": scheme})
        return hash_set


def record_examination(
    *,
    by: Officer,
    at: datetime,
    key: str,
    exhibit: Exhibit,
    image_sha256: str,
    tool: str,
    files: Sequence[Mapping[str, Any]],
    warnings: Sequence[Mapping[str, Any]],
    hash_report: Mapping[str, Any],
) -> Examination:
    """Stores the lab's result on an exhibit: counts, and one finding for each file that equals a known entry.

    Raises:
        RefusedError: C-4, the image examined is not the image that was taken from this exhibit; or the exhibit was
            examined before.
    """
    request = {
        "exhibit": str(exhibit.id),
        "image": image_sha256,
        "tool": tool,
        "files": content_digest([dict(entry) for entry in files]),
    }
    with acting("record_examination", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Examination.objects.get(id=act.earlier)
        if image_sha256 != exhibit.image_sha256:
            raise RefusedError("C-4", f"the image examined is not the image of {exhibit.number}")
        if Examination.objects.filter(exhibit=exhibit).exists():
            raise RefusedError("TWICE", f"an examination of {exhibit.number} is on record already")
        known = [entry for entry in files if entry["matches"]]
        examination = Examination.objects.create(
            id=derive("examination", exhibit.id),
            exhibit=exhibit,
            image_sha256=image_sha256,
            tool=tool,
            files=len(files),
            known=len(known),
            deleted=sum(entry["state"] == "deleted" for entry in files),
            warnings=list(warnings),
            hash_report=dict(hash_report),
            by=by,
            at=at,
        )
        Finding.objects.bulk_create(
            [_finding(examination, number, entry) for number, entry in enumerate(known)], batch_size=500
        )
        act.about("examination", examination.id)
        act.ledger(
            "examined",
            {"exhibit": exhibit.number, "image": image_sha256, "files": len(files), "known": len(known)},
        )
        return examination


def _finding(examination: Examination, number: int, entry: Mapping[str, Any]) -> Finding:
    return Finding(
        id=derive("finding", examination.id, number),
        examination=examination,
        path=entry["path"][:600],
        state=entry["state"],
        size=entry["size"],
        md5=entry["md5"],
        sha1=entry["sha1"],
        sha256=entry["sha256"],
        mime=entry.get("mime") or "",
        matches=entry["matches"],
    )
