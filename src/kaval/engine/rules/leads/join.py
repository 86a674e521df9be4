"""The same report by another way says more, or says something else: nothing held is lost, and nothing is
decided silently.

`join` is a union. What the arrival says that is not held is added; where two scalar values contradict each
other both are shown as a `Difference`, and the value of the better rank stands until a person decides. Where
two addresses, ports or times contradict each other both observations are held, for either may be asked about.
A statement may say less than another (no port, nobody's in particular, no event): then it is contained in it,
and only the fuller one is held. Whose a thing is is never narrowed: `reported` and `victim` are two statements.
Source: formats.md 1.2 (if both exist, compare and show differences) and 1.3 (one report, two receipts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from kaval.engine.kernel.instant import StatedTime, parse_iso
from kaval.engine.rules.leads._joined_files import joined_files
from kaval.engine.rules.leads._statements import (
    IDENTIFIERS,
    OBSERVATIONS,
    address_contradictions,
    holds,
    instant_of,
    party_contradictions,
    united,
)
from kaval.engine.rules.leads.shape import Lead

# How far a way of arrival is believed where two contradict each other: lower is better. The download says what each
# value is, a PDF only shows it, a list was typed or exported by somebody else. Unlisted: 1.
FORMAT_RANK: Mapping[str, int] = {
    "ncmec_le_json": 0,
    "ncmec_report_xml": 1,
    "ncmec_file_details_xml": 1,
    "ncmec_le_pdf": 2,
    "ncrb_list": 3,
}
_OTHER_RANK, _LIST_RANK = 1, 3

# How the report was read, not what it says.
_ABOUT_READING = frozenset(("report_number_from", "null_values", "empty_values"))


# A register is written on: a later count of the same handle contradicts no earlier one, each is kept as its own row.
_REGISTERED = "handle"
_OF_A_COUNT = _ABOUT_READING | {"authority"}


class Joinable(Lead, Protocol):
    """A report that is a dataclass, so that a new one can be made of it."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def title(self) -> str: ...
    @property
    def handling(self) -> str: ...


