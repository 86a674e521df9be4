"""A reviewer's term list from a CSV file of the unit: Kaval ships none.

First line `# list=NAME version=V role=ROLE reviewed_by=NAME` (values without spaces), then the columns
`term_id,term,match`; `match` is `word` (also when empty), `starts` or `part`. UTF-8.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.examination.terms import MATCHES, WORD, Term, TermList, folded
from kaval.lab.sources.entry import readable

_MOST_BYTES = 16 << 20
_HEAD = ("list", "version", "role", "reviewed_by")


def read_terms(path: Path) -> TermList:
    """The list in a file.

    Raises:
        ReaderError: not readable, no head line, a column is missing, a term is empty, an id comes twice.
    """
    shown = readable(path.name.encode("utf-8", "surrogateescape"))
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise ReaderError(
            error.strerror or str(error), file=shown, mend="Check the path of the list"
        ) from error
    except UnicodeDecodeError as error:
        raise ReaderError("not UTF-8", file=shown, mend="Save the list as UTF-8") from error
    if len(content) > _MOST_BYTES:
        raise ReaderError("larger than 16 MiB", file=shown, mend="A term list is a few thousand lines")
    first, _, rest = text.partition("\n")
    head = _head(first, shown)
    return TermList(
        head["list"], head["version"], head["role"], head["reviewed_by"], tuple(_terms(rest, shown))
    )


def _head(line: str, file: str) -> dict[str, str]:
    said = dict(part.split("=", 1) for part in line.lstrip("# \t").split() if "=" in part)
    if (
        not line.startswith("#")
        or not said.get("list")
        or not said.get("version")
        or not said.get("reviewed_by")
    ):
        raise ReaderError(
            "the first line does not name the list, its version and who reviewed it",
            file=file,
            place="line 1",
            mend="Begin with:  # list=NAME version=1 role=ROLE reviewed_by=NAME",
        )
    return {key: said.get(key, "") for key in _HEAD}


def _terms(text: str, file: str) -> list[Term]:
    rows = csv.DictReader(io.StringIO(text), strict=True)
    terms: dict[str, Term] = {}
    try:
        for row in rows:
            place = f"line {rows.line_num + 1}"
            term = Term((row.get("term_id") or "").strip(), row.get("term") or "", row.get("match") or WORD)
            fault = _fault(term, terms)
            if fault:
                raise ReaderError(fault, file=file, place=place, mend="Columns: term_id,term,match")
            terms[term.term_id] = term
    except csv.Error as error:
        raise ReaderError(f"not CSV ({error})", file=file, place=f"line {rows.line_num + 1}") from error
    return list(terms.values())


def _fault(term: Term, before: dict[str, Term]) -> str:
    if not term.term_id:
        return "a term without an id"
    if term.term_id in before:
        return f"the id {term.term_id} comes twice"
    if not folded(term.text).strip():
        return f"the term {term.term_id} is empty"
    return "" if term.match in MATCHES else f"{term.match} is none of {', '.join(MATCHES)}"
