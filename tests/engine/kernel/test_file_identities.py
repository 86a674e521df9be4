"""One content has one normal form per kind, however its digest was spelt; and none of these kinds links people."""

from __future__ import annotations

from base64 import b32encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.file_identity import from_base32, from_hex, to_base32
from kaval.engine.kernel.identifier import kinds, normalise, strength

SHA1_HEX = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SHA1_BASE32 = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
TTH = "LWPNACQDBZRYXW3VHJVCJ64QBZNGHOHHHZWCLNQ"
ED2K = "31d6cfe0d16ae931b73c59d7e0c089c0"

SPELLINGS = [
    ("file_sha1", SHA1_HEX, (SHA1_HEX.upper(), SHA1_BASE32, f"urn:sha1:{SHA1_BASE32}", f"URN:SHA1:{SHA1_HEX}")),
    ("file_sha256", SHA256, (SHA256.upper(), f"sha256:{SHA256}", f" {SHA256} ")),
    ("file_ed2k", ED2K, (ED2K.upper(), f"urn:ed2k:{ED2K}", f"ed2k:{ED2K}", f"urn:ed2khash:{ED2K}")),
    ("file_aich", SHA1_BASE32.lower(), (SHA1_BASE32, SHA1_HEX, f"urn:aich:{SHA1_BASE32}", f"h={SHA1_BASE32}")),
    ("file_tth", TTH.lower(), (TTH, f"urn:tree:tiger:{TTH}", f"urn:tree:tiger/:{TTH}", f"tth:{TTH.lower()}")),
    ("btih", SHA1_HEX, (SHA1_HEX.upper(), SHA1_BASE32, f"urn:btih:{SHA1_BASE32}", f"btih:{SHA1_HEX}")),
    ("btmh", SHA256, (SHA256.upper(), f"urn:btmh:1220{SHA256}", f"1220{SHA256.upper()}", f"btmh:1220{SHA256}")),
]  # fmt: skip


@pytest.mark.parametrize("kind, normal, spellings", SPELLINGS)
def test_every_spelling_of_a_digest_has_one_normal_form(
    kind: str, normal: str, spellings: tuple[str, ...]
) -> None:
    assert {normalise(kind, text) for text in (normal, *spellings)} == {normal}
    assert normalise(kind, kinds()[kind].format(normal)) == normal


@pytest.mark.parametrize("kind, normal, spellings", SPELLINGS)
def test_a_content_or_a_torrent_never_links_people(
    kind: str, normal: str, spellings: tuple[str, ...]
) -> None:
    assert strength(kind) == "container"


@pytest.mark.parametrize("kind, value", [
    ("btmh", SHA1_HEX), ("btih", SHA256), ("file_ed2k", SHA1_HEX), ("file_tth", TTH[:-1]), ("file_tth", TTH + "A"),
    ("file_sha1", SHA1_BASE32[:-1] + "1"), ("file_aich", SHA1_BASE32[:-1] + "8"), ("btih", f"1220{SHA256}"),
    ("file_sha256", f"1220{SHA256}"), ("file_sha1", "a" * 32), ("btih", "7" * 32), ("file_sha1", "٠" * 40),
])  # fmt: skip
def test_what_has_another_length_or_alphabet_is_refused(kind: str, value: str) -> None:
    assert normalise(kind, value) is None


def test_a_v2_infohash_cut_to_twenty_bytes_stays_a_v1_infohash() -> None:
    assert normalise("btih", SHA256[:40]) == SHA256[:40]
    assert normalise("btmh", SHA256[:40]) is None


def test_surplus_bits_of_the_last_character_carry_nothing() -> None:
    assert normalise("file_tth", TTH[:-1] + "R") == normalise("file_tth", TTH)
    assert normalise("file_tth", TTH[:-1] + "A") != normalise("file_tth", TTH)


@given(st.binary(min_size=20, max_size=20) | st.binary(min_size=24, max_size=24))
def test_base32_and_hex_stand_for_the_same_bytes(digest: bytes) -> None:
    text = to_base32(digest)
    assert text.upper() == b32encode(digest).decode().rstrip("=")
    assert from_base32(text, len(digest)) == from_hex(digest.hex(), len(digest)) == digest
