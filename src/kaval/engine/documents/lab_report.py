"""The summary of an examination on paper: what was examined, with which lists, what was found, and what was not read.

Counts, digests, places and reasons only; no content, and no sentence about anybody. Long tables are cut after a stated
number of rows and say so: the whole is in the tables beside this paper. Every row names the file of the result it comes
from by its SHA-256. It cites no law: it is an enclosure of other papers, not one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kaval.engine.documents._gaps import facts_digest
from kaval.engine.documents._spec import (
    Column,
    ColumnKind,
    Document,
    Field,
    FieldList,
    Label,
    Part,
    Row,
    Section,
    Statement,
    Table,
    Value,
)
from kaval.engine.documents.lab_report_words import (
    FOUND,
    NO,
    NOTHING,
    STATES,
    YES,
    Line,
    cell,
    match_words,
    number,
    reasons_of,
)
from kaval.engine.kernel.instant import ist_text
from kaval.engine.kernel.reference import SourceRef

SHOWN = 40
_CODE, _NUMBER, _TEXT = ColumnKind.CODE, ColumnKind.NUMBER, ColumnKind.TEXT


@dataclass(frozen=True, slots=True)
class LabReportFacts:
    """What the paper says. `summary` is the content of `summary.json`; `digests` the SHA-256 of each file by name.

    `known` and `order` are the first lines of theirs, `known_total` and `order_total` how many there are. `facts` None:
    the examination was not concluded, and the paper says so.
    """

    number: str
    unit: str
    unit_ml: str
    prepared_at: datetime
    examined_at: datetime
    training: bool
    summary: Line
    digests: Mapping[str, str]
    known: Sequence[Line]
    known_total: int
    order: Sequence[Line]
    order_total: int
    indicators: Sequence[Line]
    facts: Any


def build(facts: LabReportFacts) -> Document:
    """The paper as a value."""
    paper = _Paper(facts)
    return Document(
        spec_id="lab_report",
        title=Label("Summary of an examination", "പരിശോധനയുടെ സംഗ്രഹം"),
        number=facts.number,
        unit=Label(facts.unit, facts.unit_ml),
        jurisdiction="IN",
        prepared_at=facts.prepared_at,
        training=facts.training,
        sections=tuple(paper.sections()),
        gaps=(),
        law=(),
        facts_digest=facts_digest([facts.number, json.dumps(dict(facts.digests), sort_keys=True)]),
    )


class _Paper:
    """Sections in printing order; each knows the file of the result it rests on."""

    def __init__(self, facts: LabReportFacts) -> None:
        self._facts = facts
        self._summary = facts.summary

    def _source(self, name: str, locator: str = "") -> SourceRef:
        return SourceRef(self._facts.digests.get(name, "0" * 64), locator or name)

    def sections(self) -> Iterator[Section]:
        """All sections."""
        yield Section(Label("Examination", "പരിശോധന"), (self._head(),))
        yield Section(Label("Sources", "ഉറവിടങ്ങൾ"), (self._sources(),))
        yield Section(Label("Hash sets compared with", "ഒത്തുനോക്കിയ ഹാഷ് പട്ടികകൾ"), (self._lists(),))
        yield Section(Label("Counts", "എണ്ണം"), (self._counts(), self._categories()))
        yield Section(
            Label("Files equal or like an entry of a list", "പട്ടികയിലുള്ള ഫയലുകൾ"), tuple(self._known())
        )
        yield from self._concluded()
        yield Section(Label("Not read, or not as it should be", "വായിക്കാനാവാത്തവ"), (self._warnings(),))

    def _field(self, en: str, ml: str, value: Value | None) -> Field:
        return Field(Label(en, ml), value, (self._source("summary.json"),))

    def _head(self) -> FieldList:
        summary = self._summary
        complete = YES if summary.get("complete") else NO
        return FieldList(
            (
                self._field("Tool", "ഉപകരണം", str(summary.get("tool")) or None),
                self._field("Examined", "പരിശോധിച്ചത്", ist_text(self._facts.examined_at)),
                self._field("Every source examined", "എല്ലാ ഉറവിടങ്ങളും പരിശോധിച്ചു", complete),
                self._field("Digest of the inputs", "ഇൻപുട്ടുകളുടെ ഡൈജസ്റ്റ്", str(summary.get("inputs_digest"))),
                self._field("Findings, SHA-256", "കണ്ടെത്തലുകൾ, SHA-256", summary.get("findings_sha256")),
            )
        )

    def _table(
        self, columns: Iterable[tuple[str, str, float, ColumnKind]], rows: Iterable[Row], *, empty: Statement
    ) -> Table:
        return Table(
            tuple(Column(Label(en, ml), weight, kind) for en, ml, weight, kind in columns), tuple(rows), empty
        )

    def _say(self, en: str, ml: str, name: str = "summary.json") -> Statement:
        return Statement(en, ml, (self._source(name),))

    def _sources(self) -> Table:
        ref = (self._source("summary.json", "/sources"),)
        columns = (
            ("Source", "ഉറവിടം", 2.0, _TEXT),
            ("Kind", "ഇനം", 0.8, _TEXT),
            ("Bytes", "ബൈറ്റ്", 1.2, _NUMBER),
            ("SHA-256", "SHA-256", 3.2, _CODE),
            ("Examined", "പരിശോധിച്ചു", 1.2, _TEXT),
        )
        rows = (
            Row(
                (
                    cell(one.get("name")),
                    cell(one.get("kind")),
                    number(one.get("size")),
                    cell(one.get("sha256") or one.get("manifest_sha256")),
                    YES
                    if one.get("examined")
                    else Label(f"no: {one.get('refused')}", f"ഇല്ല: {one.get('refused')}"),
                ),
                ref,
            )
            for one in self._summary["sources"]
        )
        return self._table(columns, rows, empty=self._say("No source.", "ഉറവിടമില്ല."))

    def _lists(self) -> Table:
        ref = (self._source("summary.json", "/hashsets"),)
        columns = (
            ("List", "പട്ടിക", 1.6, _TEXT),
            ("Version", "പതിപ്പ്", 3.0, _CODE),
            ("Format", "രൂപം", 1.0, _TEXT),
            ("Entries", "രേഖകൾ", 1.0, _NUMBER),
        )
        rows = (
            Row(
                (
                    cell(one.get("set")),
                    cell(one.get("version")),
                    cell(one.get("format")),
                    number(one.get("rows")),
                ),
                ref,
            )
            for one in self._summary["hashsets"]
        )
        return self._table(columns, rows, empty=self._say("No list was given.", "പട്ടികയൊന്നും നൽകിയിട്ടില്ല."))

    def _counts(self) -> FieldList:
        counts = self._summary["counts"]
        fields = [
            self._field("Files", "ഫയലുകൾ", number(counts.get("files"))),
            self._field("Bytes read", "വായിച്ച ബൈറ്റുകൾ", number(counts.get("bytes"))),
            self._field("Files in a list", "പട്ടികയിലുള്ള ഫയലുകൾ", number(counts.get("matched_files"))),
            self._field(
                "Different contents among them",
                "അവയിലെ വ്യത്യസ്ത ഉള്ളടക്കങ്ങൾ",
                number(counts.get("matched_digests")),
            ),
        ]
        if counts.get("near_only_files"):
            fields.append(
                self._field("Files like an entry only", "സാമ്യം മാത്രമുള്ളവ", number(counts["near_only_files"]))
            )
        for state, found in counts.get("by_state", {}).items():
            name = STATES.get(state, Label(state, state))
            fields.append(self._field(f"Files {name.en}", f"ഫയലുകൾ: {name.ml}", number(found)))
        return FieldList(tuple(fields))

    def _categories(self) -> Table:
        ref = (self._source("summary.json", "/counts/by_code"),)
        columns = (
            ("List", "പട്ടിക", 1.6, _TEXT),
            ("Scheme", "വർഗ്ഗീകരണം", 1.6, _TEXT),
            ("Code", "കോഡ്", 1.0, _TEXT),
            ("Files", "ഫയലുകൾ", 1.0, _NUMBER),
        )
        none = Label("no verdict", "തീരുമാനമില്ല")
        rows = (
            Row(
                (
                    cell(one.get("set")),
                    cell(f"{one.get('scheme') or '–'} {one.get('scheme_version') or ''}".strip()),
                    cell(one.get("code")) or none,
                    number(one.get("files")),
                ),
                ref,
            )
            for one in self._summary["counts"].get("by_code", ())
        )
        return self._table(columns, rows, empty=self._say("No file is in a list.", "ഒരു ഫയലും പട്ടികയിലില്ല."))

    def _known(self) -> Iterator[Part]:
        ref = (self._source("findings.jsonl"),)
        columns = (
            ("Path", "സ്ഥാനം", 2.6, _CODE),
            ("State", "അവസ്ഥ", 0.9, _TEXT),
            ("SHA-256", "SHA-256", 2.2, _CODE),
            ("Lists", "പട്ടികകൾ", 2.4, _CODE),
        )
        rows = (
            Row(
                (
                    cell(f"{one.get('source')}: {one.get('path')}"),
                    STATES.get(str(one.get("state")), cell(one.get("state"))),
                    cell(one.get("sha256")),
                    cell("; ".join(match_words(match) for match in one.get("matches", ()))),
                ),
                ref,
            )
            for one in self._facts.known
        )
        yield self._table(columns, rows, empty=self._say("None.", "ഒന്നുമില്ല.", "findings.jsonl"))
        yield from self._rest(len(self._facts.known), self._facts.known_total, "findings.jsonl")

    def _rest(self, shown: int, total: int, name: str) -> Iterator[Statement]:
        if total > shown:
            yield self._say(
                f"The first {shown} of {total} are printed; all of them are in the tables beside this paper.",
                f"{total} എണ്ണത്തിൽ ആദ്യത്തെ {shown} മാത്രം അച്ചടിച്ചിരിക്കുന്നു; മുഴുവനും ഒപ്പമുള്ള പട്ടികകളിലുണ്ട്.",
                name,
            )

    def _concluded(self) -> Iterator[Section]:
        if self._facts.facts is None:
            said = self._say(
                "The examination was not concluded: no order, facts or indicators.",
                "പരിശോധന പൂർത്തിയാക്കിയിട്ടില്ല: ക്രമമോ വസ്തുതകളോ സൂചനകളോ ഇല്ല.",
            )
            yield Section(Label("Order, facts, indicators", "ക്രമം, വസ്തുതകൾ, സൂചനകൾ"), (said,))
            return
        yield Section(Label("What a person should look at first", "ആദ്യം പരിശോധിക്കേണ്ടവ"), tuple(self._order()))
        yield Section(
            Label("Facts for the examination record", "പരിശോധനാ രേഖയ്ക്കുള്ള വസ്തുതകൾ"),
            (self._facts_table(), self._tests()),
        )
        yield Section(Label("Indicators (never proof)", "സൂചനകൾ (തെളിവല്ല)"), (self._indicators(),))

    def _order(self) -> Iterator[Part]:
        columns = (
            ("No.", "നം.", 0.5, _NUMBER),
            ("Path", "സ്ഥാനം", 2.6, _CODE),
            ("Reasons", "കാരണങ്ങൾ", 4.2, _TEXT),
        )
        ref = (self._source("order.jsonl"),)
        rows = (
            Row(
                (
                    str(rank),
                    cell(f"{one.get('source')}: {one.get('path') or 'the whole device'}"),
                    reasons_of(one),
                ),
                ref,
            )
            for rank, one in enumerate(self._facts.order, start=1)
        )
        yield self._table(columns, rows, empty=self._say("Nothing.", "ഒന്നുമില്ല.", "order.jsonl"))
        yield from self._rest(len(self._facts.order), self._facts.order_total, "order.jsonl")

    def _facts_table(self) -> Table:
        ref = (self._source("facts.json"),)
        columns = (
            ("Device", "ഉപകരണം", 1.2, _TEXT),
            ("Fact", "വസ്തുത", 1.3, _TEXT),
            ("Found", "കണ്ടത്", 0.8, _TEXT),
            ("Why", "എന്തുകൊണ്ട്", 3.4, _TEXT),
        )
        rows = (
            Row(
                (
                    cell(device["source"]),
                    cell(str(fact["fact"]).replace("_", " ")),
                    FOUND.get(fact["value"], cell(fact["value"])),
                    reasons_of(fact),
                ),
                ref,
            )
            for device in self._facts.facts["devices"]
            for fact in device["facts"]
        )
        return self._table(columns, rows, empty=self._say("None.", "ഒന്നുമില്ല.", "facts.json"))

    def _tests(self) -> Table:
        ref = (self._source("facts.json"),)
        columns = (
            ("Device", "ഉപകരണം", 1.2, _TEXT),
            ("Test", "വ്യവസ്ഥ", 1.3, _TEXT),
            ("Lacks", "ഇനിയും വേണ്ടത്", 4.2, _TEXT),
        )
        rows = (
            Row(
                (
                    cell(device["source"]),
                    cell(one["test"]),
                    cell([str(name).replace("_", " ") for name in one["lacking"]]) or NOTHING,
                ),
                ref,
            )
            for device in self._facts.facts["devices"]
            for one in device.get("tests", ())
        )
        return self._table(columns, rows, empty=self._say("None.", "ഒന്നുമില്ല.", "facts.json"))

    def _indicators(self) -> Table:
        ref = (self._source("indicators.jsonl"),)
        columns = (
            ("Artefact", "അടയാളം", 1.6, _CODE),
            ("Time", "സമയം", 1.2, _TEXT),
            ("Sign of", "സൂചന", 1.6, _TEXT),
            ("Strength", "ബലം", 0.8, _TEXT),
            ("Innocent explanations", "നിർദ്ദോഷ വിശദീകരണങ്ങൾ", 2.4, _TEXT),
        )
        rows = (
            Row(
                (
                    cell(one.get("path") or one.get("artefact")),
                    cell(one.get("at") or one.get("time")),
                    cell(one.get("program") or one.get("action") or one.get("kind")),
                    cell(one.get("strength")),
                    cell(one.get("innocent") or one.get("innocent_explanations")),
                ),
                ref,
            )
            for one in self._facts.indicators
        )
        return self._table(columns, rows, empty=self._say("None found.", "ഒന്നും കണ്ടില്ല.", "indicators.jsonl"))

    def _warnings(self) -> Table:
        ref = (self._source("warnings.jsonl"),)
        columns = (("Code", "കോഡ്", 2.0, _TEXT), ("Number", "എണ്ണം", 1.0, _NUMBER))
        counted = self._summary["counts"]
        rows = (
            Row((cell(code), number(found)), ref)
            for code, found in {**counted.get("warnings", {}), **counted.get("notes", {})}.items()
        )
        return self._table(columns, rows, empty=self._say("Nothing.", "ഒന്നുമില്ല.", "warnings.jsonl"))
