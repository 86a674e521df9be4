"""A tip taken by phone, visit or helpline, and a request of another agency, typed by a clerk.

Checked here: what must be there, what is a time, what is an address. What the values mean is for the readers: a form
entry is sealed and read like any other arrival.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django import forms

from kaval.engine.kernel.instant import IST

CHANNELS: Final = (
    ("phone", "Phone call"),
    ("visit", "Visit"),
    ("helpline", "Helpline"),
    ("letter", "Letter"),
    ("partner", "Partner organisation"),
)
KINDS: Final = (
    ("handle", "Handle"),
    ("phone", "Phone number"),
    ("email", "E-mail address"),
    ("upi", "UPI address"),
)
ROWS: Final = 4
TEXT_LENGTH = 20_000
_LINE = 200


class _Received(forms.Form):
    received_at = forms.CharField(required=False, max_length=25)

    def clean_received_at(self) -> datetime | None:
        """The instant, read as Indian Standard Time as the field says; None when left empty."""
        return _local(self.cleaned_data["received_at"])


class TipForm(_Received):
    """What a clerk writes down of a tip."""

    channel = forms.ChoiceField(
        choices=CHANNELS,
        error_messages={"required": "Say how the tip came.", "invalid_choice": "Choose one."},
    )
    partner = forms.CharField(required=False, max_length=_LINE)
    platform = forms.CharField(required=False, max_length=_LINE)
    text = forms.CharField(
        max_length=TEXT_LENGTH,
        error_messages={"required": "Write down what was said, in the caller's words."},
    )
    reporter_name = forms.CharField(required=False, max_length=_LINE)
    reporter_phone = forms.CharField(required=False, max_length=40)
    reporter_email = forms.CharField(required=False, max_length=_LINE)

    def clean(self) -> dict[str, Any]:
        """A partner's tip names the partner."""
        found = super().clean() or {}
        if found.get("channel") == "partner" and not found.get("partner"):
            self.add_error("partner", "Name the partner organisation.")
        return found


class AgencyForm(_Received):
    """What a clerk writes down of another agency's request; the agency's own reference is its identity."""

    agency = forms.CharField(max_length=_LINE, error_messages={"required": "Name the agency."})
    reference = forms.CharField(required=False, max_length=100)
    country = forms.CharField(required=False, max_length=_LINE)
    contact = forms.CharField(required=False, max_length=_LINE)
    legal_basis = forms.CharField(required=False, max_length=_LINE)
    urgency = forms.ChoiceField(
        required=False, choices=(("", ""), ("routine", "routine"), ("urgent", "urgent"))
    )
    reply_by = forms.CharField(required=False, max_length=25)
    text = forms.CharField(
        max_length=TEXT_LENGTH, error_messages={"required": "Write down what the agency asks for."}
    )

    def clean_reply_by(self) -> datetime | None:
        """The instant, read as Indian Standard Time; None when left empty."""
        return _local(self.cleaned_data["reply_by"])


def mentions_of(data: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of identifiers that were filled in: kind, platform, value."""
    rows = (
        {part: data.get(f"{part}{row}", "").strip()[:_LINE] for part in ("kind", "platform", "value")}
        for row in range(ROWS)
    )
    return [{key: value for key, value in row.items() if value} for row in rows if row["value"]]


def addresses_of(data: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of addresses seen that were filled in, and what is wrong with them."""
    found: list[dict[str, Any]] = []
    problems = []
    for row in range(ROWS):
        ip, port, time = (data.get(f"{part}{row}", "").strip()[:60] for part in ("ip", "port", "time"))
        if not (ip or port or time):
            continue
        if not _is_address(ip):
            problems.append(f"Address {row + 1}: {ip or 'nothing'} is no IP address.")
        if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
            problems.append(f"Address {row + 1}: {port} is no port, they run from 1 to 65535.")
        entry: dict[str, Any] = {"ip": ip, "time": time}
        if port.isascii() and port.isdigit():
            entry["port"] = int(port[:6])
        found.append(entry)
    return found, problems


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _local(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=IST)
    except ValueError:
        raise forms.ValidationError("Give the time as 2026-01-31T09:30, in Indian Standard Time.") from None
