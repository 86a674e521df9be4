"""A report that a provider sends straight to the unit, as JSON of the unit's own template.

One object or a list of them; one lead per report, with the identity `provider:<provider in small letters>` and the
provider's own number. Keys of `provider_direct/1`, all but the first three optional:

    template         "provider_direct/1", near the start
    provider         the provider's name, always spelt the same: it is a part of the identity
    report_id        the provider's own number
    cybertip_number  the number of the same event at NCMEC, when it was reported there too
    event_time       when it happened, ISO 8601 with offset; `event` is the provider's word for it
    sent_at          when the report was sent, ISO 8601 with offset
    accounts         [{"user_id": "…", "handle": "…", "email": "…", "phone": "…", "display_name": "…",
                       "platform": "…", "party": "reported"}]; the platform is the provider unless stated
    addresses        addresses seen } see `_letter_parts`: ip, port, time, event; hashes, viewed
    files            files named    }
    text             free text; restricted; what it names is `mentioned`

A report that also went to NCMEC stays a report of its own: the field `also_reported_as` names the other, and nothing
is merged. The lead's kind is `tip` with the signal `provider_direct`, because it is no CyberTip. Display names are
restricted. Keys the template does not know are kept.

Versions tried: provider_direct/1.
Not supported: providers' own report forms; attachments.
Sources: the build's own template; formats.md section 0 and 1.1 (what a provider can say).
"""

from __future__ import annotations

from collections.abc import Iterator

from kaval.engine.formats._spec import (
    FormatSpec,
    IdentifierRecord,
    LeadRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
)
from kaval.engine.formats.intake._letter import Entry, entries, template_of
from kaval.engine.formats.intake._letter_parts import addresses, files, party_of, running_text, squeezed

SPEC = FormatSpec(
    name="provider_direct_json", version="1", kind="intake", title="Report of a provider (JSON)"
)
BEGINS = frozenset((b"{", b"["))

NAME = "provider_direct"
TEMPLATE = {
    "template": "provider_direct/1",
    "provider": "Example Chat",
    "report_id": "R-48213",
    "cybertip_number": "190000001",
    "event_time": "2026-01-03T18:45:10Z",
    "event": "Upload",
    "sent_at": "2026-01-04T09:00:00Z",
    "accounts": [
        {
            "user_id": "U-48213",
            "handle": "blue_kite_10001",
            "email": "blue.kite@example.org",
            "phone": "+915550001234",
            "display_name": "Blue Kite",
            "party": "reported",
        }
    ],
    "addresses": [{"ip": "203.0.113.7", "port": 50112, "time": "2026-01-03T18:45:10Z", "event": "Upload"}],
    "files": [{"file_id": "A-1", "hashes": [{"kind": "md5", "value": "5d41402abc4b2a76b9719d911017c592"}]}],
    "text": "Last login from 198.51.100.23 at 2026-01-03 18:40:00 UTC.",
}
_TYPED = frozenset(TEMPLATE)
_KINDS = {"user_id": "esp_account", "handle": "handle", "email": "email", "phone": "phone"}
_ACCOUNT = frozenset((*_KINDS, "platform", "party"))


def claims(file: ReceivedFile) -> bool:
    """True when the head of a JSON letter names this template."""
    return template_of(file) == NAME


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per report that names its provider and number.

    Raises:
        ReaderError: not JSON, nested too deep, or neither an object nor a list.
    """
    warnings: list[ReadWarning] = []
    found = [_lead(entry) for entry in entries(file, NAME, warnings)]
    return Reading(SPEC, tuple(lead for lead in found if lead is not None), tuple(warnings))


def _lead(entry: Entry) -> LeadRecord | None:
    provider, number = squeezed(entry.text("provider")), entry.text("report_id").strip()
    if not provider or not number:
        text = "provider or report_id is not stated: this report was not read"
        entry.warn("", "no_identity", text, mend="Ask the provider for its own number")
        return None
    mined = running_text(entry, "text")
    entry.words("provider", "event")
    other = entry.text("cybertip_number").strip()
    if other:
        entry.kept.fields["also_reported_as"] = f"ncmec {other}"
    entry.keep_time("sent_at")
    event = entry.keep_time("event_time")
    entry.keep_rest(_TYPED)
    named = tuple(_accounts(entry, provider))
    seen, listed = tuple(addresses(entry, "addresses")), tuple(files(entry, "files"))
    entry.kept.close()
    return LeadRecord(
        source_system=f"provider:{provider.casefold()}",
        source_id=number,
        kind="tip",
        title=f"{provider} report {number}",
        incident=event if event.as_received else None,
        observations=seen + mined.observations,
        identifiers=named + mined.identifiers,
        files=listed,
        signals=("provider_direct",),
        fields=entry.kept.fields,
        restricted=entry.kept.restricted,
        locator=entry.pointer or "/",
    )


def _accounts(entry: Entry, provider: str) -> Iterator[IdentifierRecord]:
    for item in entry.objects("accounts"):
        item.keep_rest(_ACCOUNT)
        party = party_of(item)
        platform = squeezed(item.text("platform")) or provider
        stated = [(key, item.text(key).strip()) for key in _KINDS]
        if not any(value for _, value in stated):
            item.warn("", "no_value", "an account that names nothing known: nothing taken from it")
        for key, value in stated:
            if value:
                scope = platform if key in ("user_id", "handle") else ""
                yield IdentifierRecord(_KINDS[key], value, scope, party, item.at(key))
