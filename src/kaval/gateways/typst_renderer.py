"""Documents become PDF/A-2b pages: same document, language and instant, same bytes.

The template is ours and fixed; every word of a document reaches it as JSON data, never as Typst source. The compiler's
root and package folders are one empty private folder, so that it can read no file and fetch no package. A character
that the fonts cannot draw is printed as its code point, because PDF/A forbids a missing glyph and a blank would lie.
"""

from __future__ import annotations

import json
import struct
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import typst

from kaval.engine.documents._spec import Document
from kaval.engine.documents._visible import code_mark
from kaval.engine.kernel.errors import ConfigurationError
from kaval.engine.kernel.instant import require_aware
from kaval.gateways.typst_payload import Json, Language, payload

_PACKAGE = Path(__file__).resolve().parent
DEFAULT_FONTS = _PACKAGE.parent / "station" / "static" / "bundle" / "fonts"
_TEMPLATE = _PACKAGE / "typst" / "document.typ"
_FONT_FILES = (
    "NotoSans_400Regular.ttf",
    "NotoSans_700Bold.ttf",
    "NotoSansMalayalam_400Regular.ttf",
    "NotoSansMalayalam_700Bold.ttf",
)


def render(document: Document, *, language: Language, at: datetime, fonts: Path | None = None) -> bytes:
    """The PDF/A-2b bytes of a document; `at` (aware) is the creation instant written into the file.

    Raises:
        ConfigurationError: the fonts are not there; names the command that fetches them.
        ValueError: `at` has no zone.
    """
    return set_pages(payload_of(document, language=language, fonts=fonts), at=at, fonts=fonts)


def payload_of(document: Document, *, language: Language, fonts: Path | None = None) -> Json:
    """The document as the page template reads it, with what the fonts cannot draw replaced."""
    return payload(document, language=language, drawable=_load_fonts(fonts or DEFAULT_FONTS).drawable)


def set_pages(content: Json, *, at: datetime, fonts: Path | None = None) -> bytes:
    """The PDF/A-2b bytes of a payload; `watermark` in it, a text, stands on every page."""
    faces = _load_fonts(fonts or DEFAULT_FONTS)
    made_at = require_aware(at).replace(microsecond=0)  # a PDF's time has no fraction of a second
    with tempfile.TemporaryDirectory(prefix="kaval-typst-") as root:
        compiler = typst.Compiler(
            _TEMPLATE.read_bytes(),
            root=root,
            font_paths=faces.fonts,
            ignore_system_fonts=True,
            sys_inputs={"document": json.dumps(content, ensure_ascii=False)},
            package_path=root,
            package_cache_path=root,
        )
        made = compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=made_at)
    if not isinstance(made, bytes):
        raise TypeError("the compiler gave no single PDF")
    return made


@dataclass(frozen=True, slots=True)
class _Faces:
    """The loaded fonts and the code points every weight can draw."""

    fonts: typst.Fonts
    covered: frozenset[int]

    def drawable(self, text: str) -> str:
        """The text with each character that no font can draw replaced by its code point."""
        return "".join(char if ord(char) in self.covered else code_mark(char) for char in text)


@lru_cache(maxsize=4)
def _load_fonts(folder: Path) -> _Faces:
    missing = [name for name in _FONT_FILES if not (folder / name).is_file()]
    if missing:
        raise ConfigurationError(f"fonts missing in {folder}: {', '.join(missing)}. Run ./dev setup")
    latin = _coverage(folder / _FONT_FILES[0]) & _coverage(folder / _FONT_FILES[1])
    malayalam = _coverage(folder / _FONT_FILES[2]) & _coverage(folder / _FONT_FILES[3])
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
    return _Faces(fonts, latin | malayalam)


def _coverage(path: Path) -> frozenset[int]:
    """The code points of a TrueType file's Unicode `cmap` (formats 4 and 12, OpenType specification)."""
    font = path.read_bytes()
    tables = {
        font[12 + 16 * i : 16 + 16 * i]: struct.unpack_from(">I", font, 20 + 16 * i)[0]
        for i in range(struct.unpack_from(">H", font, 4)[0])
    }
    cmap = tables[b"cmap"]
    covered: set[int] = set()
    for index in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">I", font, cmap + 8 + 8 * index)[0]
        form = struct.unpack_from(">H", font, at)[0]
        if form == 4:
            covered |= _segments(font, at)
        elif form == 12:
            covered |= _groups(font, at)
    return frozenset(covered)


def _segments(font: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
    return {
        code
        for start, end in zip(starts, ends, strict=True)
        for code in range(start, end + 1)
        if code != 0xFFFF
    }


def _groups(font: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">I", font, at + 12)[0]
    groups = (struct.unpack_from(">II", font, at + 16 + 12 * index) for index in range(count))
    return {code for start, end in groups for code in range(start, end + 1)}
