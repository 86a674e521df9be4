"""BitTorrent v1 infohash: the identity of a torrent, a container of files; it never links people.

SHA-1 of the bencoded `info`: name, piece length, private flag and piece hashes together. It proves that two clients
were in the same swarm. It misleads as a file identity: the same file gives as many infohashes as it has torrents, and
a torrent of a thousand files says nothing about which of them a client had. A v2 infohash cut to 20 bytes, as it
goes over the wire, looks the same and cannot be told apart: it stays a btih. Source: BEP 3, BEP 52; formats.md 3.2.

>>> validate("urn:btih:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
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
PROVES = "Two clients were in the same swarm."
PROVES_ML = "രണ്ടു ക്ലയന്റുകൾ ഒരേ കൂട്ടത്തിൽ (swarm) ഉണ്ടായിരുന്നു."
MISLEADS = "Thousands of strangers share a swarm, and it does not say which file a client had."
MISLEADS_ML = "അപരിചിതരായ ആയിരങ്ങൾ ഒരേ കൂട്ടത്തിലുണ്ടാകാം; ആരുടെ പക്കൽ ഏതു ഫയലെന്ന് ഇതു പറയുന്നില്ല."


def compact(value: str) -> str:
    """Lower-case hex where the form is known, else the bare text."""
    bare = bare_text(value, "btih:")
    return bare if is_filler(bare) else hex_or_base32(bare, 20)


def validate(value: str) -> str:
    """The 40 hex digits.

    Raises:
        ValueError: neither 40 hex digits nor 32 base32 characters, or one character repeated.
    """
    bare = compact(value)
    if from_hex(bare, 20) is None or is_filler(bare):
        raise ValueError(f"no BitTorrent v1 infohash: {value!r}")
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
