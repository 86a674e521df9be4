"""How much room a text takes in a drawing, and a text cut to the room there is.

Widths are upper bounds over the common sans serif faces: what fits here fits on every machine, whatever it draws with.
"""

from __future__ import annotations

from typing import Final
from unicodedata import category, east_asian_width

LETTERS: Final = 13.0
_NARROW, _BROAD = frozenset("iljtfrI.,:;'|!()[]-/ "), frozenset("mwMW@%")


def text_width(text: str, letters: float = LETTERS) -> float:
    """How wide a text is at most at this letter size, whichever common typeface shows it."""
    return letters * sum(map(_sign_width, text))


def fitted(text: str, width: float, letters: float = LETTERS) -> str:
    """The text, cut with an ellipsis where it would be wider than `width`; never inside a composed sign."""
    if text_width(text, letters) <= width:
        return text
    kept, room = "", width - text_width("…", letters)
    for sign in text:
        room -= letters * _sign_width(sign)
        if room < 0:
            break
        kept += sign
    rest = text[len(kept) : len(kept) + 1]
    while kept and rest and (_joins(rest) or kept[-1] in "\u200d\u0d4d"):
        rest, kept = kept[-1], kept[:-1]
    return kept.rstrip() + "…"


def _sign_width(sign: str) -> float:
    """In widths of the letter size; from the wider of the common sans serif faces, so that a text is never wider."""
    if sign in _NARROW:
        return 0.42
    if sign in _BROAD:
        return 1.02
    if sign.isascii():
        return 0.72 if sign.isupper() else 0.65
    kind = category(sign)
    if kind in ("Mn", "Cf"):
        return 0.2
    # A Malayalam sign may be as wide as three Latin ones, a vowel sign stands beside it.
    return 1.0 if east_asian_width(sign) in "WF" or kind == "Lo" else 0.7


def _joins(sign: str) -> bool:
    return category(sign) in ("Mn", "Mc", "Cf")
