"""E-mail address: strong, because a provider delivers it to one mailbox; compared without case.

Only ASCII addresses are accepted (RFC 5321 without SMTPUTF8); dots and +tags are kept, because only some
providers ignore them. Source: RFC 5321 section 4.5.3.1 (lengths).

>>> validate(" Kavya.M@Example.ORG ")
'kavya.m@example.org'
>>> is_valid("kavya.m@example"), is_valid("two@@example.org"), is_valid("unknown@example.org")
(False, False, False)
>>> format("A@EXAMPLE.com")
'a@example.com'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._placeholder import is_placeholder

STRENGTH = "strong"
SCOPED = False

_FORM = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


def compact(value: str) -> str:
    """Without surrounding space, `mailto:` and angle brackets, in lower case."""
    bare = value.strip().strip("<>").strip().lower()
    return bare.removeprefix("mailto:")


def validate(value: str) -> str:
    """The normal form.

    Raises:
        ValueError: not one address with a domain, or a word that only fills the field.
    """
    bare = compact(value)
    if len(bare) > 254 or not _FORM.fullmatch(bare) or is_placeholder(bare.partition("@")[0]):
        raise ValueError(f"no e-mail address: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: the normal form."""
    return validate(value)
