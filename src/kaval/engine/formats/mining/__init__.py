"""A miner for running text: what a labelled sentence or a login table names, and nothing else.

`mine` finds IP addresses (with port, event and time), e-mail addresses, UPI addresses, telephone numbers, handles and
account ids behind a label, and postal addresses behind a label (kind `address_text`, which links nothing). Every
finding has the origin `free_text` and the party or role `mentioned`: it links nobody by itself and merges nothing.
A locator ends in `characters A-B`: offsets from 0 into the text, B excluded; an identifier's value is exactly that
text.

A time belongs to an address only on the same line, in the same JSON object, in the same folded mail header, or in the
same block of `Name: value` lines; with other numbers of addresses and times there, none is attached. A time without
an offset, with a zone that is only a name (IST, PST), or with a date of two readings has no instant, and a warning.
Not found: handles without a label, numbers without a country, names of persons, times without an address.

Text beyond the first 1,000,000 characters is not read, with a warning. The work grows with the length of the text
and never faster.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kaval.engine.formats._spec import FREE_TEXT, IdentifierRecord, ObservationRecord, ReadWarning
from kaval.engine.formats.mining._addresses import MAX_ADDRESSES, Sighting, sightings
from kaval.engine.formats.mining._contacts import contacts, telephones
from kaval.engine.formats.mining._labels import MAX_LABELS, labels_of
from kaval.engine.formats.mining._times import Written, times_in
from kaval.engine.formats.mining._values import labelled_values

__all__ = ["MAX_CHARACTERS", "Mined", "Written", "mine", "times_in"]

MAX_CHARACTERS = 1_000_000
_DIGIT = re.compile(r"[0-9]")
MENTIONED = "mentioned"
_NO_TELEPHONE = frozenset(("number", "account", "reference", "port", "time"))


@dataclass(frozen=True, slots=True)
class Mined:
    """What a text names, in its own order, and trouble with times; `identifiers` holds every value once."""

    identifiers: tuple[IdentifierRecord, ...]
    observations: tuple[ObservationRecord, ...]
    warnings: tuple[ReadWarning, ...] = ()


_TOO_MANY = (
    f"more than {MAX_ADDRESSES} addresses or {MAX_LABELS} labels in one text: the rest is not looked for"
)
_NOTHING = Mined((), ())


def mine(text: str, *, locator: str) -> Mined:
    """Everything a text names, each with its place `<locator> characters A-B`; never fails."""
    cut = len(text) > MAX_CHARACTERS
    if cut:
        text = text[:MAX_CHARACTERS]
    at_sign, digit = "@" in text, _DIGIT.search(text) is not None
    labels = labels_of(text)
    if not (at_sign or digit or labels or cut):
        return _NOTHING
    warnings = [_cut(locator)] if cut else []
    found = labelled_values(text, labels)
    if at_sign:
        found += contacts(text, labels)
    observations: list[ObservationRecord] = []
    if digit:
        seen = sightings(text, labels)
        if len(seen) >= MAX_ADDRESSES or len(labels) >= MAX_LABELS:
            warnings.append(
                ReadWarning(locator, "too_many", _TOO_MANY, "Ask for the log as a table of its own")
            )
        taken = [(item[0], item[1]) for item in found] + [(item.start, item.end) for item in seen]
        taken += [(label.value, label.end) for label in labels if label.kind in _NO_TELEPHONE]
        found += telephones(text, taken=taken)
        for item in seen:
            place = f"{locator} characters {item.start}-{item.end}"
            observations.append(_observation(item, place))
            if item.written.problem:
                warnings.append(ReadWarning(place, *item.written.problem))
    return Mined(_identifiers(found, locator), tuple(observations), tuple(warnings))


def _observation(item: Sighting, place: str) -> ObservationRecord:
    return ObservationRecord(
        item.ip, item.port, "", item.written.time, item.event, MENTIONED, place, origin=FREE_TEXT
    )


def _cut(locator: str) -> ReadWarning:
    text = f"longer than {MAX_CHARACTERS} characters: addresses and numbers after that are not looked for"
    return ReadWarning(
        f"{locator} characters {MAX_CHARACTERS}-", "text_cut", text, "Read the rest in the sealed file"
    )


def _identifiers(found: list[tuple[int, int, str, str, str]], locator: str) -> tuple[IdentifierRecord, ...]:
    """Each value once, at its first place."""
    once: dict[tuple[str, str, str], IdentifierRecord] = {}
    for start, end, kind, scope, value in sorted(found):
        key = (kind, scope.casefold(), value.casefold())
        if key not in once:
            place = f"{locator} characters {start}-{end}"
            once[key] = IdentifierRecord(kind, value, scope, MENTIONED, place, origin=FREE_TEXT)
    return tuple(once.values())
