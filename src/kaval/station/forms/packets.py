"""Forms of the packets page. A passphrase and a code are read, used and forgotten; no form shows them again."""

from __future__ import annotations

from django import forms

from kaval.station.forms.once import OnceForm


class ActForm(OnceForm):
    """An act on the packets of an operation; which fields it needs is the act's own rule."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in ("enrol", "seal", "release", "recall", "name", "end")]
    )
    passphrase = forms.CharField(required=False, max_length=200, strip=False)
    reason = forms.CharField(required=False, max_length=300)
    officer = forms.CharField(required=False, max_length=24)
    entry = forms.UUIDField(required=False)


class PrintForm(OnceForm):
    """A numbered copy for a member of the team."""

    code = forms.CharField(max_length=60)
    officer = forms.CharField(max_length=24)


class LeakForm(OnceForm):
    """What was found: a file, or its text."""

    text = forms.CharField(required=False, max_length=400_000)
    file = forms.FileField(required=False)
