"""Forms about other units' events: one told, one withdrawn, a pointer cleared.

Messages are keys of `views.event_words`, which says them in the language of the page.
"""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from kaval.engine.formats.planning.events import MOST_RADIUS_M, USUAL_RADIUS_M, ToldEvent, named
from kaval.station.forms.once import OnceForm
from kaval.station.forms.requests import InstantField

MOST_BYTES: Final = 4 * 1024 * 1024
_NUMBER = {"invalid": "err_number", "min_value": "err_number", "max_value": "err_number"}


def _text(most: int, code: str) -> forms.CharField:
    return forms.CharField(max_length=most, error_messages={"required": code, "max_length": "err_long"})


class EventForm(OnceForm):
    """One event as another unit told it."""

    reference = _text(40, "err_reference")
    unit = _text(120, "err_unit")
    contact = _text(160, "err_contact")
    from_at = InstantField(error_messages={"required": "err_times"})
    to_at = InstantField(error_messages={"required": "err_times"})
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90, error_messages=_NUMBER)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180, error_messages=_NUMBER)
    radius_m = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_RADIUS_M, error_messages=_NUMBER
    )
    identities = forms.CharField(required=False, max_length=4000)

    def clean_identities(self) -> tuple[tuple[str, str], ...]:
        """The identifiers in normal form, one `kind:value` on a line."""
        lines = [line.strip() for line in self.cleaned_data["identities"].splitlines() if line.strip()]
        try:
            known, digests = named(lines)
        except ValueError as problem:
            raise forms.ValidationError("err_identity") from problem
        if digests:
            raise forms.ValidationError("err_identity")
        return known

    def event(self) -> ToldEvent:
        """The event of a valid form."""
        given: dict[str, Any] = self.cleaned_data
        placed = given["latitude"] is not None
        radius = given["radius_m"]
        return ToldEvent(
            given["reference"],
            given["unit"],
            given["contact"],
            given["from_at"],
            given["to_at"],
            given["latitude"],
            given["longitude"],
            (USUAL_RADIUS_M if radius is None else radius) if placed else None,
            given["identities"],
        )


class TableForm(OnceForm):
    """A table of events as another unit sent it."""

    file = forms.FileField(
        error_messages={
            "required": "err_file",
            "empty": "err_file",
            "missing": "err_file",
            "invalid": "err_file",
        }
    )

    def clean_file(self) -> UploadedFile[Any]:
        """The file, when it is small enough to be read at once."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError("err_file")
        return file


class ReasonForm(OnceForm):
    """A row of the page, and why."""

    row = forms.UUIDField()
    text = _text(1000, "err_reason")
