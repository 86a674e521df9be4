"""Days of an operation counted from its field day, and the forms in which instants are written."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

IST = timezone(timedelta(hours=5, minutes=30))
PACIFIC = timezone(timedelta(hours=-8))

ZONES: dict[str, timezone] = {"Z": UTC, "+05:30": IST, "-08:00": PACIFIC, "+00:00": UTC}


def day_at(field_day: date, *, days: int, hour: int = 0, minute: int = 0) -> datetime:
    """The instant `days` from the field day at an IST wall time."""
    return datetime.combine(field_day + timedelta(days=days), time(hour, minute), IST)


def iso(at: datetime, zone: str = "+05:30") -> str:
    """ISO 8601 to the second in one of `ZONES`; the empty zone writes IST wall time without an offset."""
    if zone == "":
        return at.astimezone(IST).strftime("%Y-%m-%dT%H:%M:%S")
    text = at.astimezone(ZONES[zone]).strftime("%Y-%m-%dT%H:%M:%S")
    return text + zone


def calendar(field_day: date) -> dict[str, str]:
    """The steps of the operation in order.json, all with +05:30."""
    steps = {
        "reports_from": (-60, 0, 0),
        "reports_to": (-21, 23, 59),
        "requests_at": (-19, 11, 0),
        "answers_at": (-14, 16, 0),
        "verification_from": (-10, 9, 0),
        "verification_to": (-5, 18, 0),
        "approve_at": (-3, 12, 0),
        "freeze_at": (-2, 18, 0),
        "first_entry_at": (0, 7, 0),
        "day_end_at": (0, 17, 0),
        "examine_at": (1, 9, 0),
        "press_at": (0, 18, 0),
    }
    return {
        name: iso(day_at(field_day, days=days, hour=hour, minute=minute))
        for name, (days, hour, minute) in steps.items()
    }
