"""What the lab found, with its provenance: hash sets held, examinations of exhibits, files that equal an entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from kaval.engine.formats.findings import near
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import Examination, Exhibit, Finding, HashSet, Officer, OrderedItem, Receipt

# More than a person goes through; the lab's own folder holds the whole order.
MOST_ORDERED = 5000


@dataclass(frozen=True, slots=True)
class LabRecord:
    """What stands behind an examination and beside its findings, as the lab wrote it (`lab.result`).

    `provenance`: the digests of the lab's files and inputs, and every list with its version. `source_path` is where the
    lab read the image, from the station's home or absolute; empty: not stated. `facts` None: not concluded. `order` are
    lines of the lab's order of files, most urgent first, each with the `sha256`, `size` and `mime` of its finding.
    """

    source_path: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] | None = None
    indicators: Sequence[Mapping[str, Any]] = ()
    order: Sequence[Mapping[str, Any]] = ()

    def columns(self) -> dict[str, Any]:
        """The columns of an examination that hold it; the order has rows of its own."""
        return {
            "source_path": self.source_path,
            "provenance": dict(self.provenance),
            "counts": dict(self.counts),
            "facts": None if self.facts is None else dict(self.facts),
            "indicators": [dict(one) for one in self.indicators],
        }


_BARE = LabRecord()


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
    files: Iterable[Mapping[str, Any]],
    warnings: Sequence[Mapping[str, Any]],
    hash_report: Mapping[str, Any],
    lab: LabRecord = _BARE,
) -> Examination:
    """Stores the lab's result on an exhibit: counts, a finding for each file that equals a known entry, the order.

    `files` are the lines of the exhibit's own image and are read once.

    Raises:
        RefusedError: C-4, the image examined is not the image that was taken from this exhibit; or the exhibit was
            examined before.
    """
    told = _told(files)
    request = {
        "exhibit": str(exhibit.id),
        "image": image_sha256,
        "tool": tool,
        "files": told.digest,
        "lab": content_digest([dict(lab.provenance)]),  # not its place: a restore moves it
    }
    with acting("record_examination", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Examination.objects.get(id=act.earlier)
        _check(exhibit, image_sha256)
        examination = Examination.objects.create(
            id=derive("examination", exhibit.id),
            exhibit=exhibit,
            image_sha256=image_sha256,
            tool=tool,
            files=told.files,
            known=len(told.known),
            deleted=told.deleted,
            warnings=list(warnings),
            hash_report=dict(hash_report),
            by=by,
            at=at,
            **lab.columns(),
        )
        Finding.objects.bulk_create(
            [_finding(examination, number, entry) for number, entry in enumerate(told.known)], batch_size=500
        )
        ordered = lab.order[:MOST_ORDERED]
        OrderedItem.objects.bulk_create(
            [_ordered(examination, rank, entry) for rank, entry in enumerate(ordered, start=1)],
            batch_size=500,
        )
        act.about("examination", examination.id)
        act.ledger(
            "examined",
            {
                "exhibit": exhibit.number,
                "image": image_sha256,
                "files": told.files,
                "known": len(told.known),
                "ordered": len(ordered),
                "result": lab.provenance.get("summary_sha256", ""),
            },
        )
        return examination


def _check(exhibit: Exhibit, image_sha256: str) -> None:
    if image_sha256 != exhibit.image_sha256:
        raise RefusedError("C-4", f"the image examined is not the image of {exhibit.number}")
    if Examination.objects.filter(exhibit=exhibit).exists():
        raise RefusedError("TWICE", f"an examination of {exhibit.number} is on record already")


def _keep_items(
    examination: Examination, known: Sequence[Mapping[str, Any]], ordered: Sequence[Mapping[str, Any]]
) -> None:
    Finding.objects.bulk_create(
        [_finding(examination, number, entry) for number, entry in enumerate(known)], batch_size=500
    )
    OrderedItem.objects.bulk_create(
        [_ordered(examination, rank, entry) for rank, entry in enumerate(ordered, start=1)], batch_size=500
    )


@dataclass(slots=True)
class _Told:
    """What one pass over the lines gave."""

    files: int
    deleted: int
    known: list[Mapping[str, Any]]
    digest: str


def _told(files: Iterable[Mapping[str, Any]]) -> _Told:
    told, digests = _Told(0, 0, [], ""), sha256()
    for entry in files:
        told.files += 1
        told.deleted += entry["state"] == "deleted"
        # Likeness makes nothing known: such a file stands in the order, for a person to compare.
        if not all(near(match) for match in entry["matches"]):
            told.known.append(entry)
        digests.update(content_digest(dict(entry)).encode())
    told.digest = digests.hexdigest()
    return told


def _ordered(examination: Examination, rank: int, entry: Mapping[str, Any]) -> OrderedItem:
    return OrderedItem(
        id=derive("ordered item", examination.id, rank),
        examination=examination,
        rank=rank,
        path=entry["path"],
        state=entry.get("state") or "allocated",
        size=entry.get("size"),
        sha256=entry["sha256"],
        mime=entry.get("mime") or "",
        group=(entry.get("groups") or {}).get("like", ""),
        first_of_like=entry.get("first_of_like", True),
        risk=entry["score"],
        reasons=list(entry.get("reasons") or ()),
    )


def _finding(examination: Examination, number: int, entry: Mapping[str, Any]) -> Finding:
    return Finding(
        id=derive("finding", examination.id, number),
        examination=examination,
        path=entry["path"],
        state=entry["state"],
        size=entry["size"],
        md5=entry["md5"],
        sha1=entry["sha1"],
        sha256=entry["sha256"],
        mime=entry.get("mime") or "",
        matches=entry["matches"],
    )
