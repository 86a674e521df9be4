"""A reminder of a request not answered, or not in full: which rows, since when, how often the provider was reminded.

Records are deleted after their time of retention; a reminder therefore asks that they be kept (law_and_procedure.md
3.1, A-20).
"""

from __future__ import annotations

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._law import LawTable
from kaval.engine.documents._spec import (
    Column,
    ColumnKind,
    Document,
    DocumentSpec,
    FieldList,
    Label,
    Need,
    Row,
    Section,
    Table,
)
from kaval.engine.documents._wording import ist
from kaval.engine.documents.india._asked import answer_section, numbered, order_fields
from kaval.engine.documents.india._sections import officer_name, signing
from kaval.engine.documents.india._sheet_words import span
from kaval.engine.rules.court.asking_facts import ReminderFacts

_ASKED = (
    (
        "Answer the open rows, or say for each by its reference why you cannot.",
        "ശേഷിക്കുന്ന വരികൾക്ക് മറുപടി നൽകുക; സാധിക്കില്ലെങ്കിൽ ഓരോന്നിനും അവലംബം സഹിതം കാരണം പറയുക.",
    ),
    (
        "Keep the records of these rows until the answer is complete, also past your usual time of retention.",
        "മറുപടി പൂർണമാകുന്നതു വരെ, പതിവ് സൂക്ഷിപ്പുകാലം കഴിഞ്ഞാലും, ഈ വരികളുടെ രേഖകൾ സൂക്ഷിക്കുക.",
    ),
    (
        "If you have answered already, say when and by which way.",
        "മറുപടി നൽകിക്കഴിഞ്ഞെങ്കിൽ എപ്പോൾ, ഏത് വഴി എന്ന് പറയുക.",
    ),
)


def build(facts: ReminderFacts, law: LawTable) -> Document:
    """The reminder, with the references of the open rows in the order given."""
    frame = Frame(facts.head, law, source=facts.source)
    sections = (
        _reminder(frame, facts),
        _open(frame, facts),
        Section(Label("What is asked", "ആവശ്യപ്പെടുന്നത്"), tuple(numbered(frame, _ASKED))),
        answer_section(frame, answer_by=facts.answer_by, channel=facts.answer_channel),
        signing((Label("Officer who signs", "ഒപ്പിടുന്ന ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ"), officer_name(facts.signatory))),
    )
    return frame.close(SPEC, facts, sections)


def _reminder(frame: Frame, facts: ReminderFacts) -> Section:
    late = facts.head.prepared_at - facts.answer_by
    length = span(late)
    overdue = late.total_seconds() > 0
    opening = frame.say(
        f"Reminder {facts.reminder}: the order {facts.request} of {ist(facts.sent_at)} is not answered in full. Its "
        f"answer {'is overdue by' if overdue else 'is due in'} {length.en}.",
        f"ഓർമ്മപ്പെടുത്തൽ {facts.reminder}: {ist(facts.sent_at)}-ലെ {facts.request} എന്ന ഉത്തരവിന് പൂർണ മറുപടി ലഭിച്ചിട്ടില്ല. "
        f"{f'സമയപരിധി കഴിഞ്ഞിട്ട് {length.ml} ആയി' if overdue else f'സമയപരിധി തീരാൻ {length.ml}'}.",
        law=("bnss-94",),
    )
    fields = (
        *order_fields(
            frame,
            facts.head,
            to=facts.provider,
            office=facts.provider_office,
            basis=facts.basis,
            authority=facts.request,
            signatory=facts.signatory,
        ),
        frame.field("Rows asked", "ചോദിച്ച വരികൾ", str(facts.rows)),
        frame.field("Rows without an answer", "മറുപടിയില്ലാത്ത വരികൾ", str(len(facts.open_rows))),
    )
    return Section(Label("Reminder", "ഓർമ്മപ്പെടുത്തൽ"), (opening, FieldList(fields)))


def _open(frame: Frame, facts: ReminderFacts) -> Section:
    columns = (
        Column(Label("No.", "നമ്പർ"), 0.6, ColumnKind.NUMBER),
        Column(Label("Reference of the row", "വരിയുടെ അവലംബം"), 4, ColumnKind.CODE),
    )
    rows = tuple(
        Row((str(number), reference), (facts.source,))
        for number, reference in enumerate(facts.open_rows, start=1)
    )
    empty = frame.say(
        "Every row has an answer; what is missing is said above.",
        "എല്ലാ വരികൾക്കും മറുപടിയുണ്ട്; ഇല്ലാത്തത് മുകളിൽ പറയുന്നു.",
    )
    return Section(Label("Rows without an answer", "മറുപടിയില്ലാത്ത വരികൾ"), (Table(columns, rows, empty),))


SPEC = DocumentSpec(
    id="in.request_reminder",
    title=Label("Reminder of a request", "അപേക്ഷയെക്കുറിച്ചുള്ള ഓർമ്മപ്പെടുത്തൽ"),
    jurisdiction="IN",
    facts_type=ReminderFacts,
    needs=(
        Need("provider_office", Label("office of the provider", "സേവനദാതാവിന്റെ ഓഫീസ്")),
        Need("signatory", Label("officer who signs", "ഒപ്പിടുന്ന ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ")),
        Need("answer_channel", Label("channel of answer", "മറുപടിയുടെ മാർഗ്ഗം")),
    ),
    cites=("bnss-94",),
    build=build,
)
