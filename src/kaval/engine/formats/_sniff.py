"""Which layout a file has, by its own bytes: kind, encoding, separator, header row, sheet, list or element."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from kaval.engine.formats import _delimited, _xlsx, _xlsxbook
from kaval.engine.formats._notes import Notes
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats._tree import JsonWalk, json_events, parse_xml
from kaval.engine.formats._xmlrecords import Bounded, local
from kaval.engine.formats.profile._model import Layout
from kaval.engine.kernel.errors import ReaderError

DELIMITERS = (",", ";", "\t", "|")
_LOOK_ROWS = 60
_LOOK_EVENTS = 20_000
_VALUE = re.compile(
    r"[\d\s.,:/+\-%()]+|[0-9a-fA-F:.]{7,}|[^@\s]+@[^@\s]+\.[^@\s]+|\d{1,4}[-/ ].*\d.*|https?://.*"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def sniff(file: ReceivedFile) -> Layout | None:
    """The layout; None when the file is no table of two or more columns that this can read."""
    head = file.head()
    if head.startswith(b"PK"):
        return _workbook(file)
    encoding = encoding_of(head)
    text = text_of(head, encoding)
    start = text.lstrip()[:1]
    if not start or len(_CONTROL.findall(text)) > len(text) // 200:
        return None
    # The parser finds a byte-order mark and an XML declaration itself.
    if start == "<":
        return _xml(file)
    if start in ("{", "["):
        found = _json(file, encoding)
        if found is not None:
            return found
    return _csv(text, encoding)


def encoding_of(head: bytes) -> str:
    """`utf-16-le`/`-be`, `cp1252`, or empty for UTF-8."""
    named = _delimited.marked(head)[0]
    if named:
        return "" if named == "utf-8" else named
    zeros = head.count(0, 0, 4096)
    if zeros > len(head[:4096]) // 4:
        return "utf-16-le" if head.count(0, 1, 2) or not head.count(0, 0, 1) else "utf-16-be"
    good = bad = 0
    for line in head.splitlines()[:-1] or [head]:
        if not line.isascii():
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                bad += 1
    return "cp1252" if bad > good else ""


def text_of(head: bytes, encoding: str) -> str:
    """The head as text; a letter cut in two at its end is left out."""
    skip = _delimited.marked(head)[1]
    decoder = codecs.getincrementaldecoder(encoding or "utf-8")("replace")
    return decoder.decode(head[skip:])


def header_row(rows: Sequence[tuple[int, Sequence[str]]]) -> int | None:
    """The number of the first row that names most columns of what follows it; None when none does."""
    filled = [sum(1 for cell in cells if cell.strip()) for _, cells in rows]
    for index, (number, cells) in enumerate(rows):
        names = [cell.strip() for cell in cells if cell.strip()]
        widest = max(filled[index:], default=0)
        if len(names) >= 2 and len(names) >= 0.6 * widest and all(_is_name(name) for name in names):
            return number
    return None


def _is_name(text: str) -> bool:
    return len(text) <= 120 and _VALUE.fullmatch(text) is None and any(letter.isalpha() for letter in text)


def _csv(text: str, encoding: str) -> Layout | None:
    lines = text.splitlines(keepends=True)
    if len(lines) > 1 and len(text) > 60_000:
        lines = lines[:-1]  # the last line of the head may be cut
    best: tuple[tuple[float, int], str, int] | None = None
    for delimiter in DELIMITERS:
        rows = list(_look(lines, delimiter))
        widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * min(item[0], 8), item[0]))
        number = header_row([row for row in rows if len(row[1]) == width])
        if number is not None:
            score = (count * min(width, 8) / max(len(rows), 1), width)
            if best is None or score > best[0]:
                best = (score, delimiter, number)
    return None if best is None else Layout("csv", best[1], encoding, header_row=best[2])


def _look(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(iter(lines), delimiter=delimiter)
    for number in range(1, _LOOK_ROWS + 1):
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        if any(cell.strip() for cell in cells):
            yield number, cells


def _workbook(file: ReceivedFile) -> Layout | None:
    try:
        with file.open() as stream:
            if not _xlsxbook.is_workbook(stream):
                # A broken workbook still says what it is, so that its reader can say what is wrong.
                return Layout("xlsx") if file.base_name.lower().endswith((".xlsx", ".xlsm")) else None
            stream.seek(0)
            book = _xlsxbook.open_book(file, stream)
            seen = [sheet for sheet in book.sheets if not sheet.hidden] or list(book.sheets)
            for sheet in seen[:20]:
                rows = [
                    (number, [texts.get(column, "") for column in range(1, max(texts, default=0) + 1)])
                    for number, texts in islice(_xlsx.sheet_rows(book, sheet, Notes([])), _LOOK_ROWS)
                ]
                number = header_row(rows)
                if number is not None:
                    return Layout("xlsx", sheet="" if sheet is seen[0] else sheet.name, header_row=number)
    except ReaderError:
        # What is wrong with it is said when its rows are asked for.
        return Layout("xlsx")
    return None


def _json(file: ReceivedFile, encoding: str) -> Layout | None:
    """The list of objects with the most objects near the start, the outer one first; else the object itself."""
    walk = JsonWalk(("",) * 99)
    lists: Counter[tuple[str, ...]] = Counter()
    values: Counter[tuple[str, ...]] = Counter()
    objects = own = 0
    try:
        for event, value in islice(json_events(file, encoding), _LOOK_EVENTS):
            walk.take(event, value)
            names = _list_names(walk.path[:-1])
            if event == "start_map":
                objects += 1
                if names is not None:
                    lists[names] += 1
            elif not event.startswith(("end_", "map_", "start_")):
                own += len(walk.path) == 1
                if names is not None:
                    values[names] += 1
    except ReaderError:
        pass  # a broken end is said when the rows are asked for
    if not objects:
        return None
    found = max(lists, key=lambda path: (lists[path], -len(path)), default=())
    if found and own > values[found] / lists[found]:
        found = ()  # an object that says more of itself than its list does is the record
    pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in found)
    return Layout("json", encoding=encoding, records=pointer)


def _list_names(path: list[str | int | None]) -> tuple[str, ...] | None:
    """The pointer of the list a path stands directly in; None when it stands in none, or in a list in a list."""
    if not path or not isinstance(path[-1], int) or any(isinstance(step, int) for step in path[:-1]):
        return None
    return tuple(map(str, path[:-1]))


class _Shape(Bounded):
    """Counts the paths that hold anything, by local names."""

    def __init__(self, file_name: str) -> None:
        super().__init__(file_name)
        self.open: list[str] = []
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.holding: Counter[tuple[str, ...]] = Counter()
        self.total = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        super().start(tag, attributes)
        above = tuple(self.open)
        self.open.append(local(tag))
        path = tuple(self.open)
        self.total += 1
        self.counts[path] += 1
        if above:
            self.holding[above] += 1
        if attributes:
            self.holding[path] += 1

    def end(self, tag: str) -> None:
        super().end(tag)
        self.open.pop()


def _xml(file: ReceivedFile) -> Layout | None:
    shape = _Shape(file.name)
    try:
        for _ in parse_xml(file, shape):
            if shape.total > _LOOK_EVENTS:
                break
    except ReaderError:
        pass  # said when the rows are asked for
    if not shape.counts:
        return None
    root = next(iter(shape.counts))
    if root[0].casefold() == "html":
        return None
    children = [path for path in shape.counts if len(path) == 2]
    if len(children) == 1 and shape.holding[children[0]]:
        return Layout("xml", records=children[0][1])
    repeated = [
        path for path in shape.counts if len(path) > 1 and shape.counts[path] > 1 and shape.holding[path]
    ]
    if repeated:
        return Layout("xml", records=min(repeated, key=lambda path: (len(path), -shape.counts[path]))[-1])
    return Layout("xml", records=root[0]) if shape.holding[root] else None
