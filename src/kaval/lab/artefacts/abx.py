"""Binary XML of Android 12 and later (ABX) as start tags with attributes; the grammar is that of the public source.

Source: the Android Open Source Project, `BinaryXmlSerializer`: magic `ABX\\0`, then tokens of one byte (low half:
event, high half: type of the value), strings as 16-bit length and UTF-8, frequent ones interned.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator

_START_TAG, _END_TAG, _ATTRIBUTE = 2, 3, 15
_TEXTS = frozenset((4, 5, 6, 7, 8, 9, 10))
_MOST = 5_000_000


class _Tape:
    """The bytes, the place in them, and the strings met so far."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 4
        self._pool: list[str] = []

    def number(self, form: str, size: int) -> int:
        value: int = struct.unpack_from(form, self.content, self.at)[0]
        self.at += size
        return value

    def text(self) -> str:
        return self.raw().decode("utf-8", "replace")

    def raw(self) -> bytes:
        size = self.number(">H", 2)
        if self.at + size > len(self.content):
            raise ValueError(f"a text at {self.at} runs past the end")
        found = self.content[self.at : self.at + size]
        self.at += size
        return found

    def interned(self) -> str:
        index = self.number(">H", 2)
        if index != 0xFFFF:
            return self._pool[index]
        self._pool.append(self.text())
        return self._pool[-1]

    def value(self, kind: int) -> str:
        """The value of an attribute or text by its type, as the text XML would show."""
        if kind in (0, 1):
            return ""
        if kind in (2, 3):
            return self.text() if kind == 2 else self.interned()
        if kind == 4:
            return self.raw().hex()
        if kind == 5:
            return base64.b64encode(self.raw()).decode("ascii")
        if kind in (6, 7):
            number = self.number(">i", 4)
            return str(number) if kind == 6 else f"{number & 0xFFFFFFFF:x}"
        if kind in (8, 9):
            number = self.number(">q", 8)
            return str(number) if kind == 8 else f"{number & 0xFFFFFFFFFFFFFFFF:x}"
        if kind in (10, 11):
            self.at += 4 if kind == 10 else 8  # float, double: no file read here needs one
            return ""
        if kind in (12, 13):
            return "true" if kind == 12 else "false"
        raise ValueError(f"type {kind} at {self.at} is not known")


def as_elements(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Each start tag with its attributes, in order.

    Raises:
        ValueError, struct.error, IndexError: the bytes break the grammar.
    """
    tape = _Tape(content)
    tag: str | None = None
    facts: dict[str, str] = {}
    for _ in range(_MOST):
        if tape.at >= len(content):
            break
        token = tape.number(">B", 1)
        event, kind = token & 0x0F, token >> 4
        if event == _ATTRIBUTE:
            name = tape.interned()
            facts[name] = tape.value(kind)
            continue
        if tag is not None:
            yield tag, facts
            tag, facts = None, {}
        if event == _START_TAG:
            tag = tape.interned()
        elif event == _END_TAG:
            tape.interned()
        elif event in _TEXTS:
            tape.value(kind)
    if tag is not None:
        yield tag, facts
