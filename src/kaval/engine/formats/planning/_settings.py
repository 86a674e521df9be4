"""`operation.json`: the name of the operation and the fields of `Rules` it sets; everything else keeps its default."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from kaval.engine.formats.planning._columns import instant_of
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.attribution.rank import RANKS
from kaval.engine.rules.planning.problem import MINUTES_BY_KIND, TERRAINS, Rules, Terrain

FILE = "operation.json"
NEEDS = ("cyber", "technical", "woman", "local", "vehicle")
_MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Settings:
    """What operation.json says; `notes` names members that mean nothing here."""

    operation: str
    rules: Rules
    notes: tuple[str, ...]


def read_settings(content: bytes) -> Settings:
    """The operation and its rules.

    Raises:
        ReaderError: no JSON object, no first entry, or a member that cannot be meant, which it names.
    """
    try:
        given = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise ReaderError(
            f"no JSON: {problem}", file=FILE, mend="See docs/planning.md for an example"
        ) from None
    if not isinstance(given, dict):
        raise ReaderError("no JSON object", file=FILE, mend="See docs/planning.md for an example")
    if not given.get("first_entry_at"):
        raise _wrong("first_entry_at", "is missing", "a time like 2026-02-22T07:00:00+05:30")
    known = {field.name for field in fields(Rules)}
    made = {name: _READERS[name](name, value) for name, value in given.items() if name in known}
    unknown = sorted(set(given) - known - {"operation"})
    notes = (f"{FILE}: members not used: {', '.join(unknown)}",) if unknown else ()
    return Settings(_text("operation", given.get("operation", "")), Rules(**made), notes)


def _wrong(name: str, problem: str, expected: str) -> ReaderError:
    return ReaderError(problem, file=FILE, place=f"member {name}", mend=f"Write {expected}")


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(name, f"{value!r} is no text", "a text")
    return value


def _instant(name: str, value: Any) -> Any:
    try:
        return instant_of(_text(name, value))
    except ValueError as problem:
        raise _wrong(name, str(problem), "a time like 2026-02-22T07:00:00+05:30") from None


def _instant_or_none(name: str, value: Any) -> Any:
    return None if value is None or value == "" else _instant(name, value)


def _whole(name: str, value: Any, *, least: int = 0, most: int = _MOST_MINUTES) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _wrong(name, f"{value!r} is no whole number", f"a whole number from {least} to {most}")
    return value


def _stops(name: str, value: Any) -> int:
    return _whole(name, value, least=1, most=50)


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1000:
        raise _wrong(name, f"{value!r} is no number", "a number above 0")
    return float(value)


def _true(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, f"{value!r} is not true or false", "true or false")
    return value


def _rank(name: str, value: Any) -> str:
    if value not in RANKS:
        raise _wrong(name, f"{value!r} is no rank", f"one of {', '.join(RANKS)}")
    return str(value)


def _needs(name: str, value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(one in NEEDS for one in value):
        raise _wrong(name, f"{value!r} is no list of team needs", f"a list of {', '.join(NEEDS)}")
    return frozenset(value)


def _local(name: str, value: Any) -> str:
    if value not in ("district", "station"):
        raise _wrong(name, f"{value!r} is not known", '"district" or "station"')
    return str(value)


def _members(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(name, f"{value!r} is no object", "an object of names and values")
    return value


def _minutes(name: str, value: Any) -> dict[str, int]:
    given = {kind: _whole(f"{name}.{kind}", one) for kind, one in _members(name, value).items()}
    return {**MINUTES_BY_KIND, **given}


def _teams(name: str, value: Any) -> dict[str, int]:
    return {key: _whole(f"{name}.{key}", one, most=9999) for key, one in _members(name, value).items()}


def _terrains(name: str, value: Any) -> dict[str, Terrain]:
    found = dict(TERRAINS)
    for key, one in _members(name, value).items():
        place, members = f"{name}.{key}", _members(f"{name}.{key}", one)
        found[key] = Terrain(
            *(_number(f"{place}.{part}", members.get(part)) for part in ("speed_kmh", "road_factor"))
        )
    return found


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "first_entry_at": _instant,
    "last_entry_at": _instant_or_none,
    "wave_minutes": _whole,
    "link_minutes": _whole,
    "most_stops": _stops,
    "rest_hours": _whole,
    "least_minutes": _whole,
    "leader_rank": _rank,
    "woman_rank": _rank,
    "needs": _needs,
    "local": _local,
    "sun": _true,
    "minutes_by_kind": _minutes,
    "terrains": _terrains,
    "teams": _teams,
}
