"""What may be said on the desk of one attribution: which hold, observation or fact, and why.

Messages are keys of `views.attribution_words`, which says them in the language of the page.
"""

from __future__ import annotations

from typing import Final

from django import forms

from kaval.station.forms.once import OnceForm
from kaval.station.forms.triage import Ticked
from kaval.station.queries.attribution_desk import CORROBORATION_KINDS

LONGEST: Final = 2000
# What a form answers about others being asked: nobody holds it, somebody does, no answer yet.
CONFLICT: Final[dict[str, bool | None]] = {"no": False, "yes": True, "open": None}
_WHY = {"required": "err_reason"}


class _Text(OnceForm):
    text = forms.CharField(max_length=LONGEST, strip=True, error_messages=_WHY)


class OverrideForm(_Text):
    """Lets one HOLD pass; without an observation for the whole subject."""

    check = forms.CharField(max_length=8)
    observation = forms.UUIDField(required=False)
    child_at_risk = forms.BooleanField(required=False)


class WithdrawForm(_Text):
    """Takes an override back."""

    override = forms.UUIDField()


class ExplainForm(_Text):
    """Says why an observation points elsewhere."""

    observation = forms.UUIDField()


class CorroborateForm(_Text):
    """A fact beyond addresses, with the sealed file that says so and the place in it."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in CORROBORATION_KINDS])
    sealed = forms.UUIDField(required=False)
    locator = forms.CharField(required=False, max_length=300)


class DeconflictForm(OnceForm):
    """Who was asked, and what they said."""

    asked = forms.CharField(max_length=200, error_messages={"required": "err_asked"})
    conflict = forms.ChoiceField(choices=[(word, word) for word in CONFLICT])
    reference = forms.CharField(required=False, max_length=120)


class DeconflictManyForm(DeconflictForm):
    """The same words for several subjects."""

    subject = Ticked()


class ChildForm(_Text):
    """Whether the account holder is likely a child."""

    likely = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
