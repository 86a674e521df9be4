"""SHA-1 of a file: a container; the same file held by two people says nothing about the two being one.

Written as 40 hex digits or 32 base32 characters (Gnutella `urn:sha1:`): the same 20 bytes, brought to hex. It proves
that two contents are equal, as far as nobody built a collision. It misleads where an infohash or an AICH root is put
into its column: they have the same length and name other things. Source: formats.md 3.2.

>>> validate("urn:sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
'da39a3ee5e6b4b0d3255bfef95601890afd80709'
>>> is_valid("da39a3"), is_valid("0" * 40)
(False, False)
>>> format("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709")
'da39a3ee5e6b4b0d3255bfef95601890afd80709'
"""

from __future__ import annotations

from kaval.engine.kernel.file_identity import bare_text, from_hex, hex_or_base32, is_filler

STRENGTH = "container"
SCOPED = False
HOLDER = "many"
PROVES = "Two contents are equal, unless somebody built a collision."
PROVES_ML = "ആരും മനഃപൂർവം സാമ്യം ഉണ്ടാക്കിയില്ലെങ്കിൽ രണ്ട് ഉള്ളടക്കങ്ങൾ ഒന്നുതന്നെയാണ്."
MISLEADS = "A picture saved again has another value, and a viral file lies with thousands of strangers."
MISLEADS_ML = "വീണ്ടും സേവ് ചെയ്ത ചിത്രത്തിനു മറ്റൊരു മൂല്യമാണ്; പരക്കെ പ്രചരിച്ച ഫയൽ ആയിരങ്ങളുടെ പക്കലുണ്ട്."


def compact(value: str) -> str:
    """Lower-case hex where the form is known, else the bare text."""
    bare = bare_text(value, "sha1:", "sha-1:")
    return bare if is_filler(bare) else hex_or_base32(bare, 20)


def validate(value: str) -> str:
    """The 40 hex digits.

    Raises:
        ValueError: neither form, or one character repeated.
    """
    bare = compact(value)
    if from_hex(bare, 20) is None or is_filler(bare):
        raise ValueError(f"no SHA-1: {value!r}")
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
