"""Characters that change how a line reads without being seen are printed as their code point, so nothing hides.

Direction overrides, control characters, line ends inside a value and invisible joiners become `[U+202E]`. The joiners
Malayalam needs (U+200C, U+200D) stay where they touch an Indic letter. The recorded fact itself is never changed.
"""

from __future__ import annotations

import unicodedata

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset({"\u200c", "\u200d"})
_INDIC = range(0x0900, 0x0E00)


def code_mark(char: str) -> str:
    """`[U+202E]` for a character."""
    return f"[U+{ord(char):04X}]"


def visible(text: str) -> str:
    """The text with every hidden character replaced by its visible code point."""
    return "".join(char if _shown(text, index, char) else code_mark(char) for index, char in enumerate(text))


def _shown(text: str, index: int, char: str) -> bool:
    if char in _JOINERS:
        return index > 0 and ord(text[index - 1]) in _INDIC
    return unicodedata.category(char) not in _HIDDEN_CATEGORIES
