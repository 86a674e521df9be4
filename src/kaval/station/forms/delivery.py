"""From whom files came and how: what an upload asks for beside the files."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms

SOURCES: Final = (
    ("ncrb_cybertip", "National bureau: list with reports"),
    ("ncmec", "CyberTipline, from NCMEC itself"),
    ("p2p_export", "Export of a monitoring tool"),
    ("officer_register", "Register of handles and groups"),
    ("helpline", "Helpline sheet"),
    ("public_tip", "Tips of the public"),
    ("partner_tip", "Tips of a partner organisation"),
    ("provider_direct", "A provider's own report"),
    ("agency", "Request of another agency"),
    ("field", "Lead from the field"),
)
CHANNELS: Final = ("portal", "e-mail", "disk", "by hand", "other")
_SOURCE = re.compile(r"[a-z0-9_]{1,40}")


class DeliveryForm(forms.Form):
    """Source (one of the list, or another in a-z 0-9 _) and channel of a delivery."""

    source = forms.ChoiceField(
        choices=(*SOURCES, ("other", "other")),
        error_messages={
            "required": "Say who handed the files over.",
            "invalid_choice": "Choose a source of the list.",
        },
    )
    other = forms.CharField(required=False, max_length=40)
    channel = forms.CharField(required=False, max_length=60)

    def clean_channel(self) -> str:
        """The channel without signs that cannot be printed."""
        return "".join(sign for sign in self.cleaned_data["channel"] if sign.isprintable())

    def clean(self) -> dict[str, Any]:
        """The other source's name must be one."""
        found = super().clean() or {}
        other = str(found.get("other") or "")
        if found.get("source") == "other" and not _SOURCE.fullmatch(other):
            self.add_error("other", "Name the source with small letters, digits and _, at most 40 of them.")
        return found

    @property
    def named_source(self) -> str:
        """The source as the delivery names it."""
        chosen = str(self.cleaned_data["source"])
        return str(self.cleaned_data["other"]) if chosen == "other" else chosen
