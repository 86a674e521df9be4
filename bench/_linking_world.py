"""A million reports of people who use several accounts, as linking sees them and as rows of the station."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

PER_REPORT = 5
_FIRST = (
    "a",
    "bi",
    "chan",
    "de",
    "ga",
    "ha",
    "ja",
    "ka",
    "la",
    "ma",
    "na",
    "pra",
    "ra",
    "sa",
    "su",
    "tha",
    "u",
    "va",
)
_SECOND = (
    "nil",
    "ju",
    "dran",
    "nesh",
    "pan",
    "ri",
    "yan",
    "ran",
    "noj",
    "sar",
    "deep",
    "jesh",
    "ji",
    "lan",
    "mesh",
)
_HOUSE = (
    "puthen",
    "mele",
    "thazhe",
    "kizhakke",
    "thekke",
    "vadakke",
    "chakkala",
    "mavila",
    "plavila",
    "neeli",
    "kunnu",
)
_MIDDLE = ("kara", "thara", "mana", "vila", "para", "kula", "thodi", "kada", "mala", "pura")
_LAST = ("veedu", "parambu", "nilayam", "bhavan", "madom", "illam", "villa", "manzil", "kudi", "mukku")


@dataclass(frozen=True, slots=True)
class Person:
    """What one person's reports name."""

    accounts: tuple[tuple[str, str, str], ...]  # account, handle, e-mail of each platform used
    phone: str
    device: str
    name: str
    birth: str


@dataclass(frozen=True, slots=True)
class Made:
    """One report: whose it is, the keys it names, and who it says the person is (empty: nobody)."""

    number: int
    person: int
    keys: tuple[str, ...]
    name: str
    birth: str


def reports(count: int, *, seed: int = 7) -> Iterator[Made]:
    """`count` reports in order of arrival, five identifiers each; most people are reported once or twice, a few some
    hundred times. One in a hundred telephone numbers and devices belongs to two people."""
    rng = Random(f"kaval:linking:{seed}")
    people: list[Person] = []
    known = max(1, count * 2 // 5)
    for number in range(1, count + 1):
        at = int(known * rng.random() ** 1.6) if people else 0
        while at >= len(people):
            people.append(_person(rng, len(people), people))
            if len(people) > known:
                at = len(people) - 1
        person = people[at]
        account, handle, email = rng.choice(person.accounts)
        keys = (account, handle, email, person.phone, person.device)
        named = rng.random() < 0.5
        yield Made(number, at, keys, person.name if named else "", person.birth if named else "")


def _person(rng: Random, number: int, others: list[Person]) -> Person:
    accounts = tuple(
        (
            f"esp_account|platform {p}:{number * 3 + p}",
            f"handle|platform {p}:user_{number}_{p}",
            f"email|user.{number}.{p}@example.net",
        )
        for p in range(rng.choice((1, 1, 2)))
    )
    borrowed = rng.choice(others) if others and rng.random() < 0.01 else None
    return Person(
        accounts,
        borrowed.phone if borrowed else f"phone|+91555{number:07d}",
        borrowed.device if borrowed else f"device_id|{number:015d}",
        _name(rng),
        f"{rng.randint(1960, 2005)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
    )


def _name(rng: Random) -> str:
    given = rng.choice(_FIRST) + rng.choice(_SECOND)
    return f"{given} {rng.choice(_HOUSE)}{rng.choice(_MIDDLE)}{rng.choice(_LAST)}".title()
