"""Says that a limit was kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from kaval.engine.kernel.instant import IST, require_aware
from kaval.station.forms.once import OnceForm


class MeetForm(OnceForm):
    """`done_at` is local time as a browser sends it, empty: now; `text` names the paper."""

    clock = forms.CharField(max_length=80)
    text = forms.CharField(
        max_length=500, strip=True, error_messages={"required": "Name the paper: number and date."}
    )
    done_at = forms.CharField(required=False, max_length=16)

    def clean_done_at(self) -> datetime | None:
        """The instant in UTC."""
        text: Any = self.cleaned_data["done_at"]
        if not text:
            return None
        try:
            return require_aware(datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=IST))
        except ValueError:
            raise forms.ValidationError("Give the time as day, hour and minute.") from None
