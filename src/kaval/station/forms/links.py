"""A decision on a link, the reports to part, and a notice that was seen: which one, and why."""

from __future__ import annotations

from typing import Any

from django import forms

from kaval.station.forms.once import OnceForm

_WHY = {"required": "Say why: the reason is kept with the decision."}


class DecideForm(OnceForm):
    """Accepts or refuses a proposal."""

    proposal = forms.UUIDField()
    verdict = forms.ChoiceField(choices=(("accept", ""), ("refuse", "")))
    text = forms.CharField(max_length=1000, strip=True, error_messages=_WHY)


class WithdrawForm(OnceForm):
    """Takes a decision back."""

    decision = forms.UUIDField()
    text = forms.CharField(max_length=1000, strip=True, error_messages=_WHY)


class PartForm(OnceForm):
    """Parts the ticked reports of a subject from its other reports."""

    subject = forms.UUIDField()
    lead = forms.TypedMultipleChoiceField(
        coerce=str, error_messages={"required": "Tick at least one report."}
    )
    text = forms.CharField(max_length=1000, strip=True, error_messages=_WHY)

    def __init__(self, *given: Any, leads: list[str], **named: Any) -> None:
        super().__init__(*given, **named)
        field = self.fields["lead"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(lead, lead) for lead in leads]


class SeenForm(OnceForm):
    """Notes that a notice was seen."""

    notice = forms.UUIDField()
