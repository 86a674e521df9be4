"""Where the sequence of custody of one device has a hole, so that the final report can say so.

Source: BNSS 193(3) as read in law_and_procedure.md 2.3, checks C-1 to C-5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.facts import CustodyRowFacts

_HASHED_EVENTS = frozenset({"imaged", "image_verified"})


@dataclass(frozen=True, slots=True)
class CustodyGap:
    """One hole: the check it fails (C-1 ...), the row it shows at, and both texts."""

    check: str
    item_no: str
    seq: int
    text_en: str
    text_ml: str
    source: SourceRef


def custody_gaps(rows: Iterable[CustodyRowFacts]) -> tuple[CustodyGap, ...]:
    """Every hole in the rows of ONE item, in ledger order; an empty answer means an unbroken sequence."""
    ordered = tuple(rows)
    found: list[CustodyGap] = []
    if ordered and ordered[0].event != "seized":
        found.append(
            _gap("C-1", ordered[0], en="the first row is not the seizure", ml="ആദ്യ രേഖ പിടിച്ചെടുക്കലിന്റേതല്ല")
        )
    for before, after in pairwise(ordered):
        found.extend(_between(before, after))
    for row in ordered:
        found.extend(_within(row))
    found.extend(_hashes(ordered))
    return tuple(sorted(found, key=lambda gap: (gap.seq, gap.check)))


def _between(before: CustodyRowFacts, after: CustodyRowFacts) -> Iterator[CustodyGap]:
    if after.from_holder != before.to_holder:
        yield _gap(
            "C-1",
            after,
            en=f"handed over by {after.from_holder or 'nobody named'}, but last held by "
            f"{before.to_holder or 'nobody named'}",
            ml=f"കൈമാറിയത് {after.from_holder or 'പേരില്ല'}; അതിനു മുമ്പ് കൈവശം വച്ചത് {before.to_holder or 'പേരില്ല'}",
        )
    if after.at < before.at:
        yield _gap(
            "C-2", after, en=f"earlier than row {before.seq}", ml=f"{before.seq}-ആം രേഖയേക്കാൾ മുമ്പുള്ള സമയം"
        )
    opened = after.event == "opened" and after.authority is not None
    if after.seal_before != before.seal_after and not opened:
        yield _gap(
            "C-3",
            after,
            en=f"seal {after.seal_before or 'not recorded'} does not continue seal "
            f"{before.seal_after or 'not recorded'}",
            ml=f"മുദ്ര {after.seal_before or 'രേഖപ്പെടുത്തിയിട്ടില്ല'} മുൻ മുദ്രയായ "
            f"{before.seal_after or 'രേഖപ്പെടുത്തിയിട്ടില്ല'} എന്നതിന്റെ തുടർച്ചയല്ല",
        )


def _within(row: CustodyRowFacts) -> Iterator[CustodyGap]:
    if row.seal_intact is False:
        yield _gap("C-3", row, en="the seal was found broken", ml="മുദ്ര പൊട്ടിയ നിലയിൽ കണ്ടു")
    if row.event in _HASHED_EVENTS and row.hash_after is None:
        yield _gap(
            "C-5",
            row,
            en="an image was made but no hash is recorded",
            ml="ഇമേജ് എടുത്തെങ്കിലും ഹാഷ് രേഖപ്പെടുത്തിയിട്ടില്ല",
        )


def _hashes(rows: tuple[CustodyRowFacts, ...]) -> Iterator[CustodyGap]:
    known: str | None = None
    for row in rows:
        for value in (row.hash_before, row.hash_after):
            if value is None:
                continue
            if known is not None and value != known:
                yield _gap(
                    "C-4",
                    row,
                    en="the hash differs from the one recorded before",
                    ml="ഹാഷ് മുമ്പ് രേഖപ്പെടുത്തിയതിൽ നിന്ന് വ്യത്യസ്തമാണ്",
                )
            known = value


def _gap(check: str, row: CustodyRowFacts, *, en: str, ml: str) -> CustodyGap:
    return CustodyGap(check, row.item_no, row.seq, en, ml, row.source)
