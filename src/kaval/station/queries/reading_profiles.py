"""Confirmed profiles: all versions as the console shows them, the newest of each name as readers take them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from kaval.engine.formats import profile
from kaval.engine.formats.profile import Profile
from kaval.station.models import Officer, ReadingProfile
from kaval.station.queries import scope


@dataclass(frozen=True, slots=True)
class NamedProfile:
    """A profile by name, its versions the newest first."""

    name: str
    kind: str
    versions: tuple[ReadingProfile, ...]

    @property
    def newest(self) -> ReadingProfile:
        """The version readers use."""
        return self.versions[0]


def named_profiles(viewer: Officer) -> tuple[NamedProfile, ...]:
    """All confirmed profiles by name; none for viewers without the area."""
    if not scope.area_is_shown(viewer, "profiles"):
        return ()
    rows: dict[str, list[ReadingProfile]] = {}
    for row in ReadingProfile.objects.select_related("confirmed_by").order_by("name", "-version"):
        rows.setdefault(row.name, []).append(row)
    return tuple(NamedProfile(name, found[0].kind, tuple(found)) for name, found in rows.items())


def profile_by_id(viewer: Officer, profile_id: uuid.UUID) -> tuple[ReadingProfile, Profile]:
    """One version, as a row and as readers take it.

    Raises:
        NotVisible: there is none, or the viewer's roles do not open the area.
    """
    rows = ReadingProfile.objects.select_related("confirmed_by")
    if not scope.area_is_shown(viewer, "profiles"):
        rows = rows.none()
    row = scope.found(rows, profile_id)
    return row, profile.from_json(row.definition)


def confirmed_profiles() -> tuple[Profile, ...]:
    """The newest version of every confirmed profile, in the order of their names."""
    newest = {row.name: row for row in ReadingProfile.objects.order_by("name", "version")}
    return tuple(profile.from_json(row.definition) for row in newest.values())
