"""A provider's own account id, `platform:id`: strong on that platform and normally never reused; case is
kept.

>>> validate("ExampleChat: U-48213 ")
'examplechat:U-48213'
>>> is_valid("U-48213"), is_valid("examplechat:"), is_valid("examplechat:0")
(False, False, False)
>>> format("ExampleChat:U-48213")
'U-48213 (examplechat)'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._placeholder import is_placeholder
from kaval.engine.kernel.identifier._scoped import split

STRENGTH = "strong"
SCOPED = True
HOLDER = "one"
PROVES = "The provider keeps these acts under one account."
PROVES_ML = "സേവനദാതാവിന്റെ രേഖയിൽ ഈ പ്രവൃത്തികൾ ഒരേ അക്കൗണ്ടിനു കീഴിലാണ്."
MISLEADS = "An account may be shared, sold or taken over: it is an account, not yet a person."
MISLEADS_ML = "അക്കൗണ്ട് പങ്കിടാം, വിൽക്കാം, മറ്റൊരാൾ കൈക്കലാക്കാം: ഇത് അക്കൗണ്ടാണ്, വ്യക്തിയെ ഇനിയും കണ്ടെത്തണം."

_ACCOUNT = re.compile(r"[^\s\x00-\x1f\x7f]{1,255}")


def compact(value: str) -> str:
    """`platform:id` with the platform folded."""
    platform, account = split(value)
    return f"{platform}:{account}"


def validate(value: str) -> str:
    """The normal form.

    Raises:
        ValueError: platform or id missing, spaces inside the id, or a word that only fills the field.
    """
    bare = compact(value)
    platform, _, account = bare.partition(":")
    if not platform or not _ACCOUNT.fullmatch(account) or is_placeholder(account):
        raise ValueError(f"no account id on a named platform: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """`id (platform)`."""
    platform, _, account = validate(value).partition(":")
    return f"{account} ({platform})"
