"""A request by another agency (INTERPOL, a national bureau, another state) as JSON of the unit's own template.

One object or a list of them; one lead per request, with the identity `agency:<agency in small letters>` and the
agency's own reference. Keys of `agency_request/1`, all but the first three optional:

    template     "agency_request/1", near the start
    agency       the agency's name, always spelt the same: it is a part of the identity
    reference    the agency's own number of the request
    received_at  when the unit received it, ISO 8601 with offset        (no time of the event)
    event_time   when what is reported happened, ISO 8601 with offset
    urgency, legal_basis, country, contact                              text
    reply_by     until when the agency asks for an answer, ISO 8601 with offset
    subjects     identifiers   } see `_letter_parts`: kind, platform, value; ip, port, time, event; hashes
    addresses    addresses seen}
    files        files named   }
    text         free text; restricted; what it names is `mentioned`

Signals: `agency_request`, and `reply_due` when a date for the reply is stated. Keys the template does not know are
kept. `subjects` are who the agency asks about: the party `reported`, unless it says otherwise.

Versions tried: agency_request/1.
Not supported: INTERPOL's own message forms; attachments; scans.
Sources: the build's own template (no outside standard for such a request is public); formats.md section 0.
"""

from __future__ import annotations

from kaval.engine.formats._spec import FormatSpec, LeadRecord, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.intake._letter import Entry, entries, template_of
from kaval.engine.formats.intake._letter_parts import addresses, files, identifiers, running_text, squeezed

SPEC = FormatSpec(
    name="agency_request_json", version="1", kind="intake", title="Request of another agency (JSON)"
)
BEGINS = frozenset((b"{", b"["))

NAME = "agency_request"
TEMPLATE = {
    "template": "agency_request/1",
    "agency": "Example National Bureau",
    "reference": "ENB-2026-0017",
    "received_at": "2026-01-05T10:00:00+05:30",
    "event_time": "2026-01-03T18:45:10Z",
    "urgency": "urgent",
    "legal_basis": "Mutual assistance, letter of 4 January 2026",
    "country": "XX",
    "contact": "desk@bureau.example.org",
    "reply_by": "2026-01-12T17:00:00+05:30",
    "subjects": [
        {"kind": "handle", "platform": "Example Chat", "value": "blue_kite_10001", "party": "reported"}
    ],
    "addresses": [
        {
            "ip": "203.0.113.7",
            "port": 50112,
            "transport": "tcp",
            "time": "2026-01-03T18:45:10Z",
            "event": "Login",
        }
    ],
    "files": [{"file_id": "F1", "hashes": [{"kind": "sha256", "value": "9f" * 32}], "viewed": None}],
    "text": "Please identify the holder of the account.",
}
_TYPED = frozenset(TEMPLATE)


def claims(file: ReceivedFile) -> bool:
    """True when the head of a JSON letter names this template."""
    return template_of(file) == NAME


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per request that names its agency and reference.

    Raises:
        ReaderError: not JSON, nested too deep, or neither an object nor a list.
    """
    warnings: list[ReadWarning] = []
    found = [_lead(entry) for entry in entries(file, NAME, warnings)]
    return Reading(SPEC, tuple(lead for lead in found if lead is not None), tuple(warnings))


def _lead(entry: Entry) -> LeadRecord | None:
    agency, reference = squeezed(entry.text("agency")), entry.text("reference").strip()
    if not agency or not reference:
        text = "agency or reference is not stated: this request was not read"
        entry.warn("", "no_identity", text, mend="Ask the agency for its own reference")
        return None
    mined = running_text(entry, "text")
    entry.words("agency", "urgency", "legal_basis", "country", "contact")
    entry.keep_time("received_at")
    reply_by = entry.keep_time("reply_by")
    event = entry.keep_time("event_time")
    entry.keep_rest(_TYPED)
    subjects, seen = tuple(identifiers(entry, "subjects")), tuple(addresses(entry, "addresses"))
    named = tuple(files(entry, "files"))
    entry.kept.close()
    return LeadRecord(
        source_system=f"agency:{agency.casefold()}",
        source_id=reference,
        kind="request",
        title=f"Request {reference} of {agency}",
        incident=event if event.as_received else None,
        observations=seen + mined.observations,
        identifiers=subjects + mined.identifiers,
        files=named,
        signals=("agency_request", "reply_due") if reply_by.as_received else ("agency_request",),
        fields=entry.kept.fields,
        restricted=entry.kept.restricted,
        locator=entry.pointer or "/",
    )
