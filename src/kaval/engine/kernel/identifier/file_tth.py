"""Tiger tree hash of a file: a container; the same file held by two people says nothing about the two being one.

Merkle tree of Tiger over leaves of 1024 bytes (Direct Connect, Gnutella2). It names a content. It misleads where a
Direct Connect client id (CID) is written in the same 39 characters: that names an installation, never a file. Written
in base32; hex of the same 24 bytes is accepted. The last of the 39 characters carries two bits, the other three are
ignored. Source: THEX draft; formats.md 3.2.

>>> validate("urn:tree:tiger:LWPNACQDBZRYXW3VHJVCJ64QBZNGHOHHHZWCLNQ")
'lwpnacqdbzryxw3vhjvcj64qbznghohhhzwclnq'
>>> validate("5d9ed00a030e638bdb753a6a24fb900e5a63b8e73e6c25b6")
'lwpnacqdbzryxw3vhjvcj64qbznghohhhzwclnq'
>>> is_valid("LWPNACQ"), is_valid("A" * 39)
(False, False)
>>> format("lwpnacqdbzryxw3vhjvcj64qbznghohhhzwclnq")
'LWPNACQDBZRYXW3VHJVCJ64QBZNGHOHHHZWCLNQ'
"""

from __future__ import annotations

from kaval.engine.kernel.file_identity import bare_text, from_base32, from_hex, is_filler, to_base32

STRENGTH = "container"
SCOPED = False
HOLDER = "many"
PROVES = "Two contents on a sharing network are equal."
PROVES_ML = "പങ്കുവയ്ക്കൽ ശൃംഖലയിലെ രണ്ട് ഉള്ളടക്കങ്ങൾ ഒന്നുതന്നെയാണ്."
MISLEADS = "A Direct Connect client id looks the same, and a viral file lies with thousands of strangers."
MISLEADS_ML = "Direct Connect ക്ലയന്റ് ഐഡിയും ഇതുപോലിരിക്കും; പരക്കെ പ്രചരിച്ച ഫയൽ ആയിരങ്ങളുടെ പക്കലുണ്ട്."


def compact(value: str) -> str:
    """Lower-case base32 where the form is known, else the bare text."""
    bare = bare_text(value, "tree:tiger:", "tree:tiger/:", "tiger:", "tth:", "ttroot:")
    digest = from_base32(bare, 24) or from_hex(bare, 24)
    return bare if digest is None else to_base32(digest)


def validate(value: str) -> str:
    """The 39 base32 characters in lower case.

    Raises:
        ValueError: neither form, or one character repeated.
    """
    bare = compact(value)
    digest = from_base32(bare, 24)
    if digest is None or is_filler(bare, digest.hex()):
        raise ValueError(f"no Tiger tree hash: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: base32 in capitals, as Direct Connect clients write it."""
    return validate(value).upper()
