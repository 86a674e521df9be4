"""The text lines of a PDF with their page and line, within bounds; pictures in it are never decoded.

pypdf's own limits are set lower for the time of the reading, in this context only. A picture is drawn by an operator
that text extraction does not follow, and the outside decoder for one kind of picture is switched off.
"""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.kernel.errors import ReaderError

if TYPE_CHECKING:
    import pypdf

MAX_BYTES = 64 * 1024 * 1024
MAX_PAGES = 2000
MAX_CHARACTERS = 8_000_000
_MAX_STREAM = 16_000_000
_LIMITS: dict[str, Any] = {
    "maximum_declared_stream_length": MAX_BYTES,
    "array_based_stream_maximum_output_length": _MAX_STREAM,
    "lzw_maximum_output_length": _MAX_STREAM,
    "run_length_maximum_output_length": _MAX_STREAM,
    "zlib_maximum_output_length": _MAX_STREAM,
    "brotli_maximum_output_length": _MAX_STREAM,
    "jbig2_maximum_output_length": 1,
    "image_maximum_buffer_size": 1,
    "stream_decoding_work_maximum_length": 4 * _MAX_STREAM,
    "stream_parsing_work_maximum_count": 400_000,
    "page_tree_maximum_entries": 4 * MAX_PAGES,
    "xform_maximum_invocations_per_extraction": 200,
    "jbig2dec_binary": None,
}
# "Broken PDF files might cause other exceptions" (pypdf.errors): what was met, and their kin.
_BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RuntimeError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
)
_TAMPERED = "Treat the file as tampered with and ask the sender"
_MEND = "Ask for it again, or for the JSON download; the bytes received stay sealed"

# pypdf tells of every oddity to its logger. What a person must know comes as a warning of the reading; without a
# handler of its own the rest would be printed to standard error.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `page` and `number` count from 1, empty lines count too."""

    page: int
    number: int
    text: str

    @property
    def at(self) -> str:
        """The place as an officer finds it."""
        return f"page {self.page}, line {self.number}"


def lines_of(file: ReceivedFile) -> list[Line]:
    """All lines that hold text, in the order of the pages.

    Raises:
        ReaderError: no PDF, damaged, encrypted, too large, or without a text layer.
    """
    if file.size > MAX_BYTES:
        raise ReaderError(
            f"larger than {MAX_BYTES} bytes: no report is this large", file=file.name, mend=_MEND
        )
    # Every process that reads anything asks this reader whether a file is its own; only a PDF is worth half a second.
    import pypdf
    from pypdf.errors import DependencyError, DeprecationError, LimitReachedError, PyPdfError

    try:
        with pypdf.apply_configuration(**_LIMITS), file.open() as stream:
            reader = pypdf.PdfReader(stream, strict=False)
            if reader.is_encrypted:
                raise ReaderError(
                    "the PDF is encrypted",
                    file=file.name,
                    mend="Ask for a copy that opens without a password",
                )
            lines = list(_lines(reader, file))
    except LimitReachedError as problem:
        text = "not a readable PDF: a page or its list of pages unpacks to more than any report holds"
        raise ReaderError(text, file=file.name, mend=_TAMPERED) from problem
    except (PyPdfError, DependencyError, DeprecationError, *_BROKEN) as problem:
        said = str(problem).splitlines()[0][:200] if str(problem) else type(problem).__name__
        raise ReaderError(f"not a readable PDF ({said})", file=file.name, mend=_MEND) from problem
    if not lines:
        raise ReaderError(
            "the PDF holds no text: it may be a scan",
            file=file.name,
            mend="Ask for the JSON download, or enter the report by hand",
        )
    return lines


def _lines(reader: pypdf.PdfReader, file: ReceivedFile) -> Iterator[Line]:
    total = 0
    for page, content in enumerate(reader.pages, start=1):
        if page > MAX_PAGES:
            raise ReaderError(
                f"more than {MAX_PAGES} pages", file=file.name, place=f"page {page}", mend=_MEND
            )
        text = content.extract_text()
        total += len(text)
        if total > MAX_CHARACTERS:
            text = f"more than {MAX_CHARACTERS} characters of text"
            raise ReaderError(text, file=file.name, place=f"page {page}", mend=_MEND)
        for number, line in enumerate(text.splitlines(), start=1):
            words = " ".join(line.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8").split())
            if words:
                yield Line(page, number, words)
