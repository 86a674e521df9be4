"""A reading as plain JSON values: for `kaval read --json`, for expected samples, for comparing two readings.

Restricted values (file names, group names, what identifies a child) are masked unless asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from kaval.engine.formats._spec import Reading
from kaval.engine.kernel.instant import iso_utc

MASK = "(restricted)"


def to_json(reading: Reading[Any], *, unmask: bool = False) -> dict[str, Any]:
    """`{"format": …, "records": […], "warnings": […]}`; every record names its type, every instant is UTC
    text.

    A missing value is null, never left out.
    """
    records = [{"type": type(record).__name__, **_value(record, unmask)} for record in reading.records]
    return {
        "format": _value(reading.format, unmask),
        "records": records,
        "warnings": _value(reading.warnings, unmask),
    }


def as_text(reading: Reading[Any], *, unmask: bool = False) -> str:
    """The same as indented text with a closing newline, one and only one text for one reading."""
    return json.dumps(to_json(reading, unmask=unmask), ensure_ascii=False, indent=2) + "\n"


def _value(value: Any, unmask: bool) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        # Half of a surrogate pair, which JSON may spell and UTF-8 cannot; the sealed bytes keep it.
        if value.isascii():
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if is_dataclass(value):
        return {item.name: _field(item.name, getattr(value, item.name), unmask) for item in fields(value)}
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_value(str(key), unmask): _value(value[key], unmask) for key in sorted(value)}
    if isinstance(value, frozenset | set):
        return sorted(_value(item, unmask) for item in value)
    if isinstance(value, tuple | list):
        return [_value(item, unmask) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    return value


def _field(name: str, value: Any, unmask: bool) -> Any:
    if name == "restricted" and isinstance(value, Mapping) and not unmask:
        return {_value(str(key), unmask): MASK for key in sorted(value)}
    return _value(value, unmask)
