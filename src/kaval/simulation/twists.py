"""The parts people play in a twisted world: whoever reads only one identifier is misled by one of them.

Each part is a realistic way in which reports tie strangers together or hide that two accounts are one person's.
Nobody plays two of them, so that each can be counted alone; only the risk to a child falls on anybody. Sizes are
shares of the people whom tiplines name, with a floor for small worlds. truth/twists.jsonl lists every part with
its people and the reports that show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from kaval.engine.kernel.luhn import check_digit
from kaval.simulation import risk, widenames
from kaval.simulation.cast import Cast, offender
from kaval.simulation.figures import Figures
from kaval.simulation.geography import Map, Station
from kaval.simulation.isps import FIXED_BY_KIND
from kaval.simulation.people import PLATFORMS, Person, Profile
from kaval.simulation.quotas import teams_by_district

# Why further people do not pass attribution, and how often.
_CROWD = {
    "mobile_only": 46,
    "single_observation": 16,
    "within_24_hours": 12,
    "no_port_on_cgnat": 12,
    "hosting_range": 9,
    "private_address": 5,
}
LONG_AGO = (-340, -200)  # ends over 120 days before anything else is seen
NOUGHT = "00000000-0000-0000-0000-000000000000"
DEVICES = ("Android ID", "IDFA", "IMEI", "Device ID")


@dataclass(slots=True)
class Twist:
    """One part: who plays it, and a word about it; `sign` is the shared value that its reports show."""

    kind: str
    people: list[Person]
    note: str
    sign: str = ""


@dataclass(slots=True)
class Plot:
    """All parts, and the further people by channel. Of a clone: original, copy, whether it is seen twice only."""

    twists: list[Twist] = field(default_factory=list)
    clones: list[tuple[Person, Person, bool]] = field(default_factory=list)
    tipped: list[Person] = field(default_factory=list)
    sharing: list[Person] = field(default_factory=list)


def thicken(figures: Figures, cast: Cast, *, map_: Map, rng: Random) -> Plot:
    """Adds the crowd to the cast and gives out all parts; the same random source gives the same parts."""
    stations = [s for d in teams_by_district(figures) for s in map_.stations[d]]
    giver = _Giver(cast, stations, field_day=figures.field_day, rng=rng)
    giver.crowd(*figures.crowd)
    giver.families()
    giver.kiosks()
    giver.recycled_numbers()
    giver.released_handles()
    giver.twins()
    giver.clones()
    giver.other_letters()
    giver.device_ties()
    giver.unlinkable()
    giver.risks()
    return giver.plot


class _Giver:
    """Gives each part to people who have none yet."""

    def __init__(self, cast: Cast, stations: list[Station], *, field_day: date, rng: Random) -> None:
        self.cast, self.stations, self.rng = cast, stations, rng
        self.registry = cast.registry
        self.day = field_day
        self.plot = Plot()
        self.free: list[Person] = []
        for person in self.registry.people:
            self._birthday(person)

    def _birthday(self, person: Person) -> None:
        """A date of birth that fits the age on the field day."""
        born = self.day - timedelta(days=round(person.age * 365.25) + self.rng.randrange(1, 364))
        person.born = born

    def _size(self, share: float, floor: int) -> int:
        tipped = sum("cybertip" in p.channels for p in self.cast.offenders)
        return max(floor, round(tipped * share))

    def _take(self, count: int, fits: Callable[[Person], bool] = lambda _: True) -> list[Person]:
        """The next people of the crowd without a part who fit."""
        chosen = [p for p in self.free if fits(p)][:count]
        gone = {p.person_id for p in chosen}
        self.free = [p for p in self.free if p.person_id not in gone]
        if len(chosen) < count:
            raise RuntimeError("the crowd is too small for its parts")
        return chosen

    def _new(self, reason: str, *, channels: tuple[str, ...] = ("cybertip",)) -> Person:
        """One more offender who does not pass, with one to three accounts or a client."""
        rng = self.rng
        person = offender(self.registry, rng.choice(self.stations), reason)
        self._birthday(person)
        person.channels = channels
        if "cybertip" in channels:
            for platform in rng.sample(PLATFORMS, rng.choices((1, 2, 3), (70, 25, 5))[0]):
                self.registry.account(person, platform)
        if "p2p" in channels:
            self.registry.client(person)
        self.cast.offenders.append(person)
        return person

    def _tell(self, kind: str, people: list[Person], note: str, *, sign: str = "") -> None:
        self.plot.twists.append(Twist(kind, people, note, sign))

    def _device(self) -> tuple[str, str]:
        rng = self.rng
        kind = rng.choice(DEVICES)
        if kind == "IMEI":
            body = f"00100{rng.randrange(10**9):09d}"
            return kind, body + check_digit(body)
        if kind == "IDFA":
            raw = rng.randbytes(16).hex().upper()
            return kind, f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-A{raw[17:20]}-{raw[20:]}"
        return kind, rng.randbytes(8).hex() if kind == "Android ID" else f"DV-{rng.randbytes(6).hex()}"

    def crowd(self, tipped: int, sharing: int) -> None:
        """Further people whom nobody's door is opened for; one in twenty comes by both channels."""
        rng = self.rng
        for _ in range(tipped):
            reason = rng.choices(tuple(_CROWD), tuple(_CROWD.values()))[0]
            both = reason == "mobile_only" and rng.random() < 0.1
            person = self._new(reason, channels=("cybertip", "p2p") if both else ("cybertip",))
            self.plot.tipped.append(person)
            if not both:
                self.free.append(person)
        for _ in range(sharing):
            reason = rng.choices(tuple(_CROWD), tuple(_CROWD.values()))[0]
            self.plot.sharing.append(self._new(reason, channels=("p2p",)))
        for person in self.registry.people:
            if person.accounts and rng.random() < 0.5:
                person.device = self._device()

    def families(self) -> None:
        """Two of one household, father and son or brothers, some born on one day; half share a device."""
        rng = self.rng
        chosen = self._take(self._size(0.02, 8), lambda p: p.why_not == "mobile_only")
        for number, person in enumerate(chosen):
            other = self._new("mobile_only")
            assert other.line is not None
            other.household = other.line.household = person.household
            person.least, other.least = max(2, person.least), 2
            if number % 2:
                other.age = person.age + rng.randint(24, 32) if person.age < 45 else person.age - 25
            self._birthday(other)
            if number % 8 == 2:
                other.age, other.born = person.age, person.born
            self.registry.rename(other, self._other_given(person, gender=other.gender))
            if number % 4 < 2:
                other.device = person.device = person.device or self._device()
                self._tell("shared_device", [person, other], "two of one household", sign=person.device[1])
            else:
                other.device = None
                note = "one house, born on one day" if number % 8 == 2 else "one house and house name"
                self._tell("family", [person, other], note)
            self.plot.tipped.append(other)

    def kiosks(self) -> None:
        """One device in a shop at which strangers sign in; and the identifier of nought that phones give out."""
        rng = self.rng
        for _ in range(self._size(0.0008, 2)):
            group = self._take(rng.randint(5, 10))
            device = self._device()
            for person in group:
                person.device = device
            self._tell("shared_kiosk", group, "a device that strangers use", sign=device[1])
        count = self._size(0.01, 6)
        refused = self._take(count, lambda p: p.device is not None and p.device[0] == "IDFA")
        for person in refused:
            person.device = ("IDFA", NOUGHT)
        self._tell("placeholder_device", refused, "advertising identifier refused: noughts", sign=NOUGHT)

    def _other_given(self, person: Person, *, gender: str) -> widenames.Wide:
        while True:
            given = widenames.draw_given(self.rng, gender)
            if person.given is None or given.words[0] != person.given.words[0]:
                return given

    def recycled_numbers(self) -> None:
        """A number is given out again 120 days or more after its first holder was last seen."""
        rng = self.rng
        for second in self._take(self._size(0.03, 12)):
            first = self._new("too_old")
            first.seen_days, first.quiet, first.least = LONG_AGO, True, 2
            second.phone, second.least = first.phone, max(2, second.least)
            nameless = rng.random() < 0.2
            note = "one report gives the number, no name" if nameless else "whoever has the number is named"
            self._tell("recycled_number", [first, second], note, sign=first.phone)
            self.plot.tipped.append(first)

    def released_handles(self) -> None:
        """A handle is given up and taken by somebody else on the same platform, under another account number."""
        rng = self.rng
        for second in self._take(self._size(0.01, 6), lambda p: p.why_not != "single_observation"):
            first = self._new("too_old")
            first.seen_days = LONG_AGO
            platform, (_, handle) = next(iter(first.accounts.items()))
            if rng.random() < 0.5:
                first.seen_days, second.seen_days = (-72, -52), (-45, -24)
                first.why_not = "mobile_only"
                self._mobile(first)
            second.accounts.pop(platform, None)
            rest = dict(second.accounts)
            second.accounts.clear()
            self.registry.account(second, platform, handle=handle)
            second.accounts.update(rest)
            first.quiet = second.quiet = True
            first.least, second.least = 2, max(2, second.least)
            self._tell("released_handle", [first, second], f"on {platform}", sign=handle)
            self.plot.tipped.append(first)

    def _mobile(self, person: Person) -> None:
        """A mobile line in place of the one at home, so that nothing about the person passes."""
        old = person.line
        assert old is not None
        isp_id = self.rng.choice(FIXED_BY_KIND["mobile_cgnat"])
        line = self.registry.line(person.household, isp_id=isp_id, kind="mobile_cgnat")
        line.install, line.innocent, line.wifi = False, old.innocent, old.wifi
        line.offenders, old.offenders = [person.person_id], []
        person.line = line

    def twins(self) -> None:
        """Groups of strangers with one full name; some share a place or the year of birth too."""
        rng = self.rng
        for number in range(self._size(0.008, 6)):
            group = self._take(rng.randint(3, 8), lambda p: p.gender == "M")
            first = group[0]
            assert first.given is not None
            assert first.born is not None
            for index, other in enumerate(group[1:]):
                near = number % 3 == 0 and index == 0
                self._move(other, first, near=near)
                self.registry.rename(other, first.given)
                if number % 3 == 1 and index == 0 and other.born is not None:
                    other.born = date(first.born.year, other.born.month, min(other.born.day, 28))
                    other.born += timedelta(days=other.born == first.born)
            note = ("two of them in one place", "two of them of one year", "nothing else")[number % 3]
            self._tell("twins_in_name", group, note, sign=first.name)

    def _move(self, person: Person, other: Person, *, near: bool) -> None:
        """The person's house gets the other one's house name, and its place and PIN code when `near`."""
        house = replace(person.household, house_name=other.household.house_name)
        if near:
            house = replace(house, place=other.household.place, pincode=other.household.pincode)
        if person.line is not None and person.line.household is person.household:
            person.line.household = house
        person.household = house

    def clones(self) -> None:
        """One client identifier in two programs at two providers, open at the same time."""
        rng = self.rng
        firsts = [p for p in self.plot.sharing if p.why_not == "mobile_only"]
        rng.shuffle(firsts)
        for number in range(max(3, len(firsts) // 200)):
            first = firsts.pop()
            assert first.line is not None
            isp_id = first.line.isp_id
            elsewhere = [p for p in firsts if p.line is not None and p.line.isp_id != isp_id]
            copies = elsewhere[: rng.randint(4, 9) if number % 8 == 1 else 1]
            gone = {p.person_id for p in copies}
            firsts = [p for p in firsts if p.person_id not in gone]
            few = number % 3 == 0
            for second in copies:
                second.network, second.client_guid = first.network, first.client_guid
                self.plot.clones.append((first, second, few))
            note = "the copy is seen twice only" if few else f"seen several times, {len(copies)} copies"
            self._tell("cloned_client", [first, *copies], note, sign=first.client_guid)

    def _second_account(self, person: Person, written: widenames.Written, tied: str) -> Profile:
        """An account with another provider under another e-mail address; truth alone knows whose it is."""
        used = set(person.accounts)
        platform = self.rng.choice([name for name in PLATFORMS if name not in used])
        user_id, handle = self.registry.login(platform)
        email = f"{handle.replace('_', '.')}@example.org"
        made = Profile(platform, user_id, handle, written, tied, email=email)
        person.hidden.append(made)
        return made

    def other_letters(self) -> None:
        """A second account that has nothing in common but name and date of birth, written another way.

        Four in five give the PIN code, some the address in other letters or the end of the number.
        """
        rng = self.rng
        planned = [
            p for p in self.cast.offenders if p.planned and p.channels == ("cybertip",) and not p.hidden
        ]
        count = self._size(0.075, 24)
        chosen = rng.sample(planned, min(len(planned) // 8, count // 3))
        chosen += self._take(
            count - len(chosen), lambda p: p.why_not not in ("single_observation", "private_address")
        )
        for number, person in enumerate(chosen):
            person.least = 8 if person.planned else max(5, person.least)
            style = widenames.STYLES[number % len(widenames.STYLES)]
            assert person.given is not None
            house = widenames.house_names()[person.household.house_name]
            written = widenames.write(rng, style, given=person.given, house=house, gender=person.gender)
            made = self._second_account(person, written, "likeness")
            made.born = person.born
            bare = written.style.startswith(("initial", "malayalam_initial"))
            if bare or rng.random() < 0.8:
                made.house = _address_of(house, written.style, rng)
            if rng.random() < 0.25:
                made.phone, made.masked = person.phone, True
            self._tell("other_letters", [person], f"{style}: {made.platform}", sign=made.user_id)

    def device_ties(self) -> None:
        """A second account of the same person, tied by the device and the same name."""
        for person in self._take(self._size(0.01, 6), lambda p: p.why_not != "single_observation"):
            assert person.given is not None
            person.device = person.device or self._device()
            person.least = max(4, person.least)
            house = widenames.house_names()[person.household.house_name]
            made = self._second_account(person, widenames.plain(person.given, house), "device")
            made.device, made.born = person.device, person.born if self.rng.random() < 0.5 else None
            self._tell(
                "device_tie", [person], f"one person, two accounts: {made.platform}", sign=made.user_id
            )

    def unlinkable(self) -> None:
        """A second account with nothing in common: no system can know, and these stay rare."""
        for person in self._take(self._size(0.002, 2), lambda p: p.why_not != "single_observation"):
            person.least = max(3, person.least)
            made = self._second_account(person, widenames.Written("", "", "none"), "nothing")
            self._tell("unlinkable", [person], f"nothing in common: {made.platform}", sign=made.user_id)

    def risks(self) -> None:
        """Puts a child at risk near some of the people whom tiplines name; nobody of the old marking stays."""
        for person in self.cast.offenders:
            person.child_at_risk = False
        for person in risk.give_risks(self.cast.offenders, crowd=self.plot.tipped, rng=self.rng):
            self._tell("risk", [person], f"{person.risk_kind}: {person.shows}")
            if person.shows == "unknown_files" and len(person.accounts) < 2:
                taken = {*person.accounts, *(p.platform for p in person.hidden)}
                self.registry.account(person, self.rng.choice([n for n in PLATFORMS if n not in taken]))
            alone = person.channels == ("cybertip",) and person.why_not in (None, "mobile_only")
            if alone and self.rng.random() < 0.25:
                person.channels = ("cybertip", "p2p")
                self.registry.client(person)


def _address_of(house: widenames.Wide, style: str, rng: Random) -> str:
    """How the second account writes the house: in other letters, spelt otherwise, or not at all."""
    if style.startswith("malayalam"):
        return house.ml if rng.random() < 0.7 else house.en
    return house.spelt(rng) if rng.random() < 0.5 else rng.choice((house.en, "-"))
