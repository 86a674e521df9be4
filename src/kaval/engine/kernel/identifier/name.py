"""A person's name as somebody wrote it: weak; thousands share one, and one person writes it in many ways.

>>> validate("  Kavya   M ")
'kavya m'
>>> is_valid("unknown"), is_valid("7"), is_valid("കാവ്യ")
(False, False, True)
>>> format("  Kavya   M ")
'Kavya M'
"""

from __future__ import annotations

from kaval.engine.kernel.identifier._placeholder import is_placeholder
from kaval.engine.kernel.identifier._scoped import fold

STRENGTH = "weak"
SCOPED = False
HOLDER = "many"
PROVES = "Somebody wrote this name in this field."
PROVES_ML = "ആരോ ഈ കോളത്തിൽ ഈ പേര് എഴുതി."
MISLEADS = "Thousands share a name, one person is spelt in many ways, and anyone may invent one."
MISLEADS_ML = "ആയിരങ്ങൾക്ക് ഒരേ പേരുണ്ട്; ഒരാളുടെ പേരു പലവിധം എഴുതാം; ആർക്കും പേരു കെട്ടിച്ചമയ്ക്കാം."


def compact(value: str) -> str:
    """Folded, with single spaces."""
    return " ".join(fold(value).split())


def validate(value: str) -> str:
    """The normal form.

    Raises:
        ValueError: no letter in it, too long, or a word that only fills the field.
    """
    bare = compact(value)
    if len(bare) > 256 or not any(sign.isalpha() for sign in bare) or is_placeholder(bare):
        raise ValueError(f"no name: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """As written, with single spaces."""
    validate(value)
    return " ".join(value.split())
