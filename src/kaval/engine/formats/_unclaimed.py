"""Why no reader knows a file, as far as its bytes tell: an officer can do something about each of these."""

from __future__ import annotations

from kaval.engine.formats import _delimited, _table, _xlsxbook
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.kernel.errors import ReaderError

_LOOK = 4096
_FEWEST_COLUMNS = 3
_SUGGEST = "Run `kaval profile suggest` on the file and let a person confirm what it proposes"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def why(file: ReceivedFile) -> tuple[str, str] | None:
    """What the file seems to be, and what to do about it; None when nothing can be said."""
    head = file.head(_LOOK)
    if not head:
        return "it is empty", "Ask the sender for it again"
    if head.startswith(_OLD_OFFICE):
        said = "it is an old or password-protected Office file"
        return said, "Ask for XLSX or CSV, or have it saved so on an isolated machine"
    if head.startswith(b"PK"):
        return _workbook(file)
    marked, _ = _delimited.marked(head)
    if not marked and head.count(0) * 3 > len(head) and head[:64].replace(b"\0", b"").isascii():
        text = "it looks like text in an encoding of two or four bytes without its mark"
        if head[:2].strip(b"\0").isalnum() or head[:2].strip(b"\0") in (b"{", b"[", b"<", b'"'):
            return text, "Ask the sender for a UTF-8 export"
    return _table_of(file)


def _workbook(file: ReceivedFile) -> tuple[str, str] | None:
    try:
        with file.open() as stream:
            if not (file.base_name.lower().endswith((".xlsx", ".xlsm")) or _xlsxbook.is_workbook(stream)):
                return None
        with file.open() as stream:
            _xlsxbook.open_book(file, stream)
    except ReaderError as problem:
        return problem.problem, problem.mend
    return _table_of(file) or ("it is a workbook without a table that can be read", "Ask for the list as CSV")


def _table_of(file: ReceivedFile) -> tuple[str, str] | None:
    try:
        layout = _table.sniff(file)
        names = _table.header_of(file, layout) if layout is not None else ()
    except ReaderError as problem:
        return problem.problem, problem.mend
    if len(names) < _FEWEST_COLUMNS:
        return None
    return f"it is a table of {len(names)} columns for which there is no confirmed profile", _SUGGEST
