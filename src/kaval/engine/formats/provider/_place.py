"""What the two subscriber layouts share: line kinds, positions, years."""

from __future__ import annotations

from kaval.engine.formats.provider._profile import RowPlace

_SEGMENTS = frozenset(("HOME", "BUSINESS", "HOSTEL", "SHARED"))


def segment(text: str, *, row: RowPlace) -> str:
    """`HOME`, `BUSINESS`, `HOSTEL`, `SHARED`, or empty with a warning: an unknown kind is not a home."""
    if text.upper() in _SEGMENTS:
        return text.upper()
    row.warn("segment_unknown", f"connection type {text!r} is not known: read as not stated")
    return ""


def position(latitude: str, longitude: str, *, row: RowPlace) -> tuple[float | None, float | None]:
    """WGS84 degrees, or None and None; 0, 0 is a position nobody set."""
    if not latitude and not longitude:
        return None, None
    try:
        lat, lon = float(latitude), float(longitude)
    except ValueError:
        lat, lon = 999.0, 999.0
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        row.warn("position_unreadable", f"{latitude!r}, {longitude!r} is no position: read as not stated")
        return None, None
    return lat, lon


def birth_year(text: str, *, row: RowPlace) -> int | None:
    """A year from 1900 to 2099; None when not stated, with a warning when something else is."""
    if text.isascii() and text.isdigit() and 1900 <= int(text[:8]) <= 2099:
        return int(text)
    if text:
        row.warn("year_unreadable", f"{text!r} is no birth year: read as not stated")
    return None
