"""A reviewer's term lists are asked about texts in any script; the answer is which terms, how often, never the text.

Kaval ships no list. A list is reviewed data of the unit: name, version, who reviewed it, and a role (`age`, `payment`,
`travel` …, the unit's own words) by which trafficking indications combine lists. Texts are compared after NFKC, case
folding, without invisible joiners and marks of direction, and with the chillu letters of Malayalam in one form, because
one word is written in both (The Unicode Standard, chapter 12.9).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORD, STARTS, PART = "word", "starts", "part"
MATCHES = (WORD, STARTS, PART)
"""A whole word or run of words; a word that starts so (languages that join endings); anywhere, also inside a word."""

_INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)
# Letter, virama and joiner as one letter: the old and the new spelling of the same.
_CHILLU = {
    "\u0d23\u0d4d\u200d": "\u0d7a",
    "\u0d28\u0d4d\u200d": "\u0d7b",
    "\u0d30\u0d4d\u200d": "\u0d7c",
    "\u0d32\u0d4d\u200d": "\u0d7d",
    "\u0d33\u0d4d\u200d": "\u0d7e",
    "\u0d15\u0d4d\u200d": "\u0d7f",
}
_OLD_CHILLU = re.compile("|".join(_CHILLU))


@dataclass(frozen=True, slots=True)
class Term:
    """One term by its id: the id is what leaves the room. `match` is one of `MATCHES`."""

    term_id: str
    text: str
    match: str = WORD


@dataclass(frozen=True, slots=True)
class TermList:
    """A reviewed list. `role` is the unit's word for what the list is about; empty: none."""

    name: str
    version: str
    role: str
    reviewed_by: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, order=True)
class TermHit:
    """A term of a list in a text: how often."""

    list_name: str
    version: str
    role: str
    term_id: str
    count: int


class Terms:
    """Lists made ready once and asked about many texts: a text costs what its words cost, however long the lists."""

    def __init__(self, lists: Sequence[TermList]) -> None:
        self.lists = tuple(lists)
        self._words: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        self._starts: dict[str, list[int]] = defaultdict(list)
        self._parts: list[tuple[str, int]] = []
        self._ids: list[tuple[TermList, Term]] = []
        for owner in self.lists:
            for term in owner.terms:
                self._add(owner, term)
        self._lengths = sorted({len(start) for start in self._starts})

    def _add(self, owner: TermList, term: Term) -> None:
        plain = folded(term.text)
        words = words_of(plain)
        number = len(self._ids)
        self._ids.append((owner, term))
        if term.match == PART:
            if plain.strip():
                self._parts.append((plain.strip(), number))
        elif term.match == STARTS and len(words) == 1:
            self._starts[words[0]].append(number)
        elif words:
            self._words[words[0]].append((tuple(words), number))

    def hits(self, text: str) -> tuple[TermHit, ...]:
        """The terms in a text, in the order of list and id."""
        if not self._ids or not text:
            return ()
        plain = folded(text)
        counts = Counter(self._found(plain, words_of(plain)))
        return tuple(
            sorted(
                TermHit(owner.name, owner.version, owner.role, term.term_id, count)
                for number, count in counts.items()
                for owner, term in (self._ids[number],)
            )
        )

    def labels(self, text: str) -> tuple[str, ...]:
        """The terms in a text as `list version id`, which say nothing of the text."""
        return tuple(f"{hit.list_name} {hit.version} {hit.term_id}" for hit in self.hits(text))

    def _found(self, plain: str, words: list[str]) -> Iterator[int]:
        for place, word in enumerate(words):
            for wanted, number in self._words.get(word, ()):
                if len(wanted) == 1 or tuple(words[place : place + len(wanted)]) == wanted:
                    yield number
            for length in self._lengths:
                if length > len(word):
                    break
                yield from self._starts.get(word[:length], ())
        for part, number in self._parts:
            for _ in range(plain.count(part)):
                yield number


def folded(text: str) -> str:
    """A text in the form that terms are compared in."""
    one = _OLD_CHILLU.sub(lambda found: _CHILLU[found[0]], unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", one.translate(_INVISIBLE).casefold())


def words_of(plain: str) -> list[str]:
    """The words of a folded text: letters, digits and the marks that belong to them, in any script."""
    words: list[str] = []
    begun = -1
    for place, sign in enumerate(plain):
        if sign.isalnum() or unicodedata.category(sign)[0] == "M":
            if begun < 0:
                begun = place
        elif begun >= 0:
            words.append(plain[begun:place])
            begun = -1
    if begun >= 0:
        words.append(plain[begun:])
    return words
