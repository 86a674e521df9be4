"""The disclosure pack on the lead source without anything that could lead to a person: the form that may go out.

The same facts as the whole pack; what is withheld is listed with the reason (A-65). Source: law_and_procedure.md 3.4.
"""

from __future__ import annotations

from kaval.engine.documents._law import LawTable
from kaval.engine.documents._spec import Document, DocumentSpec, Label
from kaval.engine.documents.india._disclosure import NEEDS, disclosure
from kaval.engine.rules.court.disclosure_facts import DisclosureFacts


def build(facts: DisclosureFacts, law: LawTable) -> Document:
    """The redacted pack."""
    return disclosure(facts, law, spec=SPEC, redacted=True)


SPEC = DocumentSpec(
    id="in.disclosure_pack_redacted",
    title=Label(
        "Disclosure pack on the lead source (redacted)", "ലീഡ് ഉറവിടത്തെക്കുറിച്ചുള്ള വെളിപ്പെടുത്തൽ (മറച്ച രൂപം)"
    ),
    jurisdiction="IN",
    facts_type=DisclosureFacts,
    needs=NEEDS,
    cites=("bsa-63-4",),
    build=build,
)
