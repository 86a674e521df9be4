"""Where the findings of one downloaded report go, and values that become typed or become a warning."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kaval.engine.formats._spec import IdentifierRecord, ObservationRecord, ReadWarning
from kaval.engine.kernel import identifier as identifiers
from kaval.engine.kernel.instant import NO_TIME, OffsetSource, StatedTime, parse_iso
from kaval.engine.kernel.port import port_of as port_in

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Side:
    """Whose part of the report is being read: `party` for identifiers, `role` for addresses, the platform."""

    party: str
    role: str
    platform: str = ""
    restricted: bool = False


REPORTED = Side("reported", "client")
RECIPIENT = Side("recipient", "recipient")
VICTIM = Side("victim", "victim", restricted=True)
REPORTER = Side("reporter", "reporter", restricted=True)
MENTIONED = Side("mentioned", "mentioned")


@dataclass(slots=True)
class Harvest:
    """What has been gathered so far, in the order of the source."""

    observations: list[ObservationRecord] = field(default_factory=list)
    identifiers: list[IdentifierRecord] = field(default_factory=list)
    signals: dict[str, None] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    restricted: dict[str, str] = field(default_factory=dict)
    warnings: list[ReadWarning] = field(default_factory=list)

    def warn(self, place: str, code: str, text: str, *, mend: str = "") -> None:
        """Adds a warning."""
        self.warnings.append(ReadWarning(place, code, text, mend))

    def name(self, kind: str, value: str, *, side: Side, at: str, scope: str = "") -> None:
        """Adds an identifier as received, unless it is empty."""
        if value:
            self.identifiers.append(IdentifierRecord(kind, value, scope, side.party, at))

    def time(self, text: str, at: str) -> StatedTime:
        """A time of the report: without an offset it is unknown, and somebody must see that."""
        if not text:
            return NO_TIME
        time = parse_iso(text)
        if time.utc is None:
            no_zone = _DATED.match(text) and time.offset_source is OffsetSource.NONE
            code = "time_without_zone" if no_zone else "time_unreadable"
            self.warn(
                at,
                code,
                f"{text!r} gives no instant: the time is unknown",
                mend="Ask for the offset from UTC",
            )
        return time

    def port(self, text: str, at: str) -> int | None:
        """A port from 1 to 65535; anything else is None, with a warning when something was stated."""
        port = port_in(text)
        if port is None and text:
            self.warn(at, "port_unreadable", f"{text!r} is no port: read as not stated")
        return port


def address_of(text: str) -> str | None:
    """The canonical text of an address; None when it is none."""
    return identifiers.normalise("ip", text)


def truth(text: str) -> bool | None:
    """A flag as text; None when it is not stated or says something else."""
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
        text.strip().lower()
    )
