"""What a picture's EXIF says of its camera, time and place; anything odd is left out, never guessed.

Times are the camera's own text. A position needs both references, spelled as the standard spells them, and values
within the globe: no default hemisphere. Source: CIPA DC-008 (EXIF 2.32), tags as named below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaval.lab.sources.entry import readable

_MAKE, _MODEL, _SOFTWARE, _CHANGED = 0x010F, 0x0110, 0x0131, 0x0132
_EXIF, _GPS = 0x8769, 0x8825
_TAKEN, _DIGITIZED, _TAKEN_OFFSET, _DIGITIZED_OFFSET, _CHANGED_OFFSET = 0x9003, 0x9004, 0x9011, 0x9012, 0x9010
_SERIAL = 0xA431
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4
_TEXT_LIMIT = 256


@dataclass(frozen=True, slots=True)
class Told:
    """What EXIF tells; every None: it does not. Names as in `PictureFacts`."""

    camera_make: str | None = None
    camera_model: str | None = None
    camera_serial: str | None = None
    taken_at: str | None = None
    taken_offset: str | None = None
    place: tuple[float, float] | None = None
    software: str | None = None


def told(exif: Any) -> Told:
    """Reads Pillow's `Image.Exif`. The time is that of taking, else of digitizing, else of the last change."""
    inner, gps = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
    times = (
        (_text(inner.get(_TAKEN)), _text(inner.get(_TAKEN_OFFSET))),
        (_text(inner.get(_DIGITIZED)), _text(inner.get(_DIGITIZED_OFFSET))),
        (_text(exif.get(_CHANGED)), _text(inner.get(_CHANGED_OFFSET))),
    )
    taken, offset = next((pair for pair in times if pair[0]), (None, None))
    return Told(
        camera_make=_text(exif.get(_MAKE)),
        camera_model=_text(exif.get(_MODEL)),
        camera_serial=_text(inner.get(_SERIAL)),
        taken_at=taken,
        taken_offset=offset,
        place=_place(gps),
        software=_text(exif.get(_SOFTWARE)),
    )


def _text(value: object) -> str | None:
    """A text without its padding, escaped and of bounded length; None for what is no text or blank."""
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape")
    if not isinstance(value, bytes):
        return None
    return readable(value.split(b"\0", 1)[0][:_TEXT_LIMIT].strip()).replace("\\u{2f}", "/") or None


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    latitude = _degrees(gps.get(_LATITUDE), _text(gps.get(_LATITUDE_REF)), "NS")
    longitude = _degrees(gps.get(_LONGITUDE), _text(gps.get(_LONGITUDE_REF)), "EW")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude


def _degrees(value: Any, reference: str | None, references: str) -> float | None:
    """Signed degrees of (degrees, minutes, seconds), to six decimals: about a tenth of a metre."""
    if reference is None or len(reference) != 1 or reference not in references:
        return None
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not (0 <= degrees <= 180 and 0 <= minutes < 60 and 0 <= seconds < 60):  # NaN of 0/0 fails too
        return None
    total = round(degrees + minutes / 60 + seconds / 3600, 6)
    return -total if reference == references[1] else total
