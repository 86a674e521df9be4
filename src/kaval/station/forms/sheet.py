"""Which paper about an attribution is to be made, and in which language."""

from __future__ import annotations

from typing import Final

from django import forms

from kaval.station.forms.once import OnceForm

PAPERS: Final = (
    "in.attribution_sheet",
    "in.grounds_of_belief",
    "in.disclosure_pack",
    "in.disclosure_pack_redacted",
)
LANGUAGES: Final = ("both", "en", "ml")


class PaperForm(OnceForm):
    """`kind` of paper and `language` of its pages."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in PAPERS])
    language = forms.ChoiceField(choices=[(one, one) for one in LANGUAGES])
