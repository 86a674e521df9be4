"""Forms of asking, closing, accepting a form of answers, taking an answer in, and typing an observation twice."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django import forms

from kaval.engine.kernel.instant import IST
from kaval.station.forms.once import OnceForm
from kaval.station.operations.answers import CERTIFICATES
from kaval.station.operations.requests import CATEGORIES

CHANNELS: Final = ("portal", "e-mail", "disk", "by hand", "other")
_WHY = {"required": "Say why: the reason is kept."}


class InstantField(forms.Field):
    """A day and time in IST, as `datetime-local` gives it."""

    widget = forms.DateTimeInput

    def to_python(self, value: object) -> datetime | None:
        """The instant, None when nothing was given."""
        if value in self.empty_values:
            return None
        try:
            return datetime.fromisoformat(str(value)).replace(tzinfo=IST)
        except ValueError:
            raise forms.ValidationError("Give a day and a time in IST.") from None


class AskForm(OnceForm):
    """Asks the providers, or one platform."""

    basis = forms.CharField(max_length=20)
    authority = forms.CharField(max_length=200, required=False)
    due_at = InstantField(error_messages={"required": "Say until when you want the answer."})


class PlatformForm(AskForm):
    """Asks a platform about accounts."""

    asked = forms.MultipleChoiceField(
        choices=[(one, one) for one in CATEGORIES],
        error_messages={"required": "Tick what is asked for."},
    )


class ReasonForm(OnceForm):
    """An act that wants a reason."""

    text = forms.CharField(max_length=1000, strip=True, error_messages=_WHY)


class DocumentForm(OnceForm):
    """Makes the order, or one of its reminders, as a paper."""

    reminder = forms.UUIDField(required=False)


class TakeAnswerForm(OnceForm):
    """A provider's file as it came; the file itself is checked by the view."""

    provider = forms.UUIDField(error_messages={"required": "Choose the provider."})
    channel = forms.ChoiceField(choices=[(one, one) for one in CHANNELS])


class RecordForm(OnceForm):
    """Records a file as an answer. `agreed` empty: not stated."""

    receipt = forms.UUIDField()
    agreed = forms.TypedChoiceField(
        choices=[("", ""), ("yes", ""), ("no", "")],
        required=False,
        coerce=lambda text: text == "yes",
        empty_value=None,
    )
    certificate = forms.ChoiceField(choices=[(one, one) for one in CERTIFICATES], required=False)


class TypedForm(OnceForm):
    """An observation as typed; what each field may hold is the act's own rule."""

    ip = forms.CharField(max_length=60, error_messages={"required": "Type the IP address."})
    port = forms.CharField(max_length=8, required=False)
    transport = forms.CharField(max_length=8, required=False)
    time = forms.CharField(max_length=40, error_messages={"required": "Type the time with its offset."})
    event = forms.CharField(max_length=24, required=False)
    place = forms.CharField(max_length=200, error_messages={"required": "Say where on the source it stands."})


class FirstEntryForm(TypedForm):
    """The first entry names the report by its number."""

    lead = forms.IntegerField(min_value=1, error_messages={"required": "Give the number of the report."})
