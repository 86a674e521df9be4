"""Opening an item needs a reason; a floor or an own limit are four numbers."""

from __future__ import annotations

from django import forms

from kaval.engine.rules.examination.viewing import LEVELS, MOST_ITEM_SECONDS, MOST_ITEMS, MOST_SECONDS
from kaval.station.forms.once import OnceForm


class OpenForm(OnceForm):
    """Why the item must be opened; how long a reason must be is the rule's to say."""

    reason = forms.CharField(required=False, max_length=500, strip=True)


class RuleForm(OnceForm):
    """A level and a budget; minutes here, seconds in the rule."""

    level = forms.IntegerField(min_value=0, max_value=len(LEVELS) - 1)
    items_per_day = forms.IntegerField(min_value=0, max_value=MOST_ITEMS)
    minutes_per_day = forms.IntegerField(min_value=0, max_value=MOST_SECONDS // 60)
    seconds_per_item = forms.IntegerField(min_value=0, max_value=MOST_ITEM_SECONDS)
    reason = forms.CharField(required=False, max_length=500, strip=True)

    def numbers(self) -> dict[str, int]:
        """The rule's four numbers."""
        given = self.cleaned_data
        return {
            "level": given["level"],
            "items_per_day": given["items_per_day"],
            "seconds_per_day": given["minutes_per_day"] * 60,
            "seconds_per_item": given["seconds_per_item"],
        }
