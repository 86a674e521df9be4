"""What a second reader found for one observation: one customer, nobody, or several."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from kaval.station.forms.once import OnceForm

NOBODY, SEVERAL, ONE = "nobody", "several", "one:"
_CHOOSE: Final = {"required": "err_choose"}


class ReadForm(OnceForm):
    """The choice is `one:` and the customer as the answer writes it, or `nobody`, or `several`."""

    observation = forms.UUIDField()
    found = forms.CharField(max_length=80, strip=False, error_messages=_CHOOSE)

    def clean_found(self) -> str:
        """Refuses what is none of the choices."""
        found = str(self.cleaned_data["found"])
        if found not in (NOBODY, SEVERAL) and not (found.startswith(ONE) and found != ONE):
            raise forms.ValidationError(_CHOOSE["required"])
        return found

    def said(self) -> dict[str, Any]:
        """The choice as the act takes it."""
        found = str(self.cleaned_data["found"])
        return {
            "customer_ref": found.removeprefix(ONE) if found.startswith(ONE) else "",
            "several": found == SEVERAL,
        }
