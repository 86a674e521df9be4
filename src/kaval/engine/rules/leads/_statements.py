"""Observations and identifiers of the same report by two ways: which say the same, and which contradict each
other.

A statement may say less than another (no port, nobody's in particular, no event, no platform): then it lies
within it, and of all statements only the fullest are held. That makes a union that is the same in every order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from kaval.engine.kernel import identifier as identifiers
from kaval.engine.kernel.instant import StatedTime

_SURE = {"": 0, "high": 1, "medium": 2, "low": 3}
_NOBODY = "mentioned"
_NO_EVENT = frozenset(("", "unknown"))
# Kinds whose values are page addresses, shown only on need.
_RESTRICTED_KINDS = frozenset(("profile_url", "url"))

Contradiction = tuple[str, str, str, bool]


@dataclass(frozen=True, slots=True)
class Sameness:
    """What makes two statements comparable (`group`), and when the second says all that the first does (`within`)."""

    group: Callable[[Any], Hashable]
    within: Callable[[Any, Any], bool]


# ---------------------------------------------------------------- times


def instant_of(time: StatedTime) -> datetime | str:
    """What makes two stated times one: the instant, or the text where there is none."""
    return " ".join(time.as_received.split()) if time.utc is None else time.utc


def holds(coarse: StatedTime, fine: StatedTime) -> bool:
    """True when `fine` may be what `coarse` means: an unknown time contains every other, a minute its seconds."""
    if coarse.utc is None:
        return fine.utc is not None or not coarse.as_received
    if fine.utc is None:
        return False
    width, finer = coarse.precision.width, fine.precision.width
    return coarse.utc <= fine.utc and fine.utc + finer <= coarse.utc + width


def _may_be_one(one: StatedTime, other: StatedTime) -> bool:
    return holds(one, other) or holds(other, one)


# ---------------------------------------------------------------- statements that may contain each other


def united(
    held: Sequence[Any], arrived: Sequence[Any], same: Sameness
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Every statement that no other contains, what was held first; and what of the arrival no held one contains."""
    groups: dict[Hashable, list[Any]] = {}
    added = []
    for number, statement in enumerate((*held, *arrived)):
        known = groups.setdefault(same.group(statement), [])
        if number >= len(held) and not any(same.within(statement, other) for other in known):
            added.append(statement)
        _keep(known, statement, same.within)
    return tuple(statement for known in groups.values() for statement in known), _fullest(added, same.within)


def _keep(known: list[Any], statement: Any, within: Callable[[Any, Any], bool]) -> None:
    """Takes a statement in unless one of the known contains it; those that it contains make room."""
    for at, other in enumerate(known):
        if within(statement, other):
            if within(other, statement) and _doubt(statement) < _doubt(other):
                known[at] = statement
            return
    smaller = [at for at, other in enumerate(known) if within(other, statement)]
    if smaller:
        known[smaller[0]] = statement
        for at in reversed(smaller[1:]):
            del known[at]
    else:
        known.append(statement)


def _fullest(statements: list[Any], within: Callable[[Any, Any], bool]) -> tuple[Any, ...]:
    kept = [
        one
        for one in statements
        if not any(other is not one and within(one, other) and not within(other, one) for other in statements)
    ]
    return tuple(kept)


def _doubt(statement: Any) -> tuple[bool, int]:
    """How sure the source was: a field before free text, then the confidence; lower is surer."""
    return getattr(statement, "origin", "field") != "field", _SURE.get(
        getattr(statement, "confidence", ""), 4
    )


def _event(seen: Any) -> str:
    text = str(getattr(seen, "event", "")).strip().casefold()
    return "" if text in _NO_EVENT else text


@lru_cache(maxsize=65536)
def _normal(kind: str, value: str) -> str | None:
    return identifiers.normalise(kind, value)


def _place(seen: Any) -> tuple[str, datetime | str]:
    return _normal("ip", seen.ip) or seen.ip, instant_of(seen.time)


def _seen_within(one: Any, other: Any) -> bool:
    """True when the other observation of the same address and instant says all that this one does."""
    return (
        one.port in (None, other.port)
        and one.role in (_NOBODY, other.role)
        and _event(one) in ("", _event(other))
    )


def _value(named: Any) -> tuple[str, str]:
    """Kind and value in normal form, without the platform: a handle may come with it or without."""
    module = identifiers.kinds().get(named.kind)
    if module is None or not module.SCOPED:
        return named.kind, _normal(named.kind, named.value) or " ".join(named.value.split())
    normal = _normal(named.kind, f"any:{named.value}")
    return named.kind, " ".join(named.value.split()) if normal is None else normal.partition(":")[2]


