"""Observations from their files, which are the sealed source: where each row begins, whose it is, what it states.

Rows are read again from the file when their subject's turn comes; between, an observation costs some forty bytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kaval.cli.attributing.answers import files_of
from kaval.cli.attributing.rows import ByPosition, Row, Scan, key_of
from kaval.cli.attributing.seals import Seals, sha256_of
from kaval.cli.attributing.times import TimeProfiles, is_midnight
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.address import parse_address
from kaval.engine.rules.attribution.facts import ObservationFacts, PeerFacts, Reread, ViewingFacts
from kaval.engine.rules.attribution.packed import PackedAnswer

NEEDED = ("observation_id", "subject", "ip", "time_raw")
CHANNELS = ("", "platform", "p2p", "officer", "tip")
TIME_OF = ("", "event", "report", "receipt", "file")
ORIGINS = ("", "machine", "typed", "double")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of observations: its digest, whether it is still what was sealed, and how often its clock says
    00:00:00 (share of its rows; None without rows)."""

    path: Path
    sha256: str
    intact: bool | None
    bytes: ByPosition
    scan: Scan
    midnight_share: float | None


class Observations:
    """All observations, in the order of their files, with those of each subject together.

    `subjects` lists, in order of first appearance, the places of each subject's observations.

    Raises:
        ReaderError: a file is no such table, a row has no id, or two rows have the same.
    """

    def __init__(self, paths: Iterable[Path], seals: Seals, *, say: Callable[[str, int, int], None]) -> None:
        self.files: list[SourceFile] = []
        self._file: Any = array("H")
        self._offset: Any = array("Q")
        self._size: Any = array("I")
        self._number: Any = array("I")
        self._four: Any = array("I")
        self._six: Any = array("Q")
        named, subjects = array("Q"), array("Q")
        found = files_of(paths)
        total, before = sum(path.stat().st_size for path in found) or 1, 0
        for path in found:
            for done in self._take(path, seals, named=named, subjects=subjects):
                say("read observations", before + done, total)
            before += path.stat().st_size
        self._refuse_doubles(named)
        self._order, self._bounds = _groups(subjects)
        self._four = np.unique(np.frombuffer(self._four, "I"))
        self._six = np.unique(np.frombuffer(self._six, "Q"))

    def __len__(self) -> int:
        return len(self._offset)

    @property
    def subjects(self) -> int:
        """How many groups of rows there are; two subjects share one only when their digests are equal."""
        return len(self._bounds) - 1

    def of_subject(self, number: int) -> list[tuple[int, Row]]:
        """(place, row) of the rows of one group, in the order of the files."""
        places = self._order[self._bounds[number] : self._bounds[number + 1]]
        return [(place, self.row(place)) for place in places]

    def row(self, place: int) -> Row:
        """A row, read anew from its file."""
        file: SourceFile = self.files[self._file[place]]
        raw = file.bytes.read(self._size[place], self._offset[place])
        return file.scan.row(self._number[place], raw)

    def sample(self, most: int) -> Iterator[tuple[int, Row]]:
        """At most so many rows, evenly spread."""
        for place in range(0, len(self), -(-len(self) // most) or 1):
            yield place, self.row(place)

    def customers_of(self, answer: PackedAnswer) -> frozenset[str]:
        """The customers of an answer that some observation may name, by address alone."""
        return answer.customers_at(4, self._four) | answer.customers_at(6, self._six)

    def facts(self, place: int, row: Row, times: TimeProfiles) -> ObservationFacts:
        """What one row states."""
        return _facts(row, self.files[self._file[place]], times)

    def _take(self, path: Path, seals: Seals, *, named: array[int], subjects: array[int]) -> Iterator[int]:
        if len(self.files) > 0xFFFF:
            raise ReaderError("more than 65536 files of observations", mend="Join them")
        with path.open("rb", buffering=1 << 20) as stream:
            scan = Scan(path, stream, needed=NEEDED)
            midnight = rows = 0
            for at, offset, raw in scan:
                row = scan.row(at, raw)
                name = row.needed("observation_id")
                named.append(key_of(name))
                subjects.append(key_of(row["subject"]) if row["subject"] else key_of("", name))
                self._file.append(len(self.files))
                self._offset.append(offset)
                self._size.append(len(raw))
                self._number.append(at)
                self._address(row["ip"])
                rows += 1
                midnight += is_midnight(row["time_raw"])
                if rows % 4096 == 0:
                    yield offset
        sha256 = sha256_of(path)
        intact = seals.of(sha256, "observations", path.name)
        share = midnight / rows if rows else None
        self.files.append(SourceFile(path, sha256, intact, ByPosition(path), scan, share))

    def _address(self, text: str) -> None:
        address = parse_address(text)
        if address is not None and address.version == 4:
            self._four.append(int(address))
        elif address is not None:
            self._six.append(int(address) >> 64)

    def _refuse_doubles(self, named: array[int]) -> None:
        """Two rows of one id would be one observation twice."""
        digests = np.frombuffer(named, "Q") if len(named) else np.zeros(0, "u8")
        order = np.argsort(digests, kind="stable")
        alike = np.flatnonzero(digests[order][1:] == digests[order][:-1])
        for at in alike.tolist():
            first, second = self.row(int(order[at])), self.row(int(order[at + 1]))
            if first["observation_id"] == second["observation_id"]:
                raise second.wrong("observation_id", f"an id of its own: row {first.number} has it too")


def _groups(subjects: array[int]) -> tuple[Any, Any]:
    """Places ordered by subject, subjects by first appearance; and where each subject begins."""
    digests = np.frombuffer(subjects, "Q") if len(subjects) else np.zeros(0, "u8")
    _, first, inverse = np.unique(digests, return_index=True, return_inverse=True)
    appearance = first[inverse]
    order = np.argsort(appearance, kind="stable")
    begins = np.flatnonzero(np.diff(appearance[order], prepend=-1))
    bounds = [*map(int, begins), len(order)]
    return order.astype("u4").data, array("I", bounds)


def _facts(row: Row, file: SourceFile, times: TimeProfiles) -> ObservationFacts:
    read = times.read(row.raw("time_raw"), row["time_profile"])
    port = row.whole("port", most=65535)
    channel = _one_of(row, "channel", CHANNELS)
    origin = _one_of(row, "origin", ORIGINS)
    return ObservationFacts(
        observation_id=row["observation_id"],
        ip=row["ip"],
        port=port,
        transport=row["transport"],
        time=read.time,
        role=row["ip_role"],
        event=row["event"],
        lead_id=row["subject"],
        source=SourceRef(file.sha256, f"row {row.number}"),
        received_at=row.instant("received_at"),
        account_created_at=row.instant("account_created"),
        midnight_share=file.midnight_share,
        typed=origin != "machine",
        double_entry=origin == "double",
        intact=file.intact,
        # Read from the sealed file this very moment: the row above is the re-reading.
        reread=Reread(row["ip"], port, read.time.utc),
        time_of=_one_of(row, "time_of", TIME_OF),
        reported_at=row.instant("reported_at"),
        zone=read.zone,
        other_utc=read.other_utc,
        order_settled=read.order_settled,
        clock_settled=read.clock_settled,
        channel=channel,
        peer=_peer(row) if channel == "p2p" else None,
        viewing=_viewing(row) if channel == "platform" else None,
    )


def _peer(row: Row) -> PeerFacts | None:
    facts = PeerFacts(
        row.flag("peer_single"),
        row.flag("pieces_verified"),
        row.share("peer_share"),
        row.whole("peer_sightings"),
    )
    return None if facts == PeerFacts() else facts


def _viewing(row: Row) -> ViewingFacts | None:
    facts = ViewingFacts(row.flag("viewed"), row["hash_list"])
    return None if facts == ViewingFacts() else facts


def _one_of(row: Row, name: str, known: Sequence[str]) -> str:
    text = row[name]
    if text not in known:
        raise row.wrong(name, f"one of {', '.join(known[1:])}, or empty")
    return text
