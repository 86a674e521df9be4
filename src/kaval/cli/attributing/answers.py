"""The answers of all ISPs: leases in arrays, addresses of the customers that matter, and the facts on each file."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kaval.cli.attributing.rows import Row, key_of
from kaval.cli.attributing.scanning import scanned
from kaval.cli.attributing.seals import Seals, sha256_of
from kaval.cli.profiles import OnDisk
from kaval.engine import formats
from kaval.engine.formats._by_row import by_row
from kaval.engine.formats._spec import LeaseRow, ReadWarning, ReceivedFile, SubscriberRow
from kaval.engine.formats._text import read_table
from kaval.engine.formats.profile import Profile
from kaval.engine.formats.provider import subscriber_lattice_csv, subscriber_ledger_csv
from kaval.engine.formats.provider._profile import RowPlace
from kaval.engine.formats.template import template_of
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.attribution.facts import AnswerFileFacts
from kaval.engine.rules.attribution.packed import PackedAnswer
from kaval.engine.rules.attribution.packing import Packing

_FIELDS = tuple(field.name for field in fields(SubscriberRow))
_INSTANTS = tuple(_FIELDS.index(name) for name in ("active_from", "active_to"))


class PackedSubscribers:
    """Address rows of an ISP's customers as text, found by customer; the rows of one customer in the answer's order."""

    def __init__(self) -> None:
        self._text, self._at = bytearray(), array("Q", [0])
        self._digests: Any = array("Q")
        self._order: Any = array("I")

    def add(self, row: SubscriberRow, file: int) -> None:
        """A row and the number of its file."""
        values = [getattr(row, name) for name in _FIELDS]
        for at in _INSTANTS:
            values[at] = values[at].isoformat() if values[at] else None
        self._text += json.dumps([file, *values], ensure_ascii=False).encode("utf-8", "surrogatepass")
        self._at.append(len(self._text))
        self._digests.append(key_of(row.customer_ref))

    def close(self) -> None:
        """Sorts them; no further rows."""
        order = np.argsort(np.frombuffer(self._digests, "Q"), kind="stable").astype("u4")
        if len(order):
            self._order, self._digests = order.data, np.frombuffer(self._digests, "Q")[order].data

    def of(self, customer_ref: str) -> list[tuple[int, SubscriberRow]]:
        """(file, row) of every address row of a customer."""
        digest, found = key_of(customer_ref), []
        at = bisect_left(self._digests, digest)
        while at < len(self._digests) and self._digests[at] == digest:
            place = self._order[at]
            text = self._text[self._at[place] : self._at[place + 1]].decode("utf-8", "surrogatepass")
            file, *values = json.loads(text)
            for instant in _INSTANTS:
                values[instant] = datetime.fromisoformat(values[instant]) if values[instant] else None
            row = SubscriberRow(*values)
            if row.customer_ref == customer_ref:
                found.append((file, row))
            at += 1
        return found


@dataclass(frozen=True, slots=True)
class IspAnswers:
    """What one ISP answered. `facts` are on its files, by SHA-256."""

    leases: PackedAnswer
    subscribers: PackedSubscribers
    facts: dict[str, AnswerFileFacts]


@dataclass(frozen=True, slots=True)
class Given:
    """A file of an answer: where it lies, its digest, whose it is and the row of answers.csv about it, if any."""

    path: Path
    sha256: str
    isp_id: str
    said: Row | None


Say = Callable[[str, int, int], None]
Wanted = Callable[[PackedAnswer], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How answers are read: profiles for free layouts, seals, accepted templates (None: nobody says), progress."""

    profiles: tuple[Profile, ...]
    seals: Seals
    templates: Mapping[str, frozenset[str]] | None
    say: Say


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files named, those of folders in order of their names; hidden ones are left out.

    Raises:
        ReaderError: there is no such file or folder.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (one for one in path.rglob("*") if one.is_file())
            found += sorted(
                one for one in inside if not any(part.startswith(".") for part in one.relative_to(path).parts)
            )
        elif path.is_file():
            found.append(path)
        else:
            raise ReaderError("no such file or folder", file=str(path), mend="Check the path")
    return found


def given(paths: Iterable[Path], said: Sequence[Row]) -> list[Given]:
    """The files of the answers with their ISP: what answers.csv says, else the name of the folder a file lies in.

    The same bytes twice from one ISP count once.
    """
    found: dict[tuple[str, str], Given] = {}
    for path in files_of(paths):
        row = _said(path, said)
        isp = (row["isp_id"] if row else "") or path.resolve().parent.name
        one = Given(path, sha256_of(path), isp, row)
        found.setdefault((isp, one.sha256), one)
    return list(found.values())


def _said(path: Path, said: Sequence[Row]) -> Row | None:
    whole = path.resolve().parts
    for row in said:
        parts = tuple(
            part for part in row.needed("file").replace("\\", "/").split("/") if part not in ("", ".")
        )
        if whole[-len(parts) :] == parts:
            return row
    return None


