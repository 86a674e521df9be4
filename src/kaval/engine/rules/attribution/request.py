"""The rows a unit asks an ISP about: machine-rendered, each with a check digit, each refused with its
reason if unfit.

Nothing is typed (A-02): the address, port and instant come from the sealed source and are printed in UTC
and IST. A row that fails a check of the asking stage (A-03 to A-21) is never sent, because its answer would
name the wrong people. The reference ends in a Luhn mod 36 digit, so an answer can be matched to its row and
a misread row is seen.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kaval.engine.kernel.digest import canonical_json
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc, ist_text, require_aware, utc_text
from kaval.engine.kernel.reason import CheckResult
from kaval.engine.rules.attribution.address import canonical_text
from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.attribution.answer import observed_window

if TYPE_CHECKING:
    from kaval.engine.rules.attribution.facts import IspFacts, Limits, ObservationFacts
    from kaval.engine.rules.attribution.intelligence import Intelligence

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY = 9


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """The power a request rests on and who signs, as given by the unit; defaults name BNSS 94.

    `signatory_rank` is the rank that signs; whether that officer holds the power is the lawyer's question,
    not ours.
    """

    signatory_id: str
    signatory_rank: str
    act: str = "BNSS"
    section: str = "94"


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One row as the ISP gets it. `utc` is the stated instant, `from_at`/`to_at` the widened interval, all UTC.

    `origin` is how its fields came about: `machine`, `double` (typed blind by two), `typed`, or empty: not stated
    (A-02).
    """

    reference: str
    observation_id: str
    isp_id: str
    ip: str
    port: int | None
    transport: str
    utc: datetime
    utc_text: str
    ist_text: str
    from_at: datetime
    to_at: datetime
    asked_at: datetime
    origin: str = "machine"


@dataclass(frozen=True, slots=True)
class RequestBatch:
    """All rows for one ISP under one legal basis, ordered by instant and reference."""

    isp_id: str
    legal_basis: LegalBasis
    asked_at: datetime
    rows: tuple[RequestRow, ...]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """An observation that may not be asked about, with the checks that stopped it."""

    observation_id: str
    stopped_by: tuple[CheckResult, ...]


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """Batches by ISP id and the refused observations by id; every observation is in exactly one of the
    two."""

    batches: tuple[RequestBatch, ...]
    refused: tuple[RefusedRow, ...]


def request_rows(
    observations: Iterable[ObservationFacts],
    allocation: AllocationTable,
    *,
    asked_at: datetime,
    legal_basis: LegalBasis,
    isps: Mapping[str, IspFacts] | None = None,
    intelligence: Intelligence | None = None,
    limits: Limits | None = None,
) -> RequestPlan:
    """What to ask whom, and what may not be asked; independent of the order of the observations.

    In an hour that summer time repeats every reading is asked, each in a row of its own (A-14). `isps`,
    `intelligence` and `limits` as for the checks: what is not given is not known, and is refused.
    """
    from kaval.engine.rules.attribution.checks import asking_results  # the checks read requests too

    at = require_aware(asked_at)
    rows: dict[str, list[RequestRow]] = defaultdict(list)
    refused = []
    for observation in sorted(observations, key=lambda one: one.observation_id):
        results = asking_results(
            observation, allocation, as_of=at, limits=limits, isps=isps, intelligence=intelligence
        )
        stops = tuple(result for result in results if result.stops)
        asked = [] if stops else _rows(observation, allocation, at)
        if not asked:
            refused.append(RefusedRow(observation.observation_id, stops))
        for row in asked:
            rows[row.isp_id].append(row)
    batches = tuple(
        RequestBatch(isp, legal_basis, at, tuple(sorted(found, key=lambda row: (row.utc, row.reference))))
        for isp, found in sorted(rows.items())
    )
    return RequestPlan(batches, tuple(refused))


def row_reference(observation_id: str, ip: str, *, port: int | None, utc: datetime) -> str:
    """The reference of a row, from its content alone: nine characters of base 36 and a Luhn mod 36 digit."""
    digest = hashlib.sha256(canonical_json([observation_id, ip, port, iso_utc(utc)])).digest()
    number, body = int.from_bytes(digest[:16], "big"), ""
    for _ in range(_BODY):
        number, digit = divmod(number, 36)
        body += _ALPHABET[digit]
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """The Luhn mod 36 digit of a text of digits and capital letters.

    Raises:
        ValueError: a character outside 0-9 and A-Z.
    """
    total = 0
    for place, character in enumerate(reversed(body)):
        value = _ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += value // 36 + value % 36
    return _ALPHABET[-total % 36]


def reference_is_valid(reference: str) -> bool:
    """True when the reference has its ten characters and its check digit is right."""
    if len(reference) != _BODY + 1 or any(character not in _ALPHABET for character in reference):
        return False
    return check_digit(reference[:-1]) == reference[-1]


def _rows(observation: ObservationFacts, allocation: AllocationTable, asked_at: datetime) -> list[RequestRow]:
    """A row for each instant the text may mean, stated one first; none when nobody held the address then."""
    ip, utc, window = canonical_text(observation.ip), observation.time.utc, observed_window(observation.time)
    if ip is None or utc is None or window is None:
        raise RefusedError(
            "A-10", f"{observation.observation_id} has no address or instant that can be asked about"
        )
    rows = []
    for instant in (utc, *sorted(set(observation.other_utc) - {utc})):
        held = allocation.lookup(ip, instant)
        if held is None:
            return []
        first, last = (edge + (instant - utc) for edge in window)
        rows.append(
            RequestRow(
                row_reference(observation.observation_id, ip, port=observation.port, utc=instant),
                observation.observation_id,
                held.isp_id,
                ip,
                observation.port,
                observation.transport,
                instant,
                utc_text(instant),
                ist_text(instant),
                first,
                last,
                asked_at,
                "double" if observation.typed else "machine",
            )
        )
    return rows
