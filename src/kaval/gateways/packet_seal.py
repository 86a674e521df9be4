"""A team's packet needs two things to open: a release key that two people free, and the code on the team's slip.

Three key pairs on the curve P-256 stand behind a packet: one of each of the two who release, one of the team. The
packet brings a fourth, used once. The release key is what the two private keys make of it, the packet's key needs that
and what the team's code makes of it; AES-256-GCM then guards the words and, as associated data, the open header. So a
release key opens one packet for one team and nothing else, the code opens nothing before the release, and packets are
sealed without anybody's secret. Every step is in the browser's WebCrypto as well (`station/field/packet.ts`).

Sources: NIST SP 800-56A (ECDH), RFC 5869 (HKDF), NIST SP 800-38D (GCM).
"""

from __future__ import annotations

import base64
import json
import secrets
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF
from Crypto.PublicKey import ECC

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc

# Crockford's alphabet: nothing that is read as something else on a slip held in the rain.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
CODE_LETTERS, RELEASE_LETTERS = 20, 24  # 100 and 120 bits
_CURVE = "P-256"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_TEAM, _RELEASE, _PACKET = b"kaval packet team 1", b"kaval packet release 1", b"kaval packet key 1"
# What is inside is filled up to a multiple of this, so that the size of a file does not tell how many places it names.
_STEP = 65_536
_SIZES = struct.Struct(">2I")


class NotOpened(RefusedError):
    """The keys do not open the packet, or it was changed after it was sealed; nobody is told which."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The open half of a key pair: a point on the curve."""

    x: int
    y: int

    @property
    def plain(self) -> dict[str, str]:
        """As it stands in files: base64url of 32 bytes each, as in a JSON Web Key."""
        return {"x": _text(self.x.to_bytes(32, "big")), "y": _text(self.y.to_bytes(32, "big"))}

    @classmethod
    def read(cls, plain: Mapping[str, str]) -> PublicKey:
        """From a file.

        Raises:
            NotOpened: it is no point on the curve.
        """
        try:
            key = cls(int.from_bytes(_bytes(plain["x"]), "big"), int.from_bytes(_bytes(plain["y"]), "big"))
            ECC.construct(curve=_CURVE, point_x=key.x, point_y=key.y)
        except (KeyError, TypeError, ValueError) as wrong:
            raise NotOpened("PACKET", "the packet is damaged: a key in it is none") from wrong
        return key


def new_secret() -> int:
    """A fresh private key."""
    return secrets.randbelow(_ORDER - 1) + 1


def public_of(secret: int) -> PublicKey:
    """The open half of a private key."""
    point = ECC.construct(curve=_CURVE, d=secret).public_key().pointQ
    return PublicKey(int(point.x), int(point.y))


def new_code() -> str:
    """A fresh team code, grouped for the slip: `7KQM-…`, five groups of four."""
    return grouped("".join(secrets.choice(_LETTERS) for _ in range(CODE_LETTERS)))


def number_of(identity: bytes) -> str:
    """The number printed on a packet: it says neither whose it is nor how many there are."""
    found = int.from_bytes(SHA256.new(identity).digest()[:5], "big")
    return "KP-" + grouped("".join(_LETTERS[found >> shift & 31] for shift in range(35, -1, -5)))


def secret_of_code(code: str) -> int:
    """The team's private key that a code stands for; how it is grouped and written does not matter.

    Raises:
        NotOpened: it has not the length or the letters of a code.
    """
    wide = _derived(ungrouped(code, CODE_LETTERS).encode(), salt=b"", info=_TEAM, size=48)
    return int.from_bytes(wide, "big") % (_ORDER - 1) + 1


