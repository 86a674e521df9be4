"""Everything with a digest that an attribution rests on, and whether each seal still holds.

A role and a digest name one thing: sealed bytes (source, answer, subscriber, list, routing) by their SHA-256, a row
without a file (profile, allocation, ground) by the digest of what it said when the attribution was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.instant import IST
from kaval.engine.rules.attribution.facts import Limits
from kaval.engine.rules.attribution.intelligence import speaks
from kaval.station import sealed
from kaval.station.models import (
    Allocation,
    Attribution,
    GroundVerification,
    NetworkFile,
    ReadingProfile,
    SealedFile,
)
from kaval.station.queries.network import ROUTING

Entry = dict[str, str]
_BYTES = frozenset(("source", "answer", "subscriber", "list", "routing"))
# What has a digest from an earlier day; the others are digested when the attribution is made.
SEALED = _BYTES | {"profile"}
_CALLED = {
    "source": ("the sealed report", "മുദ്രവെച്ച റിപ്പോർട്ട്"),
    "answer": ("the sealed answer", "മുദ്രവെച്ച മറുപടി"),
    "subscriber": ("the sealed list of subscribers", "വരിക്കാരുടെ മുദ്രവെച്ച പട്ടിക"),
    "profile": ("the reading profile", "വായനാ പ്രൊഫൈൽ"),
    "allocation": ("the row of the allocation table", "വിലാസവിതരണ പട്ടികയിലെ വരി"),
    "list": ("the sealed list of ranges", "മുദ്രവെച്ച ശ്രേണിപ്പട്ടിക"),
    "routing": ("the sealed routing table", "മുദ്രവെച്ച റൂട്ടിങ് പട്ടിക"),
    "ground": ("the record of the look at the place", "സ്ഥലപരിശോധനയുടെ രേഖ"),
}
_WORDS = (
    "Broken seal: {0} ({1}) is gone, or is not what it was.",
    "മുദ്ര പൊട്ടി: {0} ({1}) ഇല്ല, അല്ലെങ്കിൽ മാറിയിരിക്കുന്നു.",
)


def entry(role: str, digest: str, reference: str) -> Entry:
    """One thing an attribution rests on."""
    return {"role": role, "digest": digest, "reference": reference}


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Each thing once, in one order."""
    unique = {(one["role"], one["digest"], one["reference"]): one for one in entries}
    return [unique[key] for key in sorted(unique)]


def allocation_reference(row: Allocation) -> str:
    """How a line of the allocation table is named: its range and its first day."""
    return f"{row.cidr} {row.valid_from.isoformat()}"


def allocation_digest(row: Allocation) -> str:
    """The digest of what a line of the allocation table says."""
    until = row.valid_to.isoformat() if row.valid_to else ""
    said = [
        row.cidr,
        row.provider_code,
        row.kind,
        row.routable,
        row.valid_from.isoformat(),
        until,
        row.source,
    ]
    return content_digest(said)


def ground_digest(row: GroundVerification) -> str:
    """The digest of what a look at a place says."""
    return content_digest(
        [
            str(row.place_id), row.verified_at.isoformat(), str(row.by_id), row.house_name, row.ward, row.door_number,
            row.unit_found, row.single_match, row.occupant_at_event, row.resident_since, row.children_seen, row.wifi,
            row.resident_until.isoformat() if row.resident_until else "", row.notes,
        ]
    )  # fmt: skip


@dataclass
class ListDays:
    """The lists and routing tables in use with the days they speak for."""

    rows: Sequence[NetworkFile]

    @classmethod
    def in_use(cls) -> ListDays:
        """All of them."""
        return cls(list(NetworkFile.objects.select_related("sealed").order_by("kind", "name", "dated")))

    def speaking(self, events: Iterable[datetime], *, age: int = Limits().list_age_days) -> list[Entry]:
        """Those that were asked about events of these instants."""
        days = {at.astimezone(IST).date() for at in events}
        return [
            entry(
                ROUTING if row.kind == ROUTING else "list",
                row.sealed.sha256,
                f"{row.kind} {row.name} {row.dated.isoformat()}",
            )
            for row in self.rows
            if any(_speaks(row, day, age) for day in days)
        ]


def _speaks(row: NetworkFile, day: date, age: int) -> bool:
    if row.kind == ROUTING:
        return row.dated <= day <= row.dated + timedelta(days=age)
    return speaks(row, day, within_days=age)


@dataclass
class Seals:
    """Digests computed anew, each once however many attributions rest on it."""

    _held: dict[tuple[str, str], bool] = field(default_factory=dict)
    _rows: dict[str, SealedFile] = field(default_factory=dict)

    def known(self, digests: Mapping[str, bool | None]) -> None:
        """Sealed bytes that were compared with their digest just now, while they were read; None: they were not."""
        self._held.update({("", sha256): held for sha256, held in digests.items() if held is not None})

    def expect(self, bases: Iterable[Iterable[Mapping[str, Any]]]) -> None:
        """Looks up at once the sealed files that are going to be asked about."""
        wanted = {one["digest"] for basis in bases for one in basis if one["role"] in _BYTES} - {*self._rows}
        rows = SealedFile.objects.filter(sha256__in=[one for one in wanted if ("", one) not in self._held])
        self._rows.update({row.sha256: row for row in rows})

    def broken(self, basis: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
        """The entries of a basis whose seal no longer holds, with words in both languages."""
        found = []
        for one in basis:
            role, digest, reference = one["role"], one["digest"], one["reference"]
            key = ("", digest) if role in _BYTES else (f"{role} {reference}", digest)
            if key not in self._held:
                self._held[key] = self._holds(role, digest, reference)
            if not self._held[key]:
                found.append(
                    {"role": role, "digest": digest, "reference": reference, **_said(role, reference)}
                )
        return found

    def _holds(self, role: str, digest: str, reference: str) -> bool:
        if role not in _BYTES:
            return _digest_now(role, reference) == digest
        row = self._rows.get(digest) or SealedFile.objects.filter(sha256=digest).first()
        if row is None:
            return False
        try:
            sealed.check(row)
        except sealed.SealBroken:
            return False
        return True


def broken_basis(attribution: Attribution) -> list[dict[str, str]]:
    """The seals of one attribution that do not hold now; empty when all do. Reads its handful of files."""
    return Seals().broken(attribution.basis)


def _digest_now(role: str, reference: str) -> str | None:
    """The digest of a row as it stands; None: it is gone."""
    if role == "profile":
        name, _, version = reference.rpartition("@")
        profile = ReadingProfile.objects.filter(name=name, version=int(version)).first()
        return None if profile is None else content_digest(profile.definition)
    if role == "allocation":
        cidr, _, day = reference.rpartition(" ")
        lines = Allocation.objects.filter(cidr=cidr, valid_from=date.fromisoformat(day))
        return next((allocation_digest(row) for row in lines), None)
    looked = GroundVerification.objects.filter(id=UUID(reference)).first()
    return None if looked is None else ground_digest(looked)


def _said(role: str, reference: str) -> Entry:
    called, called_ml = _CALLED[role]
    shown = reference if role != "ground" else ""
    texts = (words.format(name, shown) for words, name in zip(_WORDS, (called, called_ml), strict=True))
    return dict(zip(("text", "text_ml"), (text.replace(" ()", "") for text in texts), strict=True))
