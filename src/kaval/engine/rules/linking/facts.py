"""What reports say of their person where no identifier settles who it is: names, birth, address, end of a number.

Only the reported party counts, never a victim, reporter, recipient or associated account. A report about several
people or a taken-over account says nothing here: whose name it gives is what is in doubt. A display name is chosen by
whoever holds the account and is not taken for a name; an age is not turned into a year it may miss by one.

Read from: the CyberTipline report (`personOrUserReported/personOrUserReportedPerson/…`), NCMEC's download for police
(`reportedInformation/reportedPeople/reportedPersons/0/…`, as JSON and as PDF), and identifiers of kinds `name` and
`phone` of the party `reported` in any format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

from kaval.engine.kernel.identifier import name as name_kind
from kaval.engine.rules.leads.shape import Lead
from kaval.engine.rules.linking.keys import is_doubtful
from kaval.engine.rules.linking.places import Place, place_of
from kaval.engine.rules.linking.romanise import LONGEST

__all__ = ["Facts", "Place", "birth_of", "facts_of", "from_plain", "merged", "tail_of", "to_plain"]

MOST = 32  # entries of each kind that are held, the smallest

_REPORTED = re.compile(
    r"personOrUserReported/personOrUserReportedPerson/(.+)|reportedInformation/reportedPeople/reportedPersons/0/(.+)"
    r"|Section A/reported/(.+)"
)
_COUNTED = re.compile(r"(?:\[\d+\]|#\d+)$")
_NAMES = ("firstname", "middlename", "lastname")
_BIRTHS = frozenset(("dateofbirth", "date of birth", "dob", "birth date", "birthdate"))
_PARTS = {
    "address": "text", "street1": "text", "street2": "text", "street": "text",
    "city": "locality", "zipcode": "pincode", "postalcode": "pincode", "zip": "pincode", "pincode": "pincode",
}  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_SLASHED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_YEAR = re.compile(r"(\d{4})(?:-00-00)?")
_FILLERS = frozenset(("1900-01-01", "1970-01-01", "1900", "1901"))
_MASKED = re.compile(r"[Xx*•#]")
_TAIL = re.compile(r"(\d{4})$")
_NO_SIGN = re.compile(r"[\s().\-/\u2010-\u2015]+")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of one person: sorted, each once; empty: nobody said.

    `names` in any script. `births` are `YYYY-MM-DD`, or `YYYY` where no more is said or day and month cannot be
    told apart. `tails` are the last four digits of telephone numbers, masked or whole.
    """

    names: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    tails: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True when nothing is said."""
        return not (self.names or self.births or self.places or self.tails)


NOTHING = Facts()


def facts_of(record: Lead) -> Facts:
    """What one report says of the person it reports; empty when its account is doubtful."""
    if is_doubtful(record):
        return NOTHING
    names, tails = [], []
    for identifier in record.identifiers:
        if identifier.party == "reported":
            if identifier.kind == "name":
                names.append(identifier.value)
            elif identifier.kind == "phone":
                tails.append(tail_of(identifier.value))
    said, births, addresses = _said(record.fields)
    if not names:
        names = [" ".join(said[part] for part in _NAMES if part in said)]
    if not names[0] and not births and not addresses and not tails:
        return NOTHING
    return _facts(
        names=[" ".join(name.split())[:LONGEST] for name in names if name_kind.is_valid(name)],
        births=map(birth_of, births),
        places=[place_of(**parts) for parts in addresses],
        tails=tails,
    )


def _said(bag: Mapping[str, str]) -> tuple[dict[str, str], list[str], list[dict[str, str]]]:
    """Parts of the name, dates of birth, and the parts of each address, from the texts of a report."""
    names: dict[str, str] = {}
    births: list[str] = []
    addresses: dict[str, dict[str, str]] = {}
    for path, text in bag.items():
        if not path.startswith(("personOrUserReported/p", "reportedInformation/reportedP", "Section A/r")):
            continue
        match = _REPORTED.fullmatch(path)
        if match is None or not text or not text.strip():
            continue
        above, _, last = (match[1] or match[2] or match[3]).rpartition("/")
        part = _COUNTED.sub("", last).casefold()
        if not above and part in _NAMES:
            names[part] = text.strip()
        elif not above and part in _BIRTHS:
            births.append(text)
        elif part in _PARTS and (above.startswith("address") or match[3]):
            held = addresses.setdefault(above, {})
            key = _PARTS[part]
            held[key] = f"{held[key]}, {text}" if key in held else text
    return names, births, list(addresses.values())


def _facts(
    *, names: Iterable[str], births: Iterable[str], places: Iterable[Place], tails: Iterable[str]
) -> Facts:
    return Facts(_held(names), _held(births), _held_places(places), _held(tails))


def _held(values: Iterable[str]) -> tuple[str, ...]:
    # The smallest ones of a union are the smallest of its parts' smallest: `merged` stays free of order.
    return tuple(sorted({value for value in values if value})[:MOST])


def _held_places(values: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(sorted({value for value in values if value != Place()})[:MOST])


@lru_cache(maxsize=16384)
def birth_of(text: str) -> str:
    """A date of birth as `YYYY-MM-DD`; only the year when day and month could be either; empty when it is none.

    Dates that fill a field (1900-01-01, 1970-01-01) are none.

    >>> birth_of("1974-08-26"), birth_of("26/08/1974"), birth_of("05/08/1974"), birth_of("1974"), birth_of("1970-01-01")
    ('1974-08-26', '1974-08-26', '1974', '1974', '')
    """
    text = text.strip()
    if match := _ISO.match(text):
        found = _day(*match.groups())
    elif match := _SLASHED.fullmatch(text):
        first, second, year = match.groups()
        dates = {_day(year, second, first), _day(year, first, second)} - {""}
        found = dates.pop() if len(dates) == 1 else year if dates else ""
    else:
        match = _YEAR.fullmatch(text)
        found = match[1] if match else ""
    return found if found not in _FILLERS and "1900" < found < "2100" else ""


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


@lru_cache(maxsize=65536)
def tail_of(number: str) -> str:
    """The last four digits of a telephone number, masked or whole; empty when fewer are shown.

    >>> tail_of("+91 98460 12345"), tail_of("XXXXXX2345"), tail_of("********45"), tail_of("12345")
    ('2345', '2345', '', '')
    """
    bare = _NO_SIGN.sub("", number)
    match = _TAIL.search(bare)
    if match is None or not match[1].isascii() or len(set(match[1])) == 1:
        return ""
    return match[1] if _MASKED.search(bare) or sum(sign.isdigit() for sign in bare) >= 8 else ""


def merged(facts: Iterable[Facts]) -> Facts:
    """What several reports say together, in whatever order they come; the same twice says nothing more."""
    given = tuple(each for each in facts if each is not NOTHING)
    if len(given) == 1:
        return given[0]
    return _facts(
        names=[value for each in given for value in each.names],
        births=[value for each in given for value in each.births],
        places=[value for each in given for value in each.places],
        tails=[value for each in given for value in each.tails],
    )


_PLACE_PARTS = tuple(part.name for part in fields(Place))


def to_plain(facts: Facts) -> dict[str, Any]:
    """As JSON; what is not said is not there."""
    plain: dict[str, Any] = {
        key: list(values)
        for key, values in (("names", facts.names), ("births", facts.births), ("tails", facts.tails))
        if values
    }
    if facts.places:
        plain["places"] = [
            {part: value for part in _PLACE_PARTS if (value := getattr(place, part))}
            for place in facts.places
        ]
    return plain


def from_plain(plain: Mapping[str, Any]) -> Facts:
    """From JSON made by `to_plain`; parts it does not know are left out."""
    places: Sequence[Mapping[str, Any]] = plain.get("places", ())
    return _facts(
        names=plain.get("names", ()),
        births=plain.get("births", ()),
        places=[Place(*(str(place.get(part, "")) for part in _PLACE_PARTS)) for place in places],
        tails=plain.get("tails", ()),
    )
