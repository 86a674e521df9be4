"""What the forms after the day may say."""

from __future__ import annotations

from typing import Final

from django import forms

from kaval.engine.rules.attribution.aftermath import CAUSES
from kaval.station.forms.once import OnceForm

_WHY: Final = {"required": "Say why: the reason is kept."}
_COUNT: Final = {"required": "Give the number; 0 for none.", "invalid": "Give a whole number."}


class StartForm(OnceForm):
    """Begins a re-audit."""


class VerdictForm(OnceForm):
    """The verdict on a re-audit."""

    verdict = forms.ChoiceField(choices=(("sound", ""), ("error", "")))
    text = forms.CharField(max_length=2000, strip=True, error_messages=_WHY)


class ErrorForm(OnceForm):
    """A wrong attribution, by its subject's number; `outcome` present: the search it led to."""

    subject = forms.CharField(
        max_length=24, strip=True, error_messages={"required": "Give the subject's number."}
    )
    outcome = forms.UUIDField(required=False)
    cause = forms.ChoiceField(
        choices=[(cause, cause) for cause in CAUSES], error_messages={"required": "Choose the cause."}
    )
    text = forms.CharField(max_length=2000, strip=True, error_messages=_WHY)
    people = forms.IntegerField(min_value=0, max_value=1000, error_messages=_COUNT)
    children = forms.IntegerField(min_value=0, max_value=1000, error_messages=_COUNT)


class ErrorActForm(OnceForm):
    """An act on a line of the register; `row` is the notice or the hold it is about."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("notice", "devices", "seal", "reaudit", "lift")])
    row = forms.UUIDField(required=False)
    text = forms.CharField(required=False, max_length=2000, strip=True)