def _scope(named: Any) -> str:
    return " ".join(named.scope.split()).casefold()


def _named_within(one: Any, other: Any) -> bool:
    """True when the other mention of the same value says all that this one does."""
    return one.party in (_NOBODY, other.party) and _scope(one) in ("", _scope(other))


OBSERVATIONS = Sameness(_place, _seen_within)
IDENTIFIERS = Sameness(_value, _named_within)


# ---------------------------------------------------------------- contradictions between statements


def _alone(statements: Iterable[Any], others: Iterable[Any], *, same: Sameness) -> list[Any]:
    """Statements of fields with nothing on the other side that contains them or that they contain."""
    there = _grouped(others, same.group)
    return [
        one
        for one in statements
        if not _doubt(one)[0]
        and not any(
            same.within(one, other) or same.within(other, one) for other in there.get(same.group(one), ())
        )
    ]


def address_contradictions(held: Sequence[Any], arrived: Sequence[Any]) -> list[Contradiction]:
    """Ports of one address at one instant, whose it was, and times of one address and event, where they differ."""
    mine, theirs = _alone(held, arrived, same=OBSERVATIONS), _alone(arrived, held, same=OBSERVATIONS)
    if not mine or not theirs:
        return []
    found, old_at = [], _grouped(mine, _place)
    for place, new in _grouped(theirs, _place).items():
        if place in old_at:
            found += _at_one_instant(old_at[place], new)
    # Two logins are two logins: only where each side has a single one left can they be the same event.
    old_of = _grouped(mine, _address_event)
    for key, new in _grouped(theirs, _address_event).items():
        old = old_of.get(key, [])
        if len(new) == len(old) == 1 and _place(old[0]) != _place(new[0]):
            found += _times(old[0], new[0])
    return found


def _grouped(statements: Iterable[Any], key: Callable[[Any], Hashable]) -> dict[Hashable, list[Any]]:
    groups: dict[Hashable, list[Any]] = {}
    for statement in statements:
        groups.setdefault(key(statement), []).append(statement)
    return groups


def _address_event(seen: Any) -> tuple[str, str]:
    return _place(seen)[0], _event(seen)


def _at_one_instant(old: list[Any], new: list[Any]) -> list[Contradiction]:
    """Roles that differ; where none does, ports that do."""
    at = f"{old[0].ip} at {old[0].time.as_received or 'an unstated time'}"
    victim = any(seen.role == "victim" for seen in (*old, *new))
    roles, ports = [
        [
            ", ".join(sorted({str(value) for value in values if value not in (None, _NOBODY)}))
            for values in sides
        ]
        for sides in (
            ([seen.role for seen in old], [seen.role for seen in new]),
            ([seen.port for seen in old], [seen.port for seen in new]),
        )
    ]
    for part, (was, now) in (("whose {} was", roles), ("port of {}", ports)):
        if was and now and was != now:
            return [_shown(part, at, was=was, now=now, victim=victim)]
    return []


def _times(old: Any, new: Any) -> list[Contradiction]:
    if old.role != new.role or _may_be_one(old.time, new.time):
        return []
    at = f"{old.ip} ({old.event or 'event not stated'})"
    was, now = old.time.as_received, new.time.as_received
    return [_shown("time of {}", at, was=was, now=now, victim=old.role == "victim")]


def _shown(part: str, at: str, *, was: str, now: str, victim: bool) -> Contradiction:
    """A contradiction about an address; a victim's is not named in the part, which everybody sees."""
    if not victim:
        return part.format(at), was, now, False
    return part.format("a victim's address"), f"{at}: {was}", f"{at}: {now}", True


def party_contradictions(held: Sequence[Any], arrived: Sequence[Any]) -> list[Contradiction]:
    """A value that one arrival gives to another party than the other does."""
    mine = _grouped(_alone(held, arrived, same=IDENTIFIERS), _value)
    found = []
    for new in _alone(arrived, held, same=IDENTIFIERS):
        for old in mine.get(_value(new), ()):
            if old.party != new.party:
                was, now = f"{old.value} ({old.party})", f"{new.value} ({new.party})"
                restricted = "victim" in (old.party, new.party) or old.kind in _RESTRICTED_KINDS
                found.append((f"whose {old.kind} it is", was, now, restricted))
    return found
