"""What may leave the unit for the public: aggregate numbers and police districts, and nothing else.

No name, no address, no station, no crime number can be put in, because no field takes one, and the fields
that take text take it from short fixed forms. Source: law_and_procedure.md 1.8 (POCSO 23, JJ Act 74, press
notes) and A-65.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.statistics.districts import POLICE_DISTRICTS
from kaval.engine.rules.statistics.figures import OperationFigures
from kaval.engine.rules.statistics.suppression import PublishedTable

_OPERATION = re.compile(r"(TRAINING|EXERCISE|P-HUNT) (\d{1,2}\.\d{1,2}|small|linking|state)", re.ASCII)
_NUMBER = re.compile(r"[A-Z]{1,8}(/[A-Z0-9.\-]{1,16}){1,4}", re.ASCII)
_ROOT = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PressNoteFacts:
    """Everything a press note may be made from. `children` is already suppressed: exact small counts never enter.

    `number` like `PN/20.3/1`; `ledger_root` SHA-256 hex of the ledger the figures were counted from, None = not yet
    known (a gap); `children` None = no table about children.
    """

    number: str
    unit: str
    unit_ml: str
    prepared_at: datetime
    training: bool
    operation: str
    figures: OperationFigures
    ledger_root: str | None
    children: PublishedTable | None = None


def guard(facts: PressNoteFacts) -> None:
    """Nothing but aggregate numbers and police districts.

    Raises:
        RefusedError: the operation's code, the note's number or the ledger root is not of its fixed form
            (RELEASE-FORM), a row names something that is no police district (RELEASE-PLACE), or the figures
            were counted after the note was prepared (RELEASE-TIME).
    """
    if not _OPERATION.fullmatch(facts.operation):
        raise RefusedError("RELEASE-FORM", "the operation may be named by its code only")
    if not _NUMBER.fullmatch(facts.number):
        raise RefusedError("RELEASE-FORM", "the number of a press note has the form PN/20.3/1")
    if facts.ledger_root is not None and not _ROOT.fullmatch(facts.ledger_root):
        raise RefusedError("RELEASE-FORM", "the ledger root is a SHA-256 in hex")
    if (
        any(char.isdigit() for char in facts.unit + facts.unit_ml)
        or max(len(facts.unit), len(facts.unit_ml)) > 120
    ):
        raise RefusedError("RELEASE-FORM", "the unit is named without numbers, in at most 120 characters")
    named = {row.district for row in facts.figures.districts}
    if facts.children is not None:
        named |= {name for name, _ in facts.children.cells}
    if not named <= set(POLICE_DISTRICTS):
        raise RefusedError("RELEASE-PLACE", "a public figure names police districts and nothing smaller")
    if facts.figures.as_of > facts.prepared_at:
        raise RefusedError("RELEASE-TIME", "the figures are of a time after the note")
