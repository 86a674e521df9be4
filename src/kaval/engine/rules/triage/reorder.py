"""What another set of weights would change: the same subjects, put in order twice, with the reasons that moved them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kaval.engine.kernel.errors import ConfigurationError
from kaval.engine.kernel.instant import IST, require_aware
from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.reference.load import Table, load
from kaval.engine.rules.triage.assess import STAGE_1, TABLES, Queued, assess_many, queue, weights_on
from kaval.engine.rules.triage.clocks import BAND_CODES, bands_on
from kaval.engine.rules.triage.facts import TriageFacts

MARK = "+what-if"


def changed_weights(table: Table, values: Mapping[str, float]) -> Table:
    """The table with other values for some ids, on every day on which they hold; its version says that it is not the
    unit's own (`2026-12+what-if`). Without a change of value it is the table itself.

    Raises:
        ConfigurationError: an id that the table does not have.
    """
    unknown = sorted(set(values) - {entry.id for entry in table.entries})
    if unknown:
        raise ConfigurationError(f"{table.name}: no entries for {', '.join(unknown)}")
    entries = tuple(
        replace(entry, value=values[entry.id]) if values.get(entry.id, entry.value) != entry.value else entry
        for entry in table.entries
    )
    if entries == table.entries:
        return table
    version = table.version if table.version.endswith(MARK) else table.version + MARK
    return replace(table, version=version, entries=entries)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject stands: `rank` from 1, the code of its band, its points."""

    rank: int
    band: str
    value: float


@dataclass(frozen=True, slots=True)
class Change:
    """A reason whose points differ; 0 where it was not there or would not be."""

    code: str
    text: str
    text_ml: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Mover:
    """A subject whose points or clock change, with the reasons that moved it, the greatest change first. No reasons:
    its points stay, and the band begins elsewhere."""

    key: str
    before: Place
    after: Place
    reasons: tuple[Change, ...]

    @property
    def band_changes(self) -> bool:
        """True when another clock would run."""
        return self.before.band != self.after.band


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The order before and after. `movers`: those whose points or band change, changes of band first, then the farthest
    moved. `passed`: those who only stand elsewhere because others moved past them. `bands_before` and `bands_after`:
    how many subjects each band holds, the most urgent first."""

    version_before: str
    version_after: str
    before: Mapping[str, Place]
    after: Mapping[str, Place]
    movers: tuple[Mover, ...]
    passed: tuple[str, ...]
    bands_before: tuple[tuple[str, int], ...]
    bands_after: tuple[tuple[str, int], ...]


def what_if(
    rows: Iterable[tuple[str, TriageFacts, datetime]],
    *,
    at: datetime,
    weights: Table,
    against: Table | None = None,
) -> WhatIf:
    """How `weights` would re-order the rows (key, facts, received_at) against `against` (None: the unit's table).

    Raises:
        ConfigurationError: a factor has no weight on that day.
        ValueError: an instant without a zone, or a key that comes twice.
    """
    items = list(rows)
    keys = [key for key, _, _ in items]
    if len(set(keys)) != len(keys):
        raise ValueError("a key comes twice: one subject stands in one place")
    held = against or load(TABLES[STAGE_1])
    scores = [
        assess_many([facts for _, facts, _ in items], at=at, weights=table) for table in (held, weights)
    ]
    before, after = (
        _places(items, made, at=at, table=table) for made, table in zip(scores, (held, weights), strict=True)
    )
    movers = [
        Mover(key, before[key], after[key], changes)
        for key, old, new in zip(keys, *scores, strict=True)
        if (changes := _changes(old, new)) or before[key].band != after[key].band
    ]
    movers.sort(key=lambda m: (not m.band_changes, -abs(m.after.rank - m.before.rank), m.after.rank, m.key))
    moved = {mover.key for mover in movers}
    return WhatIf(
        held.version,
        weights.version,
        before,
        after,
        tuple(movers),
        tuple(sorted(key for key in keys if key not in moved and before[key].rank != after[key].rank)),
        _counted(before),
        _counted(after),
    )


def _places(
    items: list[tuple[str, TriageFacts, datetime]], scores: list[Score], *, at: datetime, table: Table
) -> dict[str, Place]:
    day = require_aware(at).astimezone(IST).date()
    begins, bands = weights_on(table, day), bands_on(day)
    rows = [
        Queued(key, score, facts.newest_observation_at, received_at)
        for (key, facts, received_at), score in zip(items, scores, strict=True)
    ]
    places = {}
    for rank, item in enumerate(queue(rows), start=1):
        value = item.score.value
        code = next((b.code for b in bands[:-1] if value >= begins[b.code]), bands[-1].code)
        places[item.key] = Place(rank, code, value)
    return places


def _changes(old: Score, new: Score) -> tuple[Change, ...]:
    if old.reasons == new.reasons:
        return ()
    was, will = ({reason.code: reason for reason in score.reasons} for score in (old, new))
    found = [_change(was.get(code), will.get(code)) for code in sorted({*was, *will})]
    changed = [change for change in found if change is not None]
    return tuple(sorted(changed, key=lambda change: (-abs(change.after - change.before), change.code)))


def _change(old: Reason | None, new: Reason | None) -> Change | None:
    said = new or old
    before, after = (reason.weight if reason is not None else 0.0 for reason in (old, new))
    return (
        None if said is None or before == after else Change(said.code, said.text, said.text_ml, before, after)
    )


def _counted(places: Mapping[str, Place]) -> tuple[tuple[str, int], ...]:
    counted = Counter(place.band for place in places.values())
    return tuple((code, counted[code]) for code in BAND_CODES)