def seal(
    content: Mapping[str, Any],
    attached: bytes,
    *,
    number: str,
    releasers: Sequence[PublicKey],
    team: PublicKey,
    expires_at: datetime,
) -> dict[str, str]:
    """Content and an attached file sealed to a team and two releasers: what a packet file holds, all of it text.

    Raises:
        ValueError: there are not two releasers.
    """
    if len(releasers) != 2:
        raise ValueError("a packet is released by two")
    once = new_secret()
    header = json.dumps(
        {
            "kaval_packet": 1,
            "number": number,
            "expires_at": iso_utc(expires_at),
            "once": public_of(once).plain,
            "team": team.plain,
        },
        sort_keys=True,
    )
    release = _release_key([_shared(once, one) for one in releasers], number)
    cipher = AES.new(
        _packet_key(release, _shared(once, team), number), AES.MODE_GCM, nonce=secrets.token_bytes(12)
    )
    cipher.update(header.encode())
    told = json.dumps(content, ensure_ascii=False).encode()
    inside = _SIZES.pack(len(told), len(attached)) + told + attached
    sealed, tag = cipher.encrypt_and_digest(inside + bytes(-len(inside) % _STEP))
    return {"header": header, "nonce": _text(cipher.nonce), "sealed": _text(sealed + tag)}


def header_of(packet: Mapping[str, str]) -> dict[str, Any]:
    """What stands open on a packet: its number, when it expires, two open keys.

    Raises:
        NotOpened: it is no packet.
    """
    try:
        header = json.loads(packet["header"])
        if header["kaval_packet"] != 1 or not isinstance(header["number"], str):
            raise ValueError
    except (KeyError, TypeError, ValueError) as wrong:
        raise NotOpened("PACKET", "this is no packet of Kaval, or it is damaged") from wrong
    return dict(header)


def release_key(packet: Mapping[str, str], releasers: Sequence[int]) -> str:
    """The release key of one packet from both private keys, grouped."""
    header = header_of(packet)
    once = PublicKey.read(header["once"])
    return grouped(_release_key([_shared(one, once) for one in releasers], header["number"]))


def open_packet(packet: Mapping[str, str], *, release: str, code: str) -> tuple[dict[str, Any], bytes]:
    """What is inside: the content, and the attached file.

    Raises:
        NotOpened: release key or code are not those of this packet, or a byte of it was changed.
    """
    header = header_of(packet)
    shared = _shared(secret_of_code(code), PublicKey.read(header["once"]))
    key = _packet_key(ungrouped(release, RELEASE_LETTERS), shared, header["number"])
    try:
        cipher = AES.new(key, AES.MODE_GCM, nonce=_bytes(packet["nonce"]))
        cipher.update(packet["header"].encode())
        whole = _bytes(packet["sealed"])
        inside = cipher.decrypt_and_verify(whole[:-16], whole[-16:])
    except (KeyError, ValueError) as wrong:
        raise NotOpened(
            "PACKET", "these keys do not open this packet, or it was changed after it was sealed"
        ) from wrong
    told, attached = _SIZES.unpack_from(inside)
    at = _SIZES.size + told
    return dict(json.loads(inside[_SIZES.size : at])), inside[at : at + attached]


def grouped(letters: str) -> str:
    """Letters in groups of four."""
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def ungrouped(typed: str, size: int) -> str:
    """What somebody typed as the letters it stands for.

    Raises:
        NotOpened: not `size` letters of the alphabet.
    """
    letters = "".join(typed.split()).replace("-", "").upper().translate(_READ_AS)
    if len(letters) != size or not set(letters) <= set(_LETTERS):
        raise NotOpened("PACKET", f"a key of {size} letters and digits is needed here; read it once more")
    return letters


def _release_key(shared: Sequence[bytes], number: str) -> str:
    found = int.from_bytes(_derived(b"".join(shared), salt=number.encode(), info=_RELEASE, size=15), "big")
    return "".join(_LETTERS[found >> shift & 31] for shift in range(115, -1, -5))


def _packet_key(release: str, shared: bytes, number: str) -> bytes:
    return _derived(release.encode() + shared, salt=number.encode(), info=_PACKET, size=32)


def _shared(secret: int, public: PublicKey) -> bytes:
    point = ECC.construct(curve=_CURVE, point_x=public.x, point_y=public.y).pointQ * secret
    return int(point.x).to_bytes(32, "big")


def _derived(master: bytes, *, salt: bytes, info: bytes, size: int) -> bytes:
    made = HKDF(master, size, salt, SHA256, 1, context=info)
    if not isinstance(made, bytes):
        raise TypeError("one key was asked for")
    return made


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