L = TypeVar("L", bound=Joinable)


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a report that two arrivals state differently; empty text: not stated. `part` is for officers.

    `restricted`: the two values name a file, an address of a page or something about a victim.
    """

    part: str
    held: str
    arrived: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class Added:
    """What the arrival says that was not held, as it says it.

    An observation with a port may say more than a held one without: it takes that one's place. A file is here when it
    is new or when it brings a digest, tag or flag; `fields` are names of fields, restricted ones too, and of scalar
    parts that were empty.
    """

    observations: tuple[Any, ...] = ()
    identifiers: tuple[Any, ...] = ()
    files: tuple[Any, ...] = ()
    signals: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.observations or self.identifiers or self.files or self.signals or self.fields)


@dataclass(frozen=True, slots=True)
class Joined(Generic[L]):
    """The report as held now, what was added to it, and what the arrival says differently."""

    record: L
    added: Added
    differences: tuple[Difference, ...]


def rank_of(format_name: str) -> int:
    """The rank of a format by its name; a national list of any layout ranks last."""
    listed = FORMAT_RANK.get(format_name)
    if listed is not None:
        return listed
    return _LIST_RANK if format_name.startswith("ncrb") else _OTHER_RANK


def join(held: L, arrived: L, *, held_rank: int, arrived_rank: int) -> Joined[L]:
    """The held report with what the arrival adds. Both are the same report; the caller compared their identity.

    A lower rank is better; of equal ranks what was held stands. `several_reported` is never concluded here (two
    arrivals name the same people differently), only kept where one of the two says it.
    """
    pick = _Pick(arrived_rank < held_rank, silent=_OF_A_COUNT if held.kind == _REGISTERED else _ABOUT_READING)
    observations, new_seen = united(held.observations, arrived.observations, OBSERVATIONS)
    named, new_named = united(held.identifiers, arrived.identifiers, IDENTIFIERS)
    files = joined_files(held.files, arrived.files, arrived_wins=pick.arrived_wins)
    # A part of a report (details of one file) has a title of its own, which says nothing about the report's.
    part = held.kind != arrived.kind
    changes: dict[str, Any] = {
        "observations": observations,
        "identifiers": named,
        "files": files.files,
        "signals": tuple(dict.fromkeys((*held.signals, *arrived.signals))),
        "fields": pick.mapping(held.fields, arrived.fields, restricted=False),
        "restricted": pick.mapping(held.restricted, arrived.restricted, restricted=True),
        "handling": pick.text("handling", held.handling, arrived.handling),
    }
    if held.kind == _REGISTERED == arrived.kind:
        changes |= {"title": held.title, "incident": _later(held.incident, arrived.incident)}
    elif not part:
        changes["title"] = pick.title(held.title, arrived.title)
        changes["incident"] = pick.incident(held.incident, arrived.incident)
    elif held.kind.endswith("_file"):
        changes |= {"kind": arrived.kind, "title": arrived.title, "incident": arrived.incident}
    differences = (
        *pick.differences,
        *(Difference(*found) for found in address_contradictions(held.observations, arrived.observations)),
        *(Difference(*found) for found in party_contradictions(held.identifiers, arrived.identifiers)),
        *(Difference(f"file {name}: {what}", was, now, False) for name, what, was, now in files.differences),
    )
    added = Added(
        observations=new_seen,
        identifiers=new_named,
        files=files.added,
        signals=tuple(code for code in dict.fromkeys(arrived.signals) if code not in held.signals),
        fields=(*pick.added, *(f"file {name}: {what}" for name, what in files.filled)),
    )
    return Joined(cast(L, replace(cast(Any, held), **changes)), added, differences)


def _later(held: StatedTime | None, arrived: StatedTime | None) -> StatedTime | None:
    """The later of two times a handle was seen; a known instant before an unknown one."""
    if held is None or arrived is None:
        return held or arrived
    if held.utc is None or arrived.utc is None:
        return held if held.utc is not None else arrived
    return arrived if arrived.utc > held.utc else held


# ---------------------------------------------------------------- scalar parts


class _Pick:
    """Chooses between two values of one part, and remembers what was added and what differs."""

    def __init__(self, arrived_wins: bool, *, silent: frozenset[str]) -> None:
        self.arrived_wins, self._silent = arrived_wins, silent
        self.added: list[str] = []
        self.differences: list[Difference] = []

    def text(self, part: str, held: str, arrived: str, *, restricted: bool = False) -> str:
        """The value that stands. An empty side states nothing; it is filled, never contradicted."""
        if not arrived or _same_text(held, arrived):
            return held
        if not held:
            self.added.append(part)
            return arrived
        self.differences.append(Difference(part, held, arrived, restricted))
        return arrived if self.arrived_wins else held

    def mapping(
        self, held: Mapping[str, str], arrived: Mapping[str, str], *, restricted: bool
    ) -> dict[str, str]:
        """All keys of both."""
        chosen = dict(held)
        for key, value in arrived.items():
            if key not in held:
                chosen[key] = value
                self.added += [] if key in _ABOUT_READING else [key]
            elif key not in self._silent:
                part = f"restricted field {key}" if restricted else f"field {key}"
                chosen[key] = self.text(part, held[key], value, restricted=restricted)
        return chosen

    def title(self, held: str, arrived: str) -> str:
        """A title that only says more (`CyberTip 7` and `CyberTip 7: CSEAM`) contradicts nothing."""
        if held and arrived.startswith(held) and arrived != held:
            self.added.append("title")
            return arrived
        return held if held.startswith(arrived) else self.text("title", held, arrived)

    def incident(self, held: StatedTime | None, arrived: StatedTime | None) -> StatedTime | None:
        """A known instant beats an unknown one, and a finer time a coarser one that holds it."""
        if arrived is None or (held is not None and instant_of(held) == instant_of(arrived)):
            return held
        if held is None or holds(held, arrived):
            self.added.append("incident time")
            return arrived
        if not holds(arrived, held):
            part = "incident time"
            self.differences.append(Difference(part, held.as_received, arrived.as_received, False))
            return arrived if self.arrived_wins else held
        return held


def _same_text(one: str, other: str) -> bool:
    """True for texts that differ in case or spaces only, and for two texts of one instant."""
    if one == other or " ".join(one.split()).casefold() == " ".join(other.split()).casefold():
        return True
    times = parse_iso(one).utc, parse_iso(other).utc
    return times[0] is not None and times[0] == times[1]
