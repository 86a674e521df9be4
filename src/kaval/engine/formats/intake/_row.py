"""What the readers of tables share: a row's place, and values that become typed or become a warning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kaval.engine.formats._spec import ReadWarning
from kaval.engine.formats.intake._ncmec import canonical_address
from kaval.engine.formats.profile._time import both_readings, parts_of
from kaval.engine.kernel.instant import NO_TIME, StatedTime, parse_iso
from kaval.engine.kernel.port import port_of as port_in

_FIGURES = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}\b", re.ASCII)


@dataclass(frozen=True, slots=True)
class RowTrouble:
    """A place in the source, and where its warnings go."""

    place: str
    warnings: list[ReadWarning]

    def warn(self, code: str, text: str, mend: str = "") -> None:
        """Adds a warning at this place."""
        self.warnings.append(ReadWarning(self.place, code, text, mend))


@lru_cache(maxsize=4096)
def _address(text: str) -> str | None:
    return canonical_address(text)


def address_of(text: str, trouble: RowTrouble) -> str | None:
    """A canonical address; None with a warning when something else was stated, without when nothing was."""
    address = _address(text)
    if address is None and text:
        trouble.warn("address_unreadable", f"{text!r} is no IP address: no observation made of it")
    return address


def port_of(text: str, trouble: RowTrouble) -> int | None:
    """A port from 1 to 65535; None with a warning when something else was stated."""
    port = port_in(text)
    if port is None and text:
        trouble.warn("port_unreadable", f"{text!r} is no port: read as not stated")
    return port


def _readings(text: str) -> str:
    """Both readings of a date in figures that does not begin with its year; empty for anything else."""
    if not _FIGURES.match(text):
        return ""
    parts = parts_of(text)
    return both_readings(parts) if parts is not None and parts.form == "numbers" else ""


def time_of(text: str, trouble: RowTrouble, *, column: str) -> StatedTime:
    """An ISO 8601 time; without an offset it is unknown, with a warning."""
    if not text:
        return NO_TIME
    time = parse_iso(text)
    if time.utc is None:
        looks_dated = len(text) >= 10 and text[:4].isdigit() and text[4] == "-"
        readings = _readings(text)
        if readings:
            said = f"{column} {text!r}: {readings}; nothing is guessed and the time is unknown"
            trouble.warn("ambiguous_date", said, "Ask the sender how this date is meant, and in which zone")
            return time
        trouble.warn(
            "time_without_zone" if looks_dated else "time_unreadable",
            f"{column} {text!r} gives no instant: the time is unknown",
            "Ask for the offset from UTC",
        )
    return time
