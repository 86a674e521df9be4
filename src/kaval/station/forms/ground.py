"""What the local station found at an address. Nothing is filled in beforehand: it is written down as seen there.

Messages are keys of `views.attribution_words`, which says them in the language of the page.
"""

from __future__ import annotations

from typing import Any, Final

from django import forms

from kaval.station.forms.once import OnceForm

# Three answers, because unknown is not no.
THREE: Final[dict[str, bool | None]] = {"yes": True, "no": False, "unknown": None}
OCCUPANT: Final = ("same", "other", "unknown")
WIFI: Final = ("secured", "open", "shared", "unknown")
_ANSWER: Final = {"required": "err_answer"}
_DAY: Final = {"invalid": "err_day"}


def _choice(words: tuple[str, ...]) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[(word, word) for word in words], error_messages=_ANSWER)


class GroundForm(OnceForm):
    """One look at one place."""

    place = forms.UUIDField()
    unit_found = _choice(("yes", "no"))
    single_match = _choice(("yes", "no"))
    house_name = forms.CharField(required=False, max_length=120)
    ward = forms.CharField(required=False, max_length=60)
    door_number = forms.CharField(required=False, max_length=40)
    occupant_at_event = _choice(OCCUPANT)
    resident_since = forms.DateField(required=False, error_messages=_DAY)
    resident_until = forms.DateField(required=False, error_messages=_DAY)
    wifi = _choice(WIFI)
    children_seen = _choice(tuple(THREE))
    notes = forms.CharField(required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        """Who moved in did so before moving out; a place that was found has a house name, a ward or a door number."""
        said = super().clean() or {}
        since, until = said.get("resident_since"), said.get("resident_until")
        if since and until and said.get("occupant_at_event") == "same" and until < since:
            raise forms.ValidationError("err_moved")
        if said.get("unit_found") == "yes" and not (said.get("house_name") or said.get("door_number")):
            raise forms.ValidationError("err_door")
        return said
