"""Handle on a platform, `platform:handle`: strong on that platform, folded in case; the leading `@` does
not count.

Many platforms let an owner change a handle and later give it to someone else: where a user id is known, it
wins. A value without a platform, with spaces, or that only fills the field is not accepted. A platform's
name may not hold a colon.

>>> validate("ExampleChat:@River_Otter")
'examplechat:river_otter'
>>> is_valid("river_otter"), is_valid("examplechat:River Otter"), is_valid("examplechat:unknown")
(False, False, False)
>>> format("ExampleChat:@River_Otter")
'@river_otter (examplechat)'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._placeholder import is_placeholder
from kaval.engine.kernel.identifier._scoped import fold, split

STRENGTH = "strong"
SCOPED = True

_HANDLE = re.compile(r"[^\s\x00-\x1f\x7f]{1,256}")


def compact(value: str) -> str:
    """`platform:handle`, both folded, without `@`."""
    platform, handle = split(value)
    return f"{platform}:{fold(handle).lstrip('@')}"


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
