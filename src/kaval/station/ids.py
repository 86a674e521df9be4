"""Identifiers that say nothing and are found again: keyed by the station, derived from what makes a row itself.

Random identifiers would differ between a run and its repetition after a crash; sequential ones would tell
outsiders how
many there are. A keyed digest (BLAKE2b, RFC 7693) under the station's own key is neither (reliability_security.md B8,
E1).
"""

from __future__ import annotations

import uuid
from hashlib import blake2b, shake_256

from kaval.engine.kernel.errors import ConfigurationError

_keys: dict[str, bytes] = {}


def derive(*parts: object) -> uuid.UUID:
    """The identifier of the thing these parts name, the same every time on this station."""
    return uuid.UUID(bytes=_mac(parts))


def derive_text(*parts: object) -> str:
    """The same as 32 hexadecimal digits, for rows that are copied in bulk."""
    return _mac(parts).hex()


def derive_children(count: int, *parts: object) -> list[str]:
    """Identifiers of the first `count` things that belong to the thing these parts name, as hex without dashes.

    One digest for all of them (SHAKE256 over key and parts); asked for more, the first ones stay the same.
    """
    key = _keys.get("key") or _station_key()
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    found = shake_256(b"children" + len(key).to_bytes(1, "big") + key + text).hexdigest(16 * count)
    return [found[at : at + 32] for at in range(0, 32 * count, 32)]


def _mac(parts: tuple[object, ...]) -> bytes:
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16, key=_keys.get("key") or _station_key()).digest()


def forget_key() -> None:
    """Forgets the cached station key: the database was exchanged (restore, tests)."""
    _keys.clear()


def _station_key() -> bytes:
    if "key" not in _keys:
        from kaval.station.models import Unit

        unit = Unit.objects.filter(id=1).first()
        if unit is None:
            raise ConfigurationError(
                "no unit is installed: run `kaval unit install`, or `kaval demo` for a synthetic one"
            )
        _keys["key"] = bytes.fromhex(unit.id_key)
    return _keys["key"]
