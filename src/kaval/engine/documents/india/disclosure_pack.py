"""The disclosure pack on the lead source, whole: for the unit and the court only (A-65).

Tool, version, operator, export digest, every hand it went through, what a hash match is, who viewed, by which profile
it was read, and all sealed files with three digests, so that the defence can check. Source: law_and_procedure.md 3.4.
"""

from __future__ import annotations

from kaval.engine.documents._law import LawTable
from kaval.engine.documents._spec import Document, DocumentSpec, Label
from kaval.engine.documents.india._disclosure import NEEDS, disclosure
from kaval.engine.rules.court.disclosure_facts import DisclosureFacts


def build(facts: DisclosureFacts, law: LawTable) -> Document:
    """The whole pack."""
    return disclosure(facts, law, spec=SPEC, redacted=False)


SPEC = DocumentSpec(
    id="in.disclosure_pack",
    title=Label("Disclosure pack on the lead source", "ലീഡ് ഉറവിടത്തെക്കുറിച്ചുള്ള വെളിപ്പെടുത്തൽ"),
    jurisdiction="IN",
    facts_type=DisclosureFacts,
    needs=NEEDS,
    cites=("bsa-63-4",),
    build=build,
)
