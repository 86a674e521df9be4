"""Households, lines and people of the synthetic state. A subscriber is not a suspect."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from kaval.simulation import names, widenames
from kaval.simulation.geography import Station, point_near
from kaval.simulation.isps import ISPS

PLATFORMS: tuple[str, ...] = (
    "Example Chat",
    "Mango Messenger",
    "Kite Photos",
    "Lagoon Cloud",
    "Banyan Mail",
    "Parrot Video",
)


@dataclass(frozen=True, slots=True)
class Household:
    """One dwelling; several share building, ward and position when they are flats."""

    household_id: str
    house_name: str
    ward: str
    door: str
    place: str
    pincode: str
    station: Station
    lon: float
    lat: float

    @property
    def address(self) -> str:
        """The postal address in one line."""
        return f"{self.house_name}, Door {self.door}, Ward {self.ward}, {self.place}, Kerala {self.pincode}"


@dataclass(slots=True)
class Line:
    """One subscriber line. `install` false: the provider knows no installation address.

    `unit_found`, `single_match`, `occupant` and `wifi` are what the ground check will see.
    `innocent`: nobody who lives behind this door today shared anything.
    """

    isp_id: str
    customer_ref: str
    household: Household
    kind: str
    holder: str
    birth_year: int
    phone: str
    email: str
    inner_ip: str
    mac: str
    line_type: str = "HOME"
    install: bool = True
    unit_found: bool = True
    single_match: bool = True
    occupant: str = "same"
    wifi: str = "secured"
    innocent: bool = True
    offenders: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Profile:
    """What one provider holds of one account, as its user wrote it; empty text where nothing was given.

    `tied` by what the account shares with the person's others: email, phone, device, `likeness` (name and date
    of birth alone, perhaps in other letters) or nothing at all. `masked`: only the end of the number is shown.
    """

    platform: str
    user_id: str
    handle: str
    written: widenames.Written
    tied: str
    email: str = ""
    phone: str = ""
    device: tuple[str, str] | None = None
    born: date | None = None
    house: str = ""
    masked: bool = False
    told: int = 0


@dataclass(slots=True)
class Person:
    """One person; `channels` is empty for those nobody reported, `why_not` None for those who must pass.

    The fields from `given` on are used by twisted worlds alone. `seen_days` are days before the field day in
    place of the usual ones. `quiet`: registers and public tips leave the person out, because what they say
    would fit another one too. `least`: how many reports the person's part needs.
    """

    person_id: str
    kind: str
    household: Household
    name: str
    name_ml: str
    gender: str
    age: int
    email: str
    phone: str
    line: Line | None = None
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    network: str = ""
    client_guid: str = ""
    channels: tuple[str, ...] = ()
    child_at_risk: bool = False
    repeat_offender: bool = False
    why_not: str | None = None
    before_day: str | None = None
    given: widenames.Wide | None = None
    born: date | None = None
    seen_days: tuple[int, int] | None = None
    quiet: bool = False
    least: int = 1
    risk_kind: str | None = None
    shows: str = ""
    device: tuple[str, str] | None = None
    profiles: dict[str, Profile] = field(default_factory=dict)
    hidden: list[Profile] = field(default_factory=list)

    @property
    def planned(self) -> bool:
        """Whether the line of this offender must become a site."""
        return self.kind == "offender" and self.why_not is None


class Registry:
    """Makes households, lines and people with numbers that never repeat."""

    def __init__(self, rng: Random, *, wide: bool = False) -> None:
        self.rng = rng
        self.wide = wide
        self.households: list[Household] = []
        self.lines: list[Line] = []
        self.people: list[Person] = []
        self._buildings: dict[str, Household] = {}
        self._handles: set[str] = set()
        self._accounts = 0
        self._phones = 0
        self._doors: set[tuple[str, str, str]] = set()

    def household(self, station: Station) -> Household:
        """A new dwelling in the station's cell; about one in four is a flat beside an earlier one."""
        rng, number = self.rng, len(self.households) + 1
        base = self._buildings.get(station.station_id) if rng.random() < 0.25 else None
        if base is None:
            lon, lat = point_near(rng, station)
            place = rng.choice((station.name, f"{station.name} East", f"{station.name} Junction"))
            pincode = f"{station.district.pin}{rng.randint(1, 999):03d}"
            house = widenames.draw_house(rng) if self.wide else names.house_name(rng)[0]
            ward = str(rng.randint(1, 60))
        else:
            lon, lat, place, pincode = base.lon, base.lat, base.place, base.pincode
            house, ward = base.house_name, base.ward
        door = f"{rng.randint(1, 899)}{rng.choice(('', 'A', 'B', 'C'))}"
        while (station.station_id + house, ward, door) in self._doors:
            door = f"{rng.randint(1, 899)}{rng.choice(('', 'A', 'B', 'C'))}"
        self._doors.add((station.station_id + house, ward, door))
        made = Household(f"H{number:06d}", house, ward, door, place, pincode, station, lon, lat)
        self._buildings[station.station_id] = made
        self.households.append(made)
        return made

    def line(self, household: Household, *, isp_id: str, kind: str) -> Line:
        """A new line of the provider, held by an adult of the household."""
        rng, number = self.rng, len(self.lines) + 1
        inner = number + 256
        mac = "02:" + ":".join(f"{rng.randrange(256):02x}" for _ in range(5))
        line = Line(
            isp_id=isp_id,
            customer_ref=f"{ISPS[isp_id].prefix}{200000 + number * 7}",
            household=household,
            kind=kind,
            holder=self._name(rng.choice("FM"), household)[0],
            birth_year=rng.randint(1948, 2002),
            phone=self._phone(),
            email=f"subscriber{number}@example.com",
            inner_ip=f"100.{64 + (inner >> 16)}.{inner >> 8 & 255}.{inner & 255}",
            mac=mac,
            wifi=rng.choice(("secured", "secured", "secured", "unknown")),
        )
        self.lines.append(line)
        return line

    def person(self, kind: str, household: Household) -> Person:
        """A new person of the household; offenders are adults, mostly men."""
        rng, number = self.rng, len(self.people) + 1
        gender = rng.choice("FM") if kind != "offender" else rng.choices("FM", (5, 95))[0]
        given, (name, name_ml) = self._given(gender), ("", "")
        if given is None:
            name, name_ml = names.person_name(rng, gender)
        else:
            name, name_ml = self._whole(given, household)
        age = rng.randint(9, 17) if kind == "victim" else rng.randint(19, 64)
        person = Person(
            person_id=f"P{number:06d}",
            kind=kind,
            household=household,
            name=name,
            name_ml=name_ml,
            gender=gender,
            age=age,
            email=f"{name.split()[0].lower()}.{number}.{rng.randint(10, 99)}@example.net",
            phone=self._phone(),
            given=given,
        )
        self.people.append(person)
        return person

    def _given(self, gender: str) -> widenames.Wide | None:
        return widenames.draw_given(self.rng, gender) if self.wide else None

    def _whole(self, given: widenames.Wide, household: Household) -> names.Name:
        """Given name and the name of the house, in both scripts."""
        house = widenames.house_names()[household.house_name]
        return f"{given.en} {house.en}", f"{given.ml} {house.ml}"

    def _name(self, gender: str, household: Household) -> names.Name:
        given = self._given(gender)
        return names.person_name(self.rng, gender) if given is None else self._whole(given, household)

    def rename(self, person: Person, given: widenames.Wide) -> None:
        """Another given name for a person of a twisted world; the house name is the household's."""
        person.given = given
        person.name, person.name_ml = self._whole(given, person.household)

    def account(self, person: Person, platform: str, *, handle: str | None = None) -> None:
        """An account on the platform; a given handle is somebody else's name on another platform."""
        person.accounts[platform] = self.login(platform, handle=handle)

    def login(self, platform: str, *, handle: str | None = None) -> tuple[str, str]:
        """A new account number of the platform with a handle; nobody else's unless one is given."""
        rng = self.rng
        name = handle or names.handle(rng)
        while handle is None and name in self._handles:
            name = names.handle(rng)
        self._handles.add(name)
        self._accounts += 1
        initials = "".join(word[0] for word in platform.split()).lower()
        return f"{initials}-{10_000_000 + self._accounts * 37}", name

    def client(self, person: Person) -> None:
        """A file-sharing program with its own identifier: GUID, user hash, node id or CID by network."""
        rng = self.rng
        person.network = rng.choices(("gnutella", "ed2k", "bittorrent", "dc"), (30, 30, 25, 15))[0]
        raw = bytearray(rng.randbytes(16))
        if person.network == "ed2k":
            raw[5], raw[14] = 0x0E, 0x6F
        if person.network == "dc":
            person.client_guid = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(39))
        elif person.network == "bittorrent":
            person.client_guid = rng.randbytes(20).hex()
        else:
            person.client_guid = raw.hex()

    def _phone(self) -> str:
        """An Indian-looking number that begins with 555: no mobile subscriber is given one; none repeats."""
        self._phones += 1
        return f"+91555{self._phones * 7919 % 10_000_000:07d}"