def read_answers(
    files: Sequence[Given], reading: Reading, *, wanted: Wanted
) -> tuple[dict[str, IspAnswers], int]:
    """The answers by ISP and the number of the readers' warnings; of customers only those `wanted` of its leases.

    Raises:
        ReaderError: a file that no reader claims, or that its reader can take nothing from.
    """
    total, done, warned = sum(one.path.stat().st_size for one in files) or 1, 0, 0
    by_isp: dict[str, list[Given]] = defaultdict(list)
    for one in files:
        by_isp[one.isp_id].append(one)
    found = {}
    for isp in sorted(by_isp):
        packing, subscribers, later = Packing(isp), PackedSubscribers(), []
        for one in by_isp[isp]:
            number = packing.begin_file(one.sha256)
            file = _received(one, reading)
            name = _reader(file)
            if name.startswith("subscriber"):
                later.append((number, file))
                continue
            warned += _leases(file, name, packing=packing, subscribers=subscribers)
            done += file.size
            reading.say("read answers", done, total)
        answer = packing.done()
        del packing
        customers = wanted(answer)
        for number, file in later:
            warned += _subscribers(file, subscribers, number=number, customers=customers)
            done += file.size
            reading.say("read answers", done, total)
        subscribers.close()
        facts = {one.sha256: _facts(one, reading) for one in by_isp[isp]}
        for number, sha256 in enumerate(answer.files):
            facts[sha256] = replace(facts[sha256], half_day=answer.never_afternoon(number))
        found[isp] = IspAnswers(answer, subscribers, facts)
    return found, warned


def _received(one: Given, reading: Reading) -> ReceivedFile:
    return ReceivedFile(str(one.path), OnDisk(one.path), reading.profiles)


def _reader(file: ReceivedFile) -> str:
    """The name of the one reader that claims the file; its refusal is that of reading it."""
    claiming = formats.claimants(file, "provider")
    if len(claiming) != 1:
        formats.read_one(file, "provider")  # says why
    name: str = claiming[0].SPEC.name
    return name


def _leases(file: ReceivedFile, name: str, *, packing: Packing, subscribers: PackedSubscribers) -> int:
    """The leases of a file; gives the number of warnings."""
    warned = scanned(file, name, packing)
    if warned is not None:
        return warned
    warned = 0
    for item in formats.stream_one(file, "provider")[1]:
        if isinstance(item, LeaseRow):
            packing.add(item)
        elif isinstance(item, SubscriberRow):
            subscribers.add(item, len(packing.files) - 1)
        else:
            warned += 1
    return warned


def _subscribers(
    file: ReceivedFile, subscribers: PackedSubscribers, *, number: int, customers: frozenset[str]
) -> int:
    warned = 0
    for item in _addresses(file):
        if isinstance(item, ReadWarning):
            warned += 1
        elif item.customer_ref in customers:
            subscribers.add(item, number)
    return warned


def _addresses(file: ReceivedFile) -> Iterator[SubscriberRow | ReadWarning]:
    """The address rows one by one; of the two known tables by their readers' row functions, which read whole files."""
    name, trouble = _reader(file), list[ReadWarning]()
    if name == subscriber_lattice_csv.SPEC.name:
        table = read_table(file, subscriber_lattice_csv.COLUMNS, trouble)
        make: Any = subscriber_lattice_csv._addresses
    elif name == subscriber_ledger_csv.SPEC.name:
        table = read_table(file, subscriber_ledger_csv.COLUMNS, trouble, delimiter=";")
        make = lambda row, place: (subscriber_ledger_csv._address(row, place),)  # noqa: E731
    else:
        return iter(formats.stream_one(file, "provider")[1])
    rows = ((f"row {number}", row) for number, row in table)
    return by_row(rows, trouble, lambda row, place, own: tuple(make(row, RowPlace(place, own))))


def _facts(one: Given, reading: Reading) -> AnswerFileFacts:
    template = template_of(_received(one, reading)).fingerprint
    accepted = reading.templates
    said = one.said
    looked = said is not None and said.flag("caveats_looked")
    certificate = said["certificate"].casefold() if said else ""
    if said is not None and certificate not in ("", "received", "asked"):
        raise said.wrong("certificate", "received, asked or empty")
    return AnswerFileFacts(
        sha256=one.sha256,
        isp_id=one.isp_id,
        intact=reading.seals.of(one.sha256, "answers", one.isp_id, one.path.name),
        template=template,
        template_accepted=None if accepted is None else template in accepted.get(one.isp_id, frozenset()),
        caveats=said.several("caveats") if said and looked else None,
        channel_agreed=said.flag("channel_agreed") if said else None,
        certificate=certificate,
    )
