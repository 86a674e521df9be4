"""Sunrise at a place on a date, to about a minute, after NOAA's published equations.

Source: NOAA Global Monitoring Laboratory, "General Solar Position Calculations" (fractional-year form);
zenith 90.833 degrees (refraction and the disc's radius). Used by gate G-SUN: operations start in daylight,
and a woman may not be arrested between sunset and sunrise without prior permission (BNSS 43(5)).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import acos, cos, degrees, pi, radians, sin, tan

from kaval.engine.kernel.instant import IST, ist_text, require_aware
from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict

_ZENITH = radians(90.833)


@dataclass(frozen=True, slots=True)
class Daylight:
    """Sunrise and sunset as UTC instants, exact to about a minute."""

    sunrise: datetime
    sunset: datetime


def daylight(latitude: float, longitude: float, on: date) -> Daylight | None:
    """Daylight at WGS84 degrees (east positive) on a civil date of that meridian; None in polar day or
    night."""
    year_length = 366 if _leap(on.year) else 365
    turn = 2 * pi / year_length * (on.timetuple().tm_yday - 1 + (6 - longitude / 15 - 12) / 24)
    equation = 229.18 * (
        0.000075
        + 0.001868 * cos(turn)
        - 0.032077 * sin(turn)
        - 0.014615 * cos(2 * turn)
        - 0.040849 * sin(2 * turn)
    )
    tilt = (
        0.006918
        - 0.399912 * cos(turn)
        + 0.070257 * sin(turn)
        - 0.006758 * cos(2 * turn)
        + 0.000907 * sin(2 * turn)
        - 0.002697 * cos(3 * turn)
        + 0.00148 * sin(3 * turn)
    )
    wide = radians(latitude)
    height = cos(_ZENITH) / (cos(wide) * cos(tilt)) - tan(wide) * tan(tilt)
    if not -1 <= height <= 1:
        return None
    hour_angle = degrees(acos(height))
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    rise = midnight + timedelta(minutes=720 - 4 * (longitude + hour_angle) - equation)
    down = midnight + timedelta(minutes=720 - 4 * (longitude - hour_angle) - equation)
    return Daylight(rise, down)


def sunrise(latitude: float, longitude: float, on: date) -> datetime | None:
    """The UTC instant of sunrise; None where the sun does not rise or does not set that day."""
    found = daylight(latitude, longitude, on)
    return None if found is None else found.sunrise


def sun_gate(arrive_at: datetime, *, latitude: float, longitude: float, reason: str = "") -> CheckResult:
    """G-SUN: the entry lies between local sunrise and sunset (IST date), or a reason is attached.

    The Magistrate's permission for arresting a woman at night is a separate gate of the field room.
    """
    at = require_aware(arrive_at)
    found = daylight(latitude, longitude, at.astimezone(IST).date())
    if found is None:
        return _result(Verdict.UNKNOWN, "There is no sunrise to compare with.", "സൂര്യോദയസമയം കണക്കാക്കാനായില്ല.")
    rise = ist_text(found.sunrise)
    if found.sunrise <= at <= found.sunset:
        return _result(Verdict.PASS, f"Entry in daylight; sunrise {rise}.", f"പകൽ സമയത്താണ്; സൂര്യോദയം {rise}.")
    if reason.strip():
        return _result(
            Verdict.PASS,
            f"Entry outside daylight, reason on record: {reason.strip()}",
            f"പകലല്ല, കാരണം രേഖപ്പെടുത്തി: {reason.strip()}",
        )
    return _result(
        Verdict.FAIL,
        f"Entry outside daylight without a reason; sunrise {rise}.",
        f"കാരണമില്ലാതെ പകലല്ലാത്ത സമയം; സൂര്യോദയം {rise}.",
    )


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _result(verdict: Verdict, text: str, text_ml: str) -> CheckResult:
    return CheckResult("G-SUN", CheckKind.BLOCK, verdict, Reason("G-SUN", text, text_ml))
