"""Identifiers that say nothing and are found again: keyed by the station, derived from what makes a row itself.

Random identifiers would differ between a run and its repetition after a crash; sequential ones would tell
outsiders how
many there are. An HMAC under the station's own key is neither (reliability_security.md B8, E1).
"""

from __future__ import annotations

import hashlib
import hmac
import uuid

from kaval.engine.kernel.errors import ConfigurationError

_keys: dict[str, bytes] = {}


def derive(*parts: object) -> uuid.UUID:
    """The identifier of the thing these parts name, the same every time on this station."""
    text = "\x1f".join(str(part) for part in parts).encode()
    return uuid.UUID(bytes=hmac.new(_station_key(), text, hashlib.sha256).digest()[:16])


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
