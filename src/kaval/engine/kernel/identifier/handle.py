"""Handle on a platform, `platform:handle`: strong on that platform, folded in case; the leading `@` does
not count.

Many platforms let an owner change a handle and later give it to someone else: where a user id is known, it
wins. A value without a platform, with spaces, or that only fills the field is not accepted. A platform's
name may not hold a colon. Invisible direction marks, which come along when a screen is copied, do not count.
One platform says in public that dots do not tell names apart (Facebook help, "Guidelines for creating a custom
username": periods and capitals); everywhere else a dot counts.

>>> validate("ExampleChat:@River_Otter")
'examplechat:river_otter'
>>> is_valid("river_otter"), is_valid("examplechat:River Otter"), is_valid("examplechat:unknown")
(False, False, False)
>>> validate("Facebook:River.Otter.55"), validate("ExampleChat:River.Otter.55")
('facebook:riverotter55', 'examplechat:river.otter.55')
>>> format("ExampleChat:@River_Otter")
'@river_otter (examplechat)'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._placeholder import is_placeholder
from kaval.engine.kernel.identifier._scoped import fold, split

STRENGTH = "strong"
SCOPED = True
HOLDER = "passes"
PROVES = "At the time of the report one account on this platform carried this name."
PROVES_ML = "റിപ്പോർട്ടിന്റെ സമയത്ത് ഈ പ്ലാറ്റ്‌ഫോമിലെ ഒരു അക്കൗണ്ടിന് ഈ പേരായിരുന്നു."
MISLEADS = "Its owner may change it and a stranger take it, and the same name elsewhere is another account."
MISLEADS_ML = "ഉടമ പേരു മാറ്റാം, അപരിചിതൻ അതെടുക്കാം; മറ്റൊരു പ്ലാറ്റ്‌ഫോമിലെ ഇതേ പേര് മറ്റൊരു അക്കൗണ്ടാണ്."

_HANDLE = re.compile(r"[^\s\x00-\x1f\x7f]{1,256}")
_DOTLESS = frozenset(("facebook",))
_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


def compact(value: str) -> str:
    """`platform:handle`, both folded, without `@`."""
    platform, handle = split(value if value.isascii() else _MARKS.sub("", value))
    name = fold(handle).lstrip("@")
    if platform in _DOTLESS:
        name = name.replace(".", "")
    return f"{platform}:{name}"


def validate(value: str) -> str:
    """The normal form.

    Raises:
        ValueError: platform missing, handle missing or with spaces, or a word that only fills the field.
    """
    bare = compact(value)
    platform, _, handle = bare.partition(":")
    if not platform or not _HANDLE.fullmatch(handle) or is_placeholder(handle):
        raise ValueError(f"no handle on a named platform: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """`@handle (platform)`."""
    platform, _, handle = validate(value).partition(":")
    return f"@{handle} ({platform})"
