"""BitTorrent v2 infohash: the identity of a torrent, a container of files; it never links people.

SHA-256 of the bencoded `info`, in magnet links as a multihash (`1220`: SHA-256, 32 bytes). It proves that two clients
were in the same swarm. It misleads as a file identity, because the name is part of it: only the `pieces root` of a
file inside is comparable across torrents. Cut to 40 hex digits it cannot be told from a v1 infohash and is a btih.
Source: BEP 52; formats.md 3.2.

>>> validate("urn:btmh:1220E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")
'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
>>> is_valid("e3b0c44298fc1c149afbf4c8996fb92427ae41e4"), is_valid("0" * 64)
(False, False)
>>> format("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
'urn:btmh:1220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
"""

from __future__ import annotations

from kaval.engine.kernel.file_identity import bare_text, from_hex, is_filler

STRENGTH = "container"
SCOPED = False
HOLDER = "many"
PROVES = "Two clients were in the same swarm of the second protocol version."
PROVES_ML = "രണ്ടു ക്ലയന്റുകൾ പ്രോട്ടോക്കോളിന്റെ രണ്ടാം പതിപ്പിലെ ഒരേ കൂട്ടത്തിൽ ഉണ്ടായിരുന്നു."
MISLEADS = "Strangers share a swarm, and the same files under another name give another value."
MISLEADS_ML = "അപരിചിതർ ഒരേ കൂട്ടത്തിലുണ്ടാകാം; അതേ ഫയലുകൾക്കു മറ്റൊരു പേരിൽ മറ്റൊരു മൂല്യം കിട്ടും."

_MULTIHASH = "1220"


def compact(value: str) -> str:
    """Lower case without `urn:btmh:` and without the multihash prefix."""
    bare = bare_text(value, "btmh:")
    return bare[len(_MULTIHASH) :] if len(bare) == 68 and bare.startswith(_MULTIHASH) else bare


def validate(value: str) -> str:
    """The 64 hex digits of the digest.

    Raises:
        ValueError: not 32 bytes in hex, or one digit repeated.
    """
    bare = compact(value)
    if from_hex(bare, 32) is None or is_filler(bare):
        raise ValueError(f"no BitTorrent v2 infohash: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: as magnet links write it, so that it is not taken for a file's SHA-256."""
    return f"urn:btmh:{_MULTIHASH}{validate(value)}"
