"""How far two names, as two reports wrote them, are one person's: by sound, whatever the script, order or initials.

A name is a given name with a house, father's or caste name before or behind it, often an initial only. Order is not
trusted: nobody says which word is which, so house-name endings and a static list of given names decide, then the
place. Two names of that list are two names, never a slip of the pen. The list is dated reference data, not counted
from reports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kaval.engine.reference.load import rows
from kaval.engine.rules.linking.romanise import LONGEST, folded, pairs_of, sound

FULL = "full"  # every part, by sound, at least two
SWAPPED = "swapped"  # the same two given names in the other order: perhaps father and son
PART_INITIAL = "part_initial"  # two parts agree, a third is written as its initial once
PART_MISSING = "part_missing"  # two parts agree, a further one is said once
CLOSE_FAMILY = "close_family"  # the given name, and the other part but for a slip
GIVEN_INITIAL = "given_initial"  # the given name, and an initial
CLOSE_GIVEN = "close_given"  # the house or father's name, and the given name but for a slip
FAMILY_INITIAL = "family_initial"  # the house or father's name, and the initial of the given name
GIVEN_ATTACHED = "given_attached"  # a given name of two words, as Anil Kumar, and nothing else
GIVEN_ONLY = "given_only"
FAMILY_ONLY = "family_only"
CLOSE_ONLY = "close_only"  # nothing but a name that differs by a slip
OTHER_FAMILY = "other_family"  # the given name; what stands beside it differs
OTHER_GIVEN = "other_given"  # the house or father's name; another given name, as a brother has
DIFFERENT = "different"

LEVELS = (
    FULL, PART_INITIAL, PART_MISSING, CLOSE_FAMILY, GIVEN_INITIAL, GIVEN_ATTACHED, SWAPPED, CLOSE_GIVEN,
    FAMILY_INITIAL, GIVEN_ONLY, FAMILY_ONLY, CLOSE_ONLY, OTHER_FAMILY, OTHER_GIVEN, DIFFERENT,
)  # fmt: skip
SAME_GIVEN = frozenset(
    (FULL, PART_INITIAL, PART_MISSING, CLOSE_FAMILY, GIVEN_INITIAL, GIVEN_ATTACHED, GIVEN_ONLY, OTHER_FAMILY)
)
MOST_PARTS = 6

# The Malayalam names of the letters people are shortened to.
_LETTER_NAMES = pairs_of(
    "എ=a ബി=b സി=c ഡി=d ഇ=e എഫ്=f ജി=g എച്ച്=h ഐ=i ജെ=j കെ=k എൽ=l എം=m "
    "എൻ=n ഒ=o പി=p ക്യു=q ആർ=r എസ്=s ടി=t യു=u വി=v ഡബ്ല്യു=w എക്സ്=x വൈ=y ഇസഡ്=z"
)
_CUT = re.compile(r"(?i)\b[sdwch]\s*/\s*o\b|@|\b(?:alias|aka|a\.k\.a)\b")
_TOKENS = re.compile(r"[^\W\d_]+(?:[\u0D00-\u0D7F\u200C\u200D]+)*")
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLE = re.compile(r"(.)\1+")


def _sounds(kind: str) -> frozenset[str]:
    words = (str(row["forms"]).split() for row in rows("linking_names") if row["kind"] == kind)
    return frozenset(sound(word) for found in words for word in found)


VERY_COMMON, COMMON = _sounds("very_common"), _sounds("common")
KNOWN = VERY_COMMON | COMMON | _sounds("known")
ATTACHED = _sounds("attached")
_HOUSE_ENDS = tuple(sorted(_sounds("house_end")))
_HONORIFICS = frozenset(
    word for row in rows("linking_names") if row["kind"] == "honorific" for word in str(row["forms"]).split()
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A name taken apart: sounds of its words in their order, letters each may be shortened to, initials beside them.

    `forms`: the words joined in every order that people write, so that glued and turned names meet.
    """

    parts: tuple[str, ...]
    letters: tuple[frozenset[str], ...]
    initials: frozenset[str]
    forms: frozenset[str]

    @property
    def whole(self) -> bool:
        """True when more than a given name is said: two words, or a word and an initial."""
        return len(self.parts) > 1 or (len(self.parts) == 1 and bool(self.initials))


@lru_cache(maxsize=65536)
def heard(name: str) -> Heard:
    """A name as written, taken apart; no parts when nothing in it can be read."""
    words: list[str] = []
    initials: set[str] = set()
    written = next((part for part in _CUT.split(name[:LONGEST]) if part.strip()), "")
    shouted = written.isupper()
    for token in _TOKENS.findall(written):
        short = _initials(token, shouted=shouted)
        if short:
            initials.update(short)
        else:
            words.append(folded(token))
    words = _without_honorifics(words)
    spoken = [(said, frozenset((word[0], said[0]))) for word in words if (said := sound(word))][:MOST_PARTS]
    return _made(tuple(said for said, _ in spoken), tuple(first for _, first in spoken), frozenset(initials))


