"""ed2k hash of a file: a container; the same file held by two people says nothing about the two being one.

MD4 over the MD4 of each part of 9,728,000 bytes. It names a content inside the eDonkey network. It misleads twice:
a file whose size is a non-zero multiple of the part size has two values in the field (eMule hashes an empty part
more, older tools do not), so both must be matched; and MD4 is broken, so a value never proves content without
SHA-1 or better. Both values are computed by `kaval.lab.hashing`. Source: formats.md 3.2 and 3.3.

>>> validate("urn:ed2k:31D6CFE0D16AE931B73C59D7E0C089C0")
'31d6cfe0d16ae931b73c59d7e0c089c0'
>>> is_valid("31d6cfe0"), is_valid("0" * 32)
(False, False)
>>> format("31D6CFE0D16AE931B73C59D7E0C089C0")
'31d6cfe0d16ae931b73c59d7e0c089c0'
"""

from __future__ import annotations

from kaval.engine.kernel.file_identity import bare_text, from_hex, is_filler

STRENGTH = "container"
SCOPED = False
HOLDER = "many"
PROVES = "Two contents on the eDonkey network are very probably equal."
PROVES_ML = "eDonkey ശൃംഖലയിലെ രണ്ട് ഉള്ളടക്കങ്ങൾ മിക്കവാറും ഒന്നുതന്നെയാണ്."
MISLEADS = "One file may have two values, MD4 is broken, and a viral file lies with thousands of strangers."
MISLEADS_ML = "ഒരു ഫയലിനു രണ്ടു മൂല്യം വരാം; MD4 ദുർബലമാണ്; പരക്കെ പ്രചരിച്ച ഫയൽ ആയിരങ്ങളുടെ പക്കലുണ്ട്."


def compact(value: str) -> str:
    """Lower case without `urn:ed2k:`, `ed2k:` or `urn:ed2khash:`."""
    return bare_text(value, "ed2k:", "ed2khash:")


def validate(value: str) -> str:
    """The 32 hex digits.

    Raises:
        ValueError: not 16 bytes in hex, or one digit repeated.
    """
    bare = compact(value)
    if from_hex(bare, 16) is None or is_filler(bare):
        raise ValueError(f"no ed2k hash: {value!r}")
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
