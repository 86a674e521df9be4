"""Whether an answer's clock stands off the clock that was asked by: the usual wrong shifts, tried on all rows at once.

A zone entered wrongly moves every row by the same minutes, and the address had another customer then
(law_and_procedure.md 3.1). One row shows nothing; a whole answer does: when the rows asked fall into a stated lease far
more often with the shift than without, the answer was made by another clock. It proves nothing about one row, it stops
all of them until a person has asked the provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from kaval.engine.kernel.instant import StatedTime
from kaval.engine.rules.attribution.answer import Answer, Seen, resolve

# Minutes: half and whole hours of wrong summer time, India taken for UTC or twice, neighbours' zones, lost AM and PM.
_USUAL: Final = (30, 60, 120, 270, 300, 330, 345, 360, 390, 420, 480, 660, 720)
SHIFTS: Final = tuple(sorted((*_USUAL, *(-minutes for minutes in _USUAL)), key=lambda one: (abs(one), one)))
# Fewer rows than this more are chance; of a long answer so many rows, spread over it, are enough.
_MORE, _ENOUGH = 4, 400


@dataclass(frozen=True, slots=True)
class _Moved:
    observation_id: str
    ip: str
    port: int | None
    time: StatedTime


def zone_shift(asked: Sequence[Seen], answer: Answer) -> int | None:
    """Minutes by which the answer's clock is ahead of the one asked by (negative: behind); None: no shift stands out.

    A row is explained by the straight clock when the answer names anybody for it (on a handover it names two), by a
    shifted one when it names exactly one customer. A shift stands out when it explains at least
    four rows more than none does, twice as many, and half of all rows that any clock explains. Of equal shifts the
    smallest is given. Leases much longer than the shift hide it.
    """
    looks = asked[:: -(-len(asked) // _ENOUGH) or 1]
    straight = {index for index, one in enumerate(looks) if one.time.utc and resolve(one, answer).candidates}
    if len(looks) - len(straight) < _MORE:
        return None
    any_clock, best, found = set(straight), 0, None
    for minutes in SHIFTS:
        rows = {index for index, one in enumerate(looks) if _explained(one, answer, minutes)}
        any_clock |= rows
        if len(rows) > best:
            best, found = len(rows), minutes
    stands_out = best - len(straight) >= _MORE and best >= 2 * len(straight) and 2 * best >= len(any_clock)
    return found if stands_out else None


def _explained(one: Seen, answer: Answer, minutes: int) -> bool:
    if one.time.utc is None:
        return False
    try:
        time = replace(one.time, utc=one.time.utc + timedelta(minutes=minutes))
    except OverflowError:
        return False
    return resolve(_Moved(one.observation_id, one.ip, one.port, time), answer).state == "unique"