def _made(parts: tuple[str, ...], letters: tuple[frozenset[str], ...], initials: frozenset[str]) -> Heard:
    orders = [parts[at:] + parts[:at] for at in range(len(parts))]
    forms = frozenset(_joined(order) for order in (*orders, tuple(sorted(parts)))) if parts else frozenset()
    return Heard(parts, letters, initials, forms)


def _joined(parts: tuple[str, ...]) -> str:
    return _DOUBLE.sub(r"\1", "".join(parts))


def _initials(token: str, *, shouted: bool) -> str:
    """The initials a token stands for: one letter, letters written together (KP), or a letter's Malayalam name."""
    spelt = _LETTER_NAMES.get(token)
    if spelt is not None:
        return spelt
    plain = token.casefold()
    if not plain.isascii() or plain in _HONORIFICS or plain in ("md", "mhd"):
        return ""
    if len(plain) == 1:
        return plain
    together = len(plain) <= 3 and (not _VOWEL.search(plain) or (token.isupper() and not shouted))
    return plain if together else ""


def _without_honorifics(words: list[str]) -> list[str]:
    kept = [word for word in words if word not in _HONORIFICS]
    return kept or words


# ------------------------------------------------------------ two names


def level(one: str, other: str) -> str | None:
    """How far two names agree; None when one of them cannot be read. Symmetric."""
    return _level(one, other) if one <= other else _level(other, one)


@lru_cache(maxsize=65536)
def _level(one: str, other: str) -> str | None:
    a, b = heard(one), heard(other)
    if not a.parts or not b.parts:
        return None
    if not a.forms.isdisjoint(b.forms):
        return _all_agree(a, b)
    a, b = _glued(a, b), _glued(b, a)
    common, left, right = _matched(a.parts, b.parts)
    if not common:
        return _none_agree(a, b)
    if not left and not right:
        return _all_agree(a, b)
    if left and right:
        return _some_differ(a, b, common=common, rests=(left, right))
    return _one_says_more(a, b, common=common) if right else _one_says_more(b, a, common=common)


def _all_agree(a: Heard, b: Heard) -> str:
    if a.initials and b.initials and a.initials.isdisjoint(b.initials):
        return OTHER_FAMILY
    if min(map(_own_words, (a, b))) > 1:
        turned = a.parts != b.parts and len(a.parts) == 2 == len(b.parts)
        return SWAPPED if turned and a.parts[0] in KNOWN and a.parts[1] in KNOWN else FULL
    if a.initials and b.initials:
        return GIVEN_INITIAL
    return GIVEN_ATTACHED if max(len(a.parts), len(b.parts)) > 1 else GIVEN_ONLY


def _own_words(name: Heard) -> int:
    """Words that are not a mere addition to the given name."""
    return sum(part not in ATTACHED for part in name.parts)


