"""MD5 of a file: a container; the same file held by two people says nothing about the two being one.

>>> validate("D41D8CD98F00B204E9800998ECF8427E")
'd41d8cd98f00b204e9800998ecf8427e'
>>> is_valid("d41d8c"), is_valid("0" * 32)
(False, False)
>>> format("D41D8CD98F00B204E9800998ECF8427E")
'd41d8cd98f00b204e9800998ecf8427e'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._placeholder import is_placeholder

STRENGTH = "container"
SCOPED = False
HOLDER = "many"
PROVES = "Two contents are very probably equal."
PROVES_ML = "രണ്ട് ഉള്ളടക്കങ്ങൾ മിക്കവാറും ഒന്നുതന്നെയാണ്."
MISLEADS = (
    "Two contents with one MD5 can be made on purpose, and a viral file lies with thousands of strangers."
)
MISLEADS_ML = "ഒരേ MD5 ഉള്ള രണ്ട് ഉള്ളടക്കം മനഃപൂർവം ഉണ്ടാക്കാം; പരക്കെ പ്രചരിച്ച ഫയൽ ആയിരങ്ങളുടെ പക്കലുണ്ട്."

_HEX = re.compile(r"[0-9a-f]{32}")


def compact(value: str) -> str:
    """Lower case without the prefix some tools write."""
    return value.strip().lower().removeprefix("urn:").removeprefix("md5:")


def validate(value: str) -> str:
    """The 32 hex digits.

    Raises:
        ValueError: not 16 bytes in hex, or one digit repeated.
    """
    bare = compact(value)
    if not _HEX.fullmatch(bare) or is_placeholder(bare):
        raise ValueError(f"no MD5: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: hex."""
    return validate(value)
