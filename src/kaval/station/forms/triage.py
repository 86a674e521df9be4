"""What the forms of triage may say."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django import forms

from kaval.engine.rules.triage import BAND_CODES
from kaval.station.forms.once import OnceForm
from kaval.station.operations.triage_desk import AT_ONCE, LARGEST_SAMPLE

ACTS: Final = ("take", "give_back", "park", "bring_back")


class Ticked(forms.Field):
    """The identifiers of ticked rows, each once; nonsense is nothing."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[uuid.UUID]:
        """At most as many as one act takes."""
        found: dict[uuid.UUID, None] = {}
        for text in (value or [])[:AT_ONCE]:
            try:
                found[uuid.UUID(text)] = None
            except ValueError:
                continue
        return list(found)


class QueueForm(OnceForm):
    """An act on several subjects; `text` is the reason for parking."""

    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    subject = Ticked()
    text = forms.CharField(required=False, max_length=500)


class BandForm(OnceForm):
    """A band in place of the rules' band, empty: take it away; and why."""

    band = forms.ChoiceField(choices=[("", ""), *((code, code) for code in BAND_CODES)], required=False)
    text = forms.CharField(max_length=500)


class ViewForm(OnceForm):
    """A name for a filter; `drop` is present when it is to be forgotten."""

    name = forms.CharField(max_length=60)
    drop = forms.CharField(required=False, max_length=1)


class DrawForm(OnceForm):
    """How many parked subjects to draw."""

    size = forms.IntegerField(min_value=1, max_value=LARGEST_SAMPLE)


class JudgeForm(OnceForm):
    """Whether a rule parked rightly; `text` is needed when it did not."""

    sample = forms.UUIDField()
    verdict = forms.ChoiceField(choices=[("right", "right"), ("wrong", "wrong")])
    text = forms.CharField(required=False, max_length=500)