def _matched(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[list[str], list[str], list[str]]:
    rest, common, left = list(other), [], []
    for part in one:
        if part in rest:
            rest.remove(part)
            common.append(part)
        else:
            left.append(part)
    return common, left, rest


def _glued(a: Heard, b: Heard) -> Heard:
    """Neighbouring words of `a` put together where `b` writes them as one."""
    if len(a.parts) < 2:
        return a
    for at in range(len(a.parts) - 1):
        pair = _joined(a.parts[at : at + 2])
        if pair in b.parts:
            parts = (*a.parts[:at], pair, *a.parts[at + 2 :])
            return _made(parts, (*a.letters[: at + 1], *a.letters[at + 2 :]), a.initials)
    return a


def _one_says_more(less: Heard, more: Heard, *, common: list[str]) -> str:
    """Every word of one name is in the other, which has further words: each may stand as an initial, or not at all."""
    given, own = _given_among(common, less, more), sum(part not in ATTACHED for part in common)
    if less.initials:
        fits, left = _fit(less, more, common=common)
        if not fits and left:
            return OTHER_FAMILY if given else OTHER_GIVEN
        if fits and own > 1:
            return PART_INITIAL
        if fits and not left:
            return GIVEN_INITIAL if given else FAMILY_INITIAL
    elif own > 1:
        return PART_MISSING
    if not given:
        return FAMILY_ONLY
    return GIVEN_ATTACHED if len(common) > 1 else GIVEN_ONLY


def _fit(less: Heard, more: Heard, *, common: list[str]) -> tuple[int, int]:
    """How many further words and initials the initials of the shorter name stand for, and how many they do not.

    A word that only stands beside given names (Muhammed, Kumar) is left out on either side of a name at will.
    """
    further = [
        letters
        for part, letters in zip(more.parts, more.letters, strict=True)
        if part not in common and part not in ATTACHED
    ] + [frozenset(initial) for initial in more.initials]
    fits = sum(not less.initials.isdisjoint(letters) for letters in further)
    return fits, len(further) - fits


def _some_differ(a: Heard, b: Heard, *, common: list[str], rests: tuple[list[str], list[str]]) -> str:
    given = _given_among(common, a, b)
    left, right = rests
    if min(len(left), len(right)) == 1 and is_slip(_joined(tuple(left)), _joined(tuple(right))):
        return CLOSE_FAMILY if given else CLOSE_GIVEN
    return OTHER_FAMILY if given else OTHER_GIVEN


def _none_agree(a: Heard, b: Heard) -> str:
    if len(a.parts) == len(b.parts) and all(map(is_slip, a.parts, b.parts)):
        return CLOSE_GIVEN if len(a.parts) > 1 else CLOSE_ONLY
    if len(a.parts) == 1 == len(b.parts) and a.initials & b.letters[0] and b.initials & a.letters[0]:
        return FAMILY_INITIAL
    if min(len(a.parts), len(b.parts)) == 1 and any(is_slip(x, y) for x in a.parts for y in b.parts):
        return CLOSE_ONLY
    return DIFFERENT


def _given_among(common: list[str], a: Heard, b: Heard) -> bool:
    """Whether the words two names share hold the given name; Kumar, Mol or Muhammed beside it is none."""
    return any(_is_given(part, a, b) for part in common if part not in ATTACHED)


def is_house(part: str) -> bool:
    """True when the sound of a word ends as house names do and is no given name."""
    return part not in KNOWN and part.endswith(_HOUSE_ENDS) and part not in _HOUSE_ENDS


def _is_given(part: str, a: Heard, b: Heard) -> bool:
    """Whether a word that both names hold is the given name. Unsure counts as given: the milder of the two levels."""
    if is_house(part):
        return False
    first = (a.parts.index(part), b.parts.index(part))
    if part in KNOWN and (first[0] == 0 or first[1] == 0 or _houses_beside(part, a, b)):
        return True
    if first[0] == 0 and first[1] == 0:
        return not (len(a.parts) == 1 or len(b.parts) == 1) or _stands_as_given(part, a, b)
    return first[0] == 0 or first[1] == 0 or _houses_beside(part, a, b)


def _houses_beside(part: str, a: Heard, b: Heard) -> bool:
    return any(is_house(other) for name in (a, b) for other in name.parts if other != part)


def _stands_as_given(part: str, a: Heard, b: Heard) -> bool:
    """A name of one word says nothing of its place; the longer one does."""
    longer = a if len(a.parts) > 1 else b
    return longer.parts[0] == part or _houses_beside(part, a, b)


# ------------------------------------------------------------ slips


@lru_cache(maxsize=65536)
def is_slip(one: str, other: str) -> bool:
    """True when two sounds differ as a slip of the pen makes them: one edit in a long word, not another name.

    In a short word an exchanged consonant, or a vowel more at the end, makes somebody else: Rajesh and Ramesh,
    Anil and Anila. The long form of a name may be the same name (Gopal, Gopalan), and Sh may be S (Shaji, Saji).
    """
    if max(len(one), len(other)) > 6 and one.endswith("u") != other.endswith("u"):
        one, other = (
            one.removesuffix("u"),
            other.removesuffix("u"),
        )  # the half vowel at the end of a long word
    short, long = sorted((one, other), key=lambda word: (len(word), word))
    if len(short) >= 4 and long in (short + "n", short + "an"):
        return True
    if one.replace("x", "s") == other.replace("x", "s"):
        return True
    if one == other or (one in KNOWN and other in KNOWN):
        return one == other
    if len(long) < 5 or len(long) - len(short) > 2:
        return False
    start = _same_start(short, long)
    end = _same_start(short[start:][::-1], long[start:][::-1])
    a, b = short[start : len(short) - end], long[start : len(long) - end]
    if len(a) <= 1 and len(b) == 1:
        return len(long) >= 8 or (bool(end) and not (a and _consonants(a, b)))
    if len(a) == 2 == len(b) and a == b[::-1]:
        return True
    return len(short) >= 9 and _edits(a, b) <= 2


def _same_start(one: str, other: str) -> int:
    at = 0
    while at < len(one) and at < len(other) and one[at] == other[at]:
        at += 1
    return at


def _consonants(a: str, b: str) -> bool:
    return not (a in "aeiou" and b in "aeiou")


def _edits(one: str, other: str) -> int:
    """Edits from one word to another (Levenshtein)."""
    row = list(range(len(other) + 1))
    for at, sign in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, sign2 in enumerate(other, 1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (sign != sign2))
    return row[-1]


# ------------------------------------------------------------ how common


def common(one: str, other: str) -> str:
    """How little a shared name says because many bear it; empty when a part that agrees is not so common.

    `every_part`: two parts that very many bear; `common_parts`: two that many bear; `very_common`, `common`: one.
    """
    a, b = heard(one), heard(other)
    words, *_ = _matched(_glued(a, b).parts, _glued(b, a).parts)
    shared = [word for word in words if word not in ATTACHED] or words
    if not shared or any(word not in VERY_COMMON and word not in COMMON for word in shared):
        return ""
    if len(words) > 1:
        return "every_part" if VERY_COMMON.issuperset(words) else "common_parts"
    return "very_common" if shared[0] in VERY_COMMON else "common"
