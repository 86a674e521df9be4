"""A lead that field work itself gives, as JSON of the unit's own template: somebody seen again, or a new site.

One object or a list of them; one lead per entry, with the identity `field` and the lead's own number. Keys of
`field_lead/1`, all but the first three optional:

    template        "field_lead/1", near the start
    lead_id         the unit's own number of this lead
    kind            "recidivism" (a person of an earlier operation is active again) or "spill_over" (work at one site
                    led to another person or place)
    from_operation, from_site    internal references of the operation and site it came from, no names or addresses
    noticed_at      when it was noticed, ISO 8601 with offset           (no time of the event)
    noticed_by      the number of the officer who noticed it
    identifiers     identifiers    } see `_letter_parts`: kind, platform, value; ip, port, time, event; hashes
    addresses       addresses seen }
    files           files named    }
    reason          why this is a lead; restricted; what it names is `mentioned`

The kind is the one signal. An officer's own link is a lead and no finding: nobody is a suspect by it. Keys the
template does not know are kept.

Versions tried: field_lead/1.
Not supported: attachments; more than one kind in one entry.
Sources: the build's own template; formats.md section 0.
"""

from __future__ import annotations

from kaval.engine.formats._spec import FormatSpec, LeadRecord, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.intake._letter import Entry, entries, template_of
from kaval.engine.formats.intake._letter_parts import addresses, files, identifiers, running_text

SPEC = FormatSpec(
    name="field_lead_json",
    version="1",
    kind="intake",
    title="Recidivism or spill-over lead from the field (JSON)",
)
BEGINS = frozenset((b"{", b"["))

NAME = "field_lead"
KINDS = {"recidivism": "Recidivism", "spill_over": "Spill-over"}
TEMPLATE = {
    "template": "field_lead/1",
    "lead_id": "FL-2026-0003",
    "kind": "spill_over",
    "from_operation": "OP-26-01",
    "from_site": "OP-26-01/S-014",
    "noticed_at": "2026-01-18T07:40:00+05:30",
    "noticed_by": "KL-40712",
    "identifiers": [
        {"kind": "handle", "platform": "Example Chat", "value": "green_leaf_7", "party": "reported"}
    ],
    "addresses": [
        {"ip": "203.0.113.21", "port": 40001, "time": "2026-01-17T21:10:05+05:30", "event": "Login"}
    ],
    "files": [{"file_id": "X1", "hashes": [{"kind": "sha256", "value": "3c" * 32}], "viewed": False}],
    "reason": "The account was open in the group list of a device examined at the site.",
}
_TYPED = frozenset(TEMPLATE)


def claims(file: ReceivedFile) -> bool:
    """True when the head of a JSON letter names this template."""
    return template_of(file) == NAME


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per entry that has a number and a known kind.

    Raises:
        ReaderError: not JSON, nested too deep, or neither an object nor a list.
    """
    warnings: list[ReadWarning] = []
    found = [_lead(entry) for entry in entries(file, NAME, warnings)]
    return Reading(SPEC, tuple(lead for lead in found if lead is not None), tuple(warnings))


def _lead(entry: Entry) -> LeadRecord | None:
    number, kind = entry.text("lead_id").strip(), entry.text("kind").strip().lower()
    if not number:
        entry.warn("lead_id", "no_identity", "no lead_id: this entry was not read", mend="Give it a number")
        return None
    if kind not in KINDS:
        text = f"{kind!r} is neither of {', '.join(KINDS)}: this entry was not read"
        entry.warn("kind", "kind_unknown", text, mend="Ask the officer which of the two it is")
        return None
    mined = running_text(entry, "reason")
    entry.words("from_operation", "from_site", "noticed_by")
    entry.keep_time("noticed_at")
    entry.keep_rest(_TYPED)
    named, seen = tuple(identifiers(entry, "identifiers")), tuple(addresses(entry, "addresses"))
    listed = tuple(files(entry, "files"))
    entry.kept.close()
    return LeadRecord(
        source_system="field",
        source_id=number,
        kind=kind,
        title=f"{KINDS[kind]} {number}",
        incident=None,
        observations=seen + mined.observations,
        identifiers=named + mined.identifiers,
        files=listed,
        signals=(kind,),
        fields=entry.kept.fields,
        restricted=entry.kept.restricted,
        locator=entry.pointer or "/",
    )
