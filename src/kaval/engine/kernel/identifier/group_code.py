"""Group code on a platform, `platform:code`: a container of many members that never links two of them; case
is kept.

>>> validate("ExampleChat:G-0042")
'examplechat:G-0042'
>>> is_valid("G-0042"), is_valid("examplechat:n/a")
(False, False)
>>> format("ExampleChat:G-0042")
'G-0042 (examplechat)'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._placeholder import is_placeholder
from kaval.engine.kernel.identifier._scoped import split

STRENGTH = "container"
SCOPED = True
HOLDER = "many"
PROVES = "An account was seen in this group or named with it."
PROVES_ML = "ഒരു അക്കൗണ്ട് ഈ ഗ്രൂപ്പിൽ കണ്ടു, അല്ലെങ്കിൽ ഗ്രൂപ്പിനൊപ്പം പരാമർശിച്ചു."
MISLEADS = "A group has many members who need not know each other, and being added is not taking part."
MISLEADS_ML = "ഗ്രൂപ്പിലെ പലർക്കും പരസ്പരം അറിയണമെന്നില്ല; ആരെങ്കിലും ചേർത്തു എന്നാൽ പങ്കെടുത്തു എന്നല്ല."

_CODE = re.compile(r"[^\s\x00-\x1f\x7f]{1,255}")


def compact(value: str) -> str:
    """`platform:code` with the platform folded."""
    platform, code = split(value)
    return f"{platform}:{code}"


def validate(value: str) -> str:
    """The normal form.

    Raises:
        ValueError: platform or code missing, or a word that only fills the field.
    """
    bare = compact(value)
    platform, _, code = bare.partition(":")
    if not platform or not _CODE.fullmatch(code) or is_placeholder(code):
        raise ValueError(f"no group code on a named platform: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """`code (platform)`."""
    platform, _, code = validate(value).partition(":")
    return f"{code} ({platform})"
