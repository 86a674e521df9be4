"""The keys that release packets, as files of the station: outside the database, outside every backup, gone on recall.

    FOLDER/<operation>/<round>/releaser-1.json   who, open key, and the private key under that person's passphrase
                               released-1.json   the private key itself, from the hour on
                               team-<id>.json    a team's open key; its code is on the slip and nowhere else

Readable by the station's own account alone (0600). `kaval db backup` takes the database and the sealed bytes, not this
folder. A passphrase is stretched by scrypt (RFC 7914).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from Crypto.Cipher import AES

from kaval.engine.kernel.errors import RefusedError
from kaval.gateways.packet_seal import (
    PublicKey,
    new_secret,
    public_of,
    release_key,
)

PLACES = (1, 2)
_SCRYPT = {"n": 2**15, "r": 8, "p": 1}
_SCRYPT_MEMORY = 64 * 1024 * 1024


class KeyRing:
    """The keys of one operation in one round."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def enrolled(self) -> dict[int, str]:
        """Who releases, by place."""
        return {place: str(held["holder"]) for place in PLACES if (held := self._read(f"releaser-{place}"))}

    def enrol(self, place: int, *, holder: str, passphrase: str) -> None:
        """Makes the key pair of one of the two; the private half is kept under the passphrase only."""
        secret, salt = new_secret(), secrets.token_bytes(16)
        cipher = AES.new(_stretched(passphrase, salt, _SCRYPT), AES.MODE_GCM, nonce=secrets.token_bytes(12))
        cipher.update(holder.encode())
        wrapped, tag = cipher.encrypt_and_digest(secret.to_bytes(32, "big"))
        self._write(
            f"releaser-{place}",
            {
                "holder": holder,
                "open": public_of(secret).plain,
                "scrypt": {**_SCRYPT, "salt": salt.hex()},
                "nonce": cipher.nonce.hex(),
                "wrapped": (wrapped + tag).hex(),
            },
        )

    def releasers(self) -> tuple[PublicKey, ...]:
        """The open keys of the two, in order; fewer while not both are enrolled."""
        held = (self._read(f"releaser-{place}") for place in PLACES)
        return tuple(PublicKey.read(one["open"]) for one in held if one)

    def release(self, place: int, *, passphrase: str) -> None:
        """Frees the private key of a place.

        Raises:
            RefusedError: G-PASSPHRASE, the passphrase is not the one of that person, or the file was changed.
        """
        self._write(f"released-{place}", {"secret": f"{self._unwrapped(place, passphrase):064x}"})

    def released(self) -> tuple[int, ...]:
        """The places whose keys are free."""
        return tuple(place for place in PLACES if self._read(f"released-{place}"))

    def release_key(self, packet: Mapping[str, str]) -> str | None:
        """The release key of a packet; None before both have released, and after a recall."""
        held = [self._read(f"released-{place}") for place in PLACES]
        free = [int(one["secret"], 16) for one in held if one]
        return release_key(packet, free) if len(free) == len(PLACES) else None

    def team(self, team: str) -> PublicKey | None:
        """The open key of a team; None: it has no slip yet."""
        held = self._read(f"team-{team}")
        return PublicKey.read(held) if held else None

    def put_team(self, team: str, key: PublicKey) -> None:
        """Keeps the open key of a team's code; the code itself is kept nowhere."""
        self._write(f"team-{team}", key.plain)

    def destroy(self) -> int:
        """Overwrites and unlinks every key of the round; gives how many files there were.

        On flash memory and copying file systems the old bytes may live on unseen: the disk must be encrypted.
        """
        files = sorted(self._folder.glob("*")) if self._folder.exists() else []
        for file in files:
            with file.open("r+b") as content:
                content.write(b"\0" * file.stat().st_size)
                content.flush()
                os.fsync(content.fileno())
            file.unlink()
        return len(files)

    def _unwrapped(self, place: int, passphrase: str) -> int:
        held = self._read(f"releaser-{place}")
        if held is None:
            raise RefusedError("G-FOUR-EYES", "nobody is named for this place; name both who release first")
        key = _stretched(passphrase, bytes.fromhex(held["scrypt"]["salt"]), held["scrypt"])
        cipher = AES.new(key, AES.MODE_GCM, nonce=bytes.fromhex(held["nonce"]))
        cipher.update(str(held["holder"]).encode())
        whole = bytes.fromhex(held["wrapped"])
        try:
            return int.from_bytes(cipher.decrypt_and_verify(whole[:-16], whole[-16:]), "big")
        except ValueError as wrong:
            raise RefusedError("G-PASSPHRASE", "this is not the release passphrase of this person") from wrong

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            return dict(json.loads((self._folder / f"{name}.json").read_text("utf-8")))
        except FileNotFoundError:
            return None

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        """Whole or not at all, readable by this account only from the first byte."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._folder / f".{name}.{secrets.token_hex(4)}"
        with os.fdopen(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as out:
            json.dump(content, out, sort_keys=True)
            out.flush()
            os.fsync(out.fileno())
        fresh.rename(self._folder / f"{name}.json")


def _stretched(passphrase: str, salt: bytes, cost: Mapping[str, Any]) -> bytes:
    return hashlib.scrypt(
        passphrase.encode("utf-8"),
        salt=salt,
        n=int(cost["n"]),
        r=int(cost["r"]),
        p=int(cost["p"]),
        maxmem=_SCRYPT_MEMORY,
        dklen=32,
    )
