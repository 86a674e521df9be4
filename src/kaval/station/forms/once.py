"""What forms share: sent twice they are one act, and the first thing that is wrong is said."""

from __future__ import annotations

from django import forms


class OnceForm(forms.Form):
    """`key` makes the same form sent twice one act."""

    key = forms.UUIDField()


def first_problem(form: forms.Form) -> str:
    """The first thing that is wrong with a form, empty when nothing is."""
    return str(next(iter(form.errors.values()))[0]) if form.errors else ""
