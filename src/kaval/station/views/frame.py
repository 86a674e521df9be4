"""What every page shows around its content: the unit, the training mark, the sections open to the officer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from kaval.station import roles
from kaval.station.models import Officer
from kaval.station.queries.notices import notices_unseen
from kaval.station.queries.people import unit_here
from kaval.station.views.words import Words

_SECTIONS: Final = (
    "overview",
    "intake",
    "leads",
    "warnings",
    "register",
    "triage",
    "subjects",
    "links",
    "notices",
    "requests",
    "answers",
    "clocks",
    "second-readings",
    "reading-differences",
    "ground",
    "team-packets",
    "map",
    "operations",
    "aftermath",
    "exhibits",
    "viewing",
    "documents",
    "statistics",
    "audit",
)


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the navigation; `here` is true on the pages of the section, `count` is what waits there."""

    key: str
    name: str
    url: str
    here: bool
    count: int = 0


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `officer`, `unit`, `sections`, and `say`, the console's words in the chosen language."""
    say = words_of_request()
    officer: Officer | None = getattr(request, "officer", None)
    return {
        "officer": officer,
        "unit": unit_here(),
        "say": say,
        "malayalam": is_malayalam(),
        "officer_roles": [roles.ROLES.get(role, role) for role in officer.roles] if officer else [],
        "open_areas": [area for area in roles.MAY_SEE if roles.shows(list(officer.roles), area)]
        if officer
        else [],
        "sections": _sections(request, officer, say) if officer else [],
    }


def is_malayalam() -> bool:
    """True when the page is to be shown in Malayalam."""
    return (get_language() or "en").startswith("ml")


def words_of_request() -> Words:
    """The console's words in the language of the running request."""
    return Words("ml" if is_malayalam() else "en")


def _sections(request: HttpRequest, officer: Officer, say: Words) -> list[Section]:
    open_to = [key for key in _SECTIONS if roles.shows(list(officer.roles), key)]
    return [
        Section(
            key,
            say[key],
            reverse(key),
            _is_here(request.path_info, reverse(key)),
            notices_unseen(officer) if key == "notices" else 0,
        )
        for key in open_to
    ]


def _is_here(path: str, section: str) -> bool:
    # A tip that is written down is a part of the intake, whatever its address.
    if section == "/intake" and path.startswith("/tips/"):
        return True
    return path == section or (section != "/" and path.startswith(section + "/"))
