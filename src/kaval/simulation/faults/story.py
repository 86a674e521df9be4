"""One subject of a fault world while it is made: who was seen, where, what was asked, what was answered.

Everything is made clean first and then broken in one respect by its fault, so that a fault is nothing but what it
says. Instants are aware; a `Stay` without an end was left open by the provider.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kaval.simulation.people import Household, Line

Customer = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Seat:
    """An address or delegated prefix as it is held, the address seen in it, and the port block where there is one."""

    held: str
    seen: str
    low: int | None = None
    high: int | None = None


@dataclass(slots=True)
class Stay:
    """One row of an answer: the line held the address (and ports `low` to `high`) from start to end."""

    line: Line
    address: str
    start: datetime
    end: datetime | None
    low: int | None = None
    high: int | None = None
    static: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of a request as it went out. `ist` is the Indian time printed on it when it is not that of `utc`."""

    isp_id: str
    ip: str
    port: int | None
    utc: datetime
    ist: datetime | None = None
    before: timedelta = timedelta(seconds=2)
    after: timedelta = timedelta(seconds=2)
    origin: str = "machine"


@dataclass(slots=True)
class Sight:
    """One observation: `at` is when the person was truly seen, `row` what the source's file says of it.

    `line` is the line the person truly used. `stays` are the rows answered, `asked` the rows of the request (none:
    nobody was asked), `read_as` what the second officer read (None: nobody did). `sheet` and `answer` name files
    of their own (empty: the common ones). `fault`, `attributable`, `cause` and `door` are what truth says of it.
    """

    observation_id: str
    at: datetime
    line: Line
    ip: str = ""
    port: int | None = None
    seat: Seat = Seat("", "")
    stays: list[Stay] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    row: dict[str, str] = field(default_factory=dict)
    read_as: Customer | None = None
    read_by: str = ""
    sheet: str = ""
    answer: str = ""
    fault: str | None = None
    attributable: bool = True
    cause: tuple[str, ...] = ()
    door: Customer | None = None

    @property
    def isp_id(self) -> str:
        return self.asked[0].isp_id if self.asked else self.line.isp_id

    def answered_by(self, line: Line, stays: list[Stay]) -> None:
        """The answer names this line instead, and the second officer reads what stands there."""
        self.stays = stays
        self.read_as = (line.isp_id, line.customer_ref)


@dataclass(slots=True)
class Ground:
    """What the local station found, with what the clean case says. `home`: a house that is not the line's was seen."""

    verified_at: datetime
    home: Household | None = None
    unit_found: str = "yes"
    single_match: str = "yes"
    occupant: str = "same"
    resident_since: datetime | None = None
    resident_until: datetime | None = None
    wifi: str = "secured"


@dataclass(frozen=True, slots=True)
class Lifted:
    """An officer lets one check pass: by whom, of which rank, why, how many days before the field day."""

    check: str
    by: str
    reason: str = "The router was seen, WPA2, key known to the household"
    rank: str = "DYSP"
    days: int = 4


@dataclass(slots=True)
class Paper:
    """How the provider's subscriber answer words one line: which address kinds, of which household, in force when.

    `first` is the household of a further installation address that stands before the line's own.
    """

    kinds: tuple[str, ...] = ("install", "billing")
    billing: Household | None = None
    first: Household | None = None
    active_from: datetime | None = None
    active_to: datetime | None = None


@dataclass(slots=True)
class Story:
    """A subject, the person's home and line, the observations, and what else is on record about the subject."""

    subject_id: str
    kind: str
    home: Household
    line: Line
    channel: str
    sights: list[Sight] = field(default_factory=list)
    lead_basis: str = "content;upload"
    birth_year: str = "1985"
    likely_child: str = "no"
    place_origin: str = "provider"
    corroborations: list[tuple[str, str]] = field(default_factory=list)
    deconfliction: tuple[str, str] | None = ("no", "")
    explanations: list[tuple[str, str]] = field(default_factory=list)
    overrides: list[Lifted] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)
    innocent: Line | None = None
