"""truth/twists.jsonl: every part with the people who play it and the reports that show it.

Parts that nobody plays but that come about are found here: addresses that many are seen under, the minutes in
which strangers share one, files that hundreds pass on, and urgent marks where no child is at risk.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from kaval.simulation import p2p
from kaval.simulation.cybertip import Tip
from kaval.simulation.paper import Paper
from kaval.simulation.people import Person
from kaval.simulation.reports import Reports
from kaval.simulation.twists import Plot, Twist

Key = tuple[str, str]
MANY_AT_ONE_ADDRESS, MANY_WITH_ONE_FILE = 8, 12


class _Index:
    """Reports by person, and the paper of each tip."""

    def __init__(self, reports: Reports, rows: list[tuple[str, str, p2p.Row]]) -> None:
        self.tips: dict[str, list[tuple[Tip, Paper]]] = defaultdict(list)
        self.rows: dict[str, list[Key]] = defaultdict(list)
        for tip in reports.tips:
            paper = getattr(tip.write, "__self__", None)
            assert isinstance(paper, Paper)
            self.tips[tip.person.person_id].append((tip, paper))
        for system, source_id, row in rows:
            self.rows[row.person.person_id].append((system, source_id))

    def of(self, people: Iterable[Person]) -> list[tuple[Tip, Paper]]:
        return [found for person in people for found in self.tips[person.person_id]]


def told_twists(
    plot: Plot, reports: Reports, *, rows: list[tuple[str, str, p2p.Row]]
) -> list[dict[str, object]]:
    """The lines of truth/twists.jsonl, by kind, in the order in which the parts were given out."""
    index = _Index(reports, rows)
    lines = [_line(t.kind, t.people, note=t.note, found=_shown(t, index)) for t in plot.twists]
    lines += _viral(reports)
    lines += _false_alarms(reports, index)
    lines += _addresses(_observations(reports, rows))
    return lines


def _line(kind: str, people: Iterable[Person], *, note: str, found: Iterable[Key]) -> dict[str, object]:
    ids = list(dict.fromkeys(person.person_id for person in people))
    keys = [list(key) for key in dict.fromkeys(found)]
    return {"kind": kind, "person_ids": ids, "reports": keys, "note": note}


def _name(tip: Tip) -> Key:
    return "ncmec", str(tip.number)


def _shown(twist: Twist, index: _Index) -> Iterator[Key]:
    """The reports that show the part's sign; all reports of its people where the sign is a name."""
    if twist.kind == "cloned_client":
        for person in twist.people:
            yield from index.rows[person.person_id]
    for tip, paper in index.of(twist.people):
        if _shows(twist, tip, paper):
            yield _name(tip)


def _shows(twist: Twist, tip: Tip, paper: Paper) -> bool:
    profile = paper.profile
    if twist.kind == "recycled_number":
        return paper.phone and profile.phone == twist.sign
    if twist.kind in ("shared_device", "shared_kiosk", "placeholder_device"):
        return paper.device and profile.device is not None and profile.device[1] == twist.sign
    if twist.kind == "released_handle":
        return profile.handle == twist.sign
    if twist.kind in ("other_letters", "device_tie", "unlinkable"):
        return profile.user_id == twist.sign
    if twist.kind in ("twins_in_name", "family"):
        return paper.name
    return twist.kind == "risk" or (twist.kind == "cloned_client" and tip.with_client)


def _viral(reports: Reports) -> Iterator[dict[str, object]]:
    naming: dict[str, list[Tip]] = defaultdict(list)
    for tip in reports.tips:
        for file in tip.files:
            naming[file.known.md5].append(tip)
    for passed, tagged in reports.viral:
        tips = naming[passed.md5]
        if len({tip.person.person_id for tip in tips}) >= MANY_WITH_ONE_FILE:
            files = [f for t in tips for f in t.files if f.known.md5 == passed.md5]
            marks = (
                f"{sum('viral' in f.annotations for f in files)} of {len(files)} files bear the viral mark"
            )
            note = f"{passed.md5}: {marks if tagged else 'nobody marks it'}"
            yield _line("viral_file", [t.person for t in tips], note=note, found=map(_name, tips))


def _false_alarms(reports: Reports, index: _Index) -> Iterator[dict[str, object]]:
    for tip in reports.tips:
        if tip.urgent and not tip.person.child_at_risk:
            yield _line(
                "false_alarm", [tip.person], note="an urgent mark, and no child at risk", found=[_name(tip)]
            )


Seen = tuple[str, datetime, Person, Key]


def _observations(reports: Reports, rows: list[tuple[str, str, p2p.Row]]) -> Iterator[Seen]:
    for tip in reports.tips:
        for sighting in tip.sightings:
            yield sighting.address, sighting.first, tip.person, _name(tip)
    for system, source_id, row in rows:
        yield row.sighting.address, row.sighting.first, row.person, (system, source_id)


def _addresses(observations: Iterator[Seen]) -> Iterator[dict[str, object]]:
    """Addresses under which many were seen, and each minute in which two or more were seen under one."""
    by_address: dict[str, list[Seen]] = defaultdict(list)
    for seen in observations:
        if not seen[0].startswith("203.0.113."):
            by_address[seen[0]].append(seen)
    for address, found in sorted(by_address.items()):
        people = Counter(person.person_id for _, _, person, _ in found)
        if len(people) >= MANY_AT_ONE_ADDRESS:
            yield _line("shared_address", [s[2] for s in found], note=address, found=[s[3] for s in found])
        minutes: dict[datetime, list[Seen]] = defaultdict(list)
        for seen in found:
            minutes[seen[1].replace(second=0, microsecond=0)].append(seen)
        for minute, together in sorted(minutes.items()):
            if len({person.person_id for _, _, person, _ in together}) > 1:
                note = f"{address} {minute.isoformat()}"
                people_then, keys = [s[2] for s in together], [s[3] for s in together]
                yield _line("shared_minute", people_then, note=note, found=keys)
