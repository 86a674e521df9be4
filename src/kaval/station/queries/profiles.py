"""Confirmed profiles of free layouts, as readers take them: the newest version of each name."""

from __future__ import annotations

from kaval.engine.formats import profile
from kaval.engine.formats.profile import Profile
from kaval.station.models import ReadingProfile


def confirmed_profiles() -> tuple[Profile, ...]:
    """The newest version of every confirmed profile, in the order of their names."""
    newest: dict[str, ReadingProfile] = {}
    for row in ReadingProfile.objects.order_by("name", "version"):
        newest[row.name] = row
    return tuple(profile.from_json(row.definition) for row in newest.values())
