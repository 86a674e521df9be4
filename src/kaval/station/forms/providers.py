"""Forms of the register of providers: figures, contacts, quirks, and the last day of either."""

from __future__ import annotations

from typing import Any

from django import forms

from kaval.station.forms.once import OnceForm
from kaval.station.operations.providers import KINDS, ContactFacts, ProviderFigures, QuirkFacts

_DAY = {"required": "Give the day.", "invalid": "Give the day as 2026-01-31."}


class FiguresForm(OnceForm):
    """What a supervisor keeps about a provider."""

    kind = forms.ChoiceField(choices=[(one, one) for one in KINDS])
    contact = forms.CharField(max_length=120, required=False)
    office = forms.CharField(max_length=1000, required=False)
    answer_channel = forms.CharField(max_length=160, required=False)
    answer_layout = forms.CharField(max_length=40, required=False)
    subscriber_layout = forms.CharField(max_length=40, required=False)
    shares_addresses = forms.BooleanField(required=False)
    retention_days = forms.IntegerField(required=False)
    typical_days = forms.IntegerField(required=False)
    as_numbers = forms.RegexField(
        r"^[\d\s,;]*$",
        required=False,
        error_messages={"invalid": "Network numbers are numbers, with commas."},
    )
    nat64 = forms.CharField(max_length=400, required=False)

    def figures(self) -> ProviderFigures:
        """The figures of a valid form."""
        given: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name in _FIGURES}
        given["as_numbers"] = tuple(int(text) for text in _parts(given["as_numbers"]))
        given["nat64"] = tuple(_parts(given["nat64"]))
        return ProviderFigures(**given)


class NewProviderForm(FiguresForm):
    """A provider that is not on the register yet."""

    code = forms.RegexField(
        r"^[A-Za-z0-9-]{1,40}$",
        error_messages={"required": "Give a code.", "invalid": "A code is made of letters, digits and -."},
    )
    name = forms.CharField(max_length=120, error_messages={"required": "Give the name."})


class ContactForm(OnceForm):
    """A contact from a day on."""

    name = forms.CharField(max_length=120, error_messages={"required": "Name the contact."})
    role = forms.CharField(max_length=80, required=False)
    email = forms.CharField(max_length=160, required=False)
    phone = forms.CharField(max_length=40, required=False)
    valid_from = forms.DateField(error_messages=_DAY)

    def facts(self) -> ContactFacts:
        """The contact of a valid form."""
        return ContactFacts(**{name: self.cleaned_data[name] for name in ContactFacts.__dataclass_fields__})


class QuirkForm(OnceForm):
    """A quirk from a day on."""

    code = forms.CharField(max_length=40, error_messages={"required": "Give a short code."})
    text = forms.CharField(max_length=1000, error_messages={"required": "Say in words what it is."})
    valid_from = forms.DateField(error_messages=_DAY)
    source = forms.CharField(max_length=200, required=False)

    def facts(self) -> QuirkFacts:
        """The quirk of a valid form."""
        return QuirkFacts(**{name: self.cleaned_data[name] for name in QuirkFacts.__dataclass_fields__})


class LastDayForm(OnceForm):
    """The last day on which something held."""

    last_day = forms.DateField(error_messages=_DAY)


_FIGURES = frozenset(ProviderFigures.__dataclass_fields__)


def _parts(text: str) -> list[str]:
    return text.replace(",", " ").replace(";", " ").split()
