"""The repeated elements of an XML file as rows: children and attributes become columns, without a tree.

Names are local names; `a/b` is a child's child, `a/@x` its attribute, `a[2]` the second child of one name, `.` the
record's own text. An element with `xsi:nil` is NULL. The place of a record is its path, `/leads/lead[4]`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from functools import lru_cache

from kaval.engine.formats._notes import Notes
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats._tree import MAX_DEPTH, MAX_NAMES, NULL, DoctypeMet, Record, parse_xml
from kaval.engine.kernel.errors import ReaderError

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


@lru_cache(maxsize=8192)
def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


class Bounded:
    """A target that only holds the bounds: depth, number of names, no DOCTYPE."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self.depth = 0
        self._names: set[str] = set()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self._names.add(tag)
        if self.depth > MAX_DEPTH or len(self._names) > MAX_NAMES:
            raise ReaderError(
                f"nested more than {MAX_DEPTH} deep, or more than {MAX_NAMES} different names",
                file=self.file_name,
                mend="No export is like this: ask the sender what it is",
            )

    def end(self, tag: str) -> None:
        self.depth -= 1

    def data(self, text: str) -> None:
        pass

    def doctype(self, *_: object) -> None:
        raise DoctypeMet

    def close(self) -> None:
        pass


class _Level:
    """An open element: its step in the path, the children counted, its own text, whether it holds anything else."""

    __slots__ = ("children", "leaf", "nil", "step", "text")

    def __init__(self, step: str, *, nil: bool) -> None:
        self.step, self.nil = step, nil
        self.children: dict[str, int] = {}
        # A list, because a text of many entities comes in as many pieces.
        self.text: list[str] = []
        self.leaf = True


class XmlWalk(Bounded):
    """Gathers the records named by `element`; an element of that name inside a record belongs to the record."""

    def __init__(self, file_name: str, element: str) -> None:
        super().__init__(file_name)
        self._element = element
        self._open: list[_Level] = []
        self._base = -1
        self._record: Record | None = None
        self.done: deque[Record] = deque()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        count = 1
        if self._open:
            above = self._open[-1]
            above.leaf = False
            count = above.children[name] = above.children.get(name, 0) + 1
        is_record = self._record is None and name == self._element
        step = name if count == 1 and not (is_record and self._open) else f"{name}[{count}]"
        self._open.append(_Level(step, nil=bool(attributes) and attributes.get(_NIL) in ("true", "1")))
        if is_record:
            place = "/" + "/".join([level.step for level in self._open])
            self._record, self._base = Record(place), len(self._open)
        if attributes and self._record is not None:
            for key, value in attributes.items():
                if key != _NIL:
                    self._record.put(self._column(f"@{local(key)}"), value)

    def data(self, text: str) -> None:
        if self._record is not None and self._record.has_room(len(text)):
            self._open[-1].text.append(text)

    def end(self, tag: str) -> None:
        super().end(tag)
        level = self._open[-1]
        record = self._record
        if record is not None:
            text = "".join(level.text).strip()
            if len(self._open) > self._base and (level.leaf or text):
                record.put(self._column(), NULL if level.nil and not text else text)
            elif len(self._open) == self._base:
                if text:
                    record.put(".", text)
                self.done.append(record)
                self._record = None
        self._open.pop()

    def _column(self, last: str = "") -> str:
        if not last and len(self._open) == self._base + 1:
            return self._open[-1].step
        steps = [level.step for level in self._open[self._base :]]
        return "/".join([*steps, last] if last else steps)


def xml_rows(
    file: ReceivedFile, notes: Notes, *, records: str, encoding: str, checked: bool = True
) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of one local name, wherever they stand.

    Raises:
        ReaderError: not well-formed, out of bounds, or with a DOCTYPE: before the first row when `checked`.
    """
    if not records:
        raise ReaderError("no element named as the record", file=file.name, mend="Correct the profile")
    if checked:
        deque(parse_xml(file, Bounded(file.name), encoding=encoding), maxlen=0)
    walk = XmlWalk(file.name, records)
    for _ in parse_xml(file, walk, encoding=encoding):
        while walk.done:
            yield from walk.done.popleft().given(notes)
