"""Investigations are numbered `CCSE/2026/000123`: unit, year, serial from 1, without gaps within unit and
year."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"([A-Z][A-Z0-9]{1,15})/(\d{4})/(\d{6})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class InvestigationNumber:
    """Unit, year (four digits, IST calendar year of opening) and serial (1 to 999999).

    Raises:
        ValueError: a part out of range.
    """

    unit: str
    year: int
    serial: int

    def __post_init__(self) -> None:
        if not _FORM.fullmatch(str(self)) or self.serial < 1:
            raise ValueError(f"no investigation number: {self}")

    def __str__(self) -> str:
        return f"{self.unit}/{self.year:04d}/{self.serial:06d}"


def parse_number(text: str) -> InvestigationNumber:
    """The number a text states.

    Raises:
        ValueError: another form.

    >>> parse_number("CCSE/2026/000123").serial
    123
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"no investigation number: {text!r}")
    return InvestigationNumber(match.group(1), int(match.group(2)), int(match.group(3)))


def next_number(last: str | None, *, unit: str, year: int) -> InvestigationNumber:
    """The number after the last one given; 1 when there is none or a new year has begun.

    Raises:
        ValueError: `last` is of another unit or a later year, or the serials are used up.

    >>> str(next_number("CCSE/2026/000123", unit="CCSE", year=2026))
    'CCSE/2026/000124'
    >>> str(next_number("CCSE/2025/000999", unit="CCSE", year=2026))
    'CCSE/2026/000001'
    """
    if last is None:
        return InvestigationNumber(unit, year, 1)
    before = parse_number(last)
    if before.unit != unit or before.year > year:
        raise ValueError(f"{last} is not before the {year} numbers of {unit}")
    return InvestigationNumber(unit, year, before.serial + 1 if before.year == year else 1)
