"""AICH root of a file: a container; the same file held by two people says nothing about the two being one.

SHA-1 tree over leaves of 184,320 bytes inside eDonkey's parts. It names a content. It misleads where it is taken for
SHA-1: the two are equal up to 184,320 bytes and differ for every larger file, although both may be written as 32
base32 characters. Written in base32; hex of the same 20 bytes is accepted. Source: formats.md 3.2.

>>> validate("urn:aich:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
'3i42h3s6nnfq2msvx7xzkyayscx5qbyj'
>>> validate("da39a3ee5e6b4b0d3255bfef95601890afd80709")
'3i42h3s6nnfq2msvx7xzkyayscx5qbyj'
>>> is_valid("3I42H3S6"), is_valid("A" * 32)
(False, False)
>>> format("3i42h3s6nnfq2msvx7xzkyayscx5qbyj")
'3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
"""

from __future__ import annotations

from kaval.engine.kernel.file_identity import bare_text, from_base32, from_hex, is_filler, to_base32

STRENGTH = "container"
SCOPED = False
HOLDER = "many"
PROVES = "Two contents on the eDonkey network are equal."
PROVES_ML = "eDonkey ശൃംഖലയിലെ രണ്ട് ഉള്ളടക്കങ്ങൾ ഒന്നുതന്നെയാണ്."
MISLEADS = "A viral file lies with thousands of strangers, and the value is easily taken for a SHA-1."
MISLEADS_ML = "പരക്കെ പ്രചരിച്ച ഫയൽ അപരിചിതരായ ആയിരങ്ങളുടെ പക്കലുണ്ട്; ഈ മൂല്യം SHA-1 ആണെന്നു തെറ്റിദ്ധരിക്കാം."


def compact(value: str) -> str:
    """Lower-case base32 where the form is known, else the bare text."""
    bare = bare_text(value, "aich:", "h=")
    digest = from_base32(bare, 20) or from_hex(bare, 20)
    return bare if digest is None else to_base32(digest)


def validate(value: str) -> str:
    """The 32 base32 characters in lower case.

    Raises:
        ValueError: neither form, or one character repeated.
    """
    bare = compact(value)
    digest = from_base32(bare, 20)
    if digest is None or is_filler(bare, digest.hex()):
        raise ValueError(f"no AICH root: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: base32 in capitals, as eMule writes it."""
    return validate(value).upper()
