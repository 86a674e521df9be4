"""What a team meets behind each door on the field day, so that counting gives the operation's figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from kaval.engine.kernel.luhn import check_digit
from kaval.simulation.cast import Cast
from kaval.simulation.figures import Figures
from kaval.simulation.people import Line, Person

_MODELS: dict[str, tuple[tuple[str, str], ...]] = {
    "phone": (("Mango", "M3"), ("Kite", "Slim 14"), ("Banyan", "B7")),
    "laptop": (("Lagoon", "Book 15"), ("Kite", "Note 2")),
    "desktop": (("Assembled", "Tower"), ("Lagoon", "Desk 4")),
    "hdd": (("Anchor", "AH-1"), ("Maple", "Store 2")),
    "ssd": (("Anchor", "AS-5"), ("Maple", "Fast 1")),
    "usb": (("Finch", "Stick"), ("Pebble", "P16")),
    "card": (("Finch", "Micro"),),
    "tablet": (("Mango", "Pad 2"),),
}
_CAPACITY = {
    "phone": 128,
    "laptop": 512,
    "desktop": 1000,
    "hdd": 2000,
    "ssd": 500,
    "usb": 32,
    "card": 64,
    "tablet": 64,
}
_KIND_OF_IMAGE = {"ext4": "hdd", "vfat": "usb", "ntfs": "laptop"}
_SPOTS = (
    "bedroom 1/desk",
    "bedroom 2/drawer",
    "living room/table",
    "study/shelf",
    "bedroom 1/bed",
    "hall/cupboard",
)
_EVIDENCE = (
    "account logged in on device",
    "known files in a user folder",
    "client identifier found on device",
    "account recovery mail on device",
)
_BEFORE = {
    "withdrawn": "the warrant was returned for correction",
    "deferred": "the occupant is abroad on the day",
}


@dataclass(slots=True)
class Day:
    """Lines of world/day.jsonl, and the devices that wait for a disk image by file system."""

    rows: list[dict[str, object]] = field(default_factory=list)
    waiting: dict[str, list[dict[str, object]]] = field(default_factory=dict)


class Door:
    """Makes what happens behind doors; seals and serial numbers never repeat."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._made = 0

    def device(self, kind: str) -> dict[str, object]:
        """A seized device; the IMEI has a test allocation code and a valid check digit."""
        rng = self.rng
        self._made += 1
        make, model = rng.choice(_MODELS[kind])
        body = f"00100{rng.randrange(1000):03d}{self._made:06d}"
        powered = kind in ("phone", "laptop", "desktop", "tablet")
        return {
            "kind": kind,
            "make": make,
            "model": model,
            "serial": f"SN{self._made:05d}{rng.randrange(16**5):05X}",
            "imei": body + check_digit(body) if kind == "phone" else None,
            "capacity_gb": _CAPACITY[kind],
            "state": rng.choice(("on_locked", "on_unlocked", "off")) if powered else "off",
            "found_at": rng.choice(_SPOTS),
            "seal": f"KL-{self._made:06d}",
            "image": None,
            "image_sha256": None,
        }

    def arrest(self, person: Person) -> dict[str, object]:
        """One arrest with the evidence that leads to the person, not to the line."""
        sections = ["IT Act 67B(b)", "POCSO 15(2)"] if self.rng.random() < 0.5 else ["IT Act 67B(b)"]
        evidence = self.rng.sample(_EVIDENCE, 2)
        return {"age": person.age, "gender": person.gender, "sections": sections, "evidence": evidence}

    def row(self, line: Line, outcome: str, reason: str) -> dict[str, object]:
        """One line of day.jsonl without devices and arrests."""
        rng = self.rng
        entered = outcome not in ("nobody_there", "refused")
        adults, children = (rng.randint(1, 5), rng.choice((0, 0, 1, 2, 3))) if entered else (0, 0)
        return {
            "isp_id": line.isp_id,
            "customer_ref": line.customer_ref,
            "before_day": None,
            "before_day_reason": None,
            "outcome": outcome,
            "reason": reason,
            "entered": entered,
            "minutes": rng.randint(35, 170) if entered else rng.randint(10, 30),
            "adults": adults,
            "children": children,
            "woman_only": entered and adults == 1 and rng.random() < 0.3,
            "devices": [],
            "arrests": [],
        }


def live_day(figures: Figures, cast: Cast, *, lines: list[Line], rng: Random) -> Day:
    """Every line of the answers once: planned sites with the told outcomes, innocent doors with nothing."""
    planned = {
        (p.line.isp_id, p.line.customer_ref): p for p in cast.offenders if p.planned and p.line is not None
    }
    reached = [key for key, p in planned.items() if p.before_day is None]
    rng.shuffle(reached)
    crimes = reached[: figures.cases]
    reports = reached[figures.cases : figures.cases + figures.seizure_reports]
    outcomes = dict.fromkeys(crimes, "crime_registered") | dict.fromkeys(reports, "seizure_report")
    counts = _device_counts(figures, crimes + reports, rng)
    arrested = set(crimes[: figures.arrests])
    kinds = {key: list(figures.images[n :: len(crimes)]) for n, key in enumerate(crimes)}
    door, day = Door(rng), Day()
    for line in lines:
        key = (line.isp_id, line.customer_ref)
        person = planned.get(key)
        if person is None:
            day.rows.append(_innocent(door, line))
            continue
        outcome = (
            outcomes.get(key) or rng.choices(("nothing_found", "nobody_there", "refused"), (80, 15, 5))[0]
        )
        row = door.row(line, outcome, _reason(outcome, rng))
        row["before_day"] = person.before_day
        row["before_day_reason"] = _BEFORE.get(person.before_day or "")
        row["devices"] = _devices(door, day, count=counts.get(key, 0), images=kinds.get(key, []))
        row["arrests"] = [door.arrest(person)] if key in arrested else []
        day.rows.append(row)
    return day


def _device_counts(figures: Figures, keys: list[tuple[str, str]], rng: Random) -> dict[tuple[str, str], int]:
    """At least one device where anything was seized, the others by chance, to the told total."""
    counts = dict.fromkeys(keys, 1)
    for _ in range(figures.devices - len(keys)):
        counts[rng.choice(keys)] += 1
    return counts


def _devices(door: Door, day: Day, *, count: int, images: list[str]) -> list[dict[str, object]]:
    devices: list[dict[str, object]] = []
    for number in range(count):
        system = images[number] if number < len(images) else None
        kind = (
            _KIND_OF_IMAGE[system]
            if system
            else door.rng.choices(tuple(_MODELS), (50, 15, 5, 8, 6, 9, 4, 3))[0]
        )
        device = door.device(kind)
        devices.append(device)
        if system:
            day.waiting.setdefault(system, []).append(device)
    return devices


def _reason(outcome: str, rng: Random) -> str:
    if outcome == "nothing_found":
        return rng.choice(("no_device", "device_clean", "device_clean", "wiped"))
    return {"nobody_there": "nobody_there", "refused": "entry_refused"}.get(outcome, "")


def _innocent(door: Door, line: Line) -> dict[str, object]:
    """Behind a door that should never be opened: nothing, or the wrong people."""
    if line.occupant == "other":
        return door.row(line, "wrong_place", "moved")
    return door.row(
        line, *door.rng.choice((("nothing_found", "device_clean"), ("wrong_place", "wrong_place")))
    )
