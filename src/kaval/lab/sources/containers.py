"""The bytes of a disk as one run, whatever container an image was stored in; nothing can be written through it.

Read here: raw and split raw, EWF (E01, segments, Ex01 as far as libewf reads it), VMDK (sparse, stream-optimised, flat
and split extents named by a descriptor), VHD, VHDX, QCOW (1 to 3). Refused with words: anything that needs a second
disk image under it (snapshots, differencing and backing files), encrypted containers, logical evidence (L01), AFF, DMG.
The container is told by its first bytes, never by its name. The libyal libraries read the formats; whatever they raise
about a damaged container becomes a `MediumError`.
"""

from __future__ import annotations

import importlib
import os
import re
import stat
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.sources.entry import Trouble, readable

_LIBRARY_ERRORS = (OSError, RuntimeError, ValueError, OverflowError, MemoryError, SystemError)
_PLACES = re.compile(r"\b(?:py|lib)[a-z]+_\w+: ?")
_PART = re.compile(r"(?:\.\d{3}|[.x][a-z]{2}|[.X][A-Z]{2})\Z")
_HEX = {"md5": 32, "sha1": 40}
_MAX_PARTS = 100_000
_MAX_BYTES = 1 << 48
_MAX_RATIO = 1 << 20  # a fresh dynamic disk of 2 TiB is a file of some MiB; beyond this a header lies
_DIFFERENCING = 4
_QCOW_UNREAD = 0b11110  # marked damaged, content in another file, other compression, extended tables
_FIRST = "Give the first part alone"
_COMPLETE = "Check that every part of the image lies beside the first one and is complete"
_REFUSED = {
    b"LVF\x09\x0d\x0a\xff\x00": "logical evidence (L01) holds files and no disk",
    b"LEF2\r\n\x81\x00": "logical evidence (Lx01) holds files and no disk",
    b"AFF10\r\n\x00": "an AFF image",
}


class MediumError(OSError):
    """A container that is not, or no longer, to be examined; `trouble` is the record that says so."""

    def __init__(self, code: str, text: str, mend: str = "") -> None:
        super().__init__(text)
        self.trouble = Trouble("", code, text, mend)


@dataclass(slots=True)
class Medium:
    """An opened disk. `size` in bytes; `parts`: the files it lies in; `stored`: digests the container states.

    `pread(offset, length)` may raise what `_LIBRARY_ERRORS` names or give fewer bytes; `read` is what others use.
    """

    kind: str
    size: int
    parts: tuple[Path, ...]
    pread: Callable[[int, int], bytes]
    stored: Mapping[str, str] = field(default_factory=dict)
    closing: ExitStack = field(default_factory=ExitStack)

    def read(self, offset: int, length: int) -> bytes:
        """The bytes from an offset, fewer only at the end of the disk.

        Raises:
            MediumError: the container breaks off or is damaged there.
        """
        length = max(min(length, self.size - offset), 0)
        pieces: list[bytes] = []
        while length:
            with _told(f"unreadable at byte {offset}"):
                piece = self.pread(offset, length)
            if not piece:
                raise MediumError("image-unreadable", f"the image breaks off at byte {offset}", _COMPLETE)
            pieces.append(piece)
            offset, length = offset + len(piece), length - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def close(self) -> None:
        """Give the descriptors back; harmless when done twice."""
        self.closing.close()


def open_medium(path: Path) -> Medium:
    """The disk in an image file or block device.

    Raises:
        MediumError: a container that cannot be read, or that must not be (see the module's words).
        OSError: nothing there, or not readable.
        ConfigurationError: the library for this container is not installed.
    """
    with path.open("rb") as stream:
        head = stream.read(512)
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - 512, 0))
        tail = stream.read(512)
    with ExitStack() as stack:
        opened = _opener(head, tail)(path, stack)
        held = sum(part.stat().st_size for part in opened.parts) or opened.size  # a device states no size
        if opened.size > min(_MAX_BYTES, max(held, 1 << 20) * _MAX_RATIO):
            text = f"the container claims a disk of {opened.size} bytes and holds {held}"
            raise MediumError("size-larger-than-source", text)
        opened.closing = stack.pop_all()
    return opened


def _opener(head: bytes, tail: bytes) -> Callable[[Path, ExitStack], Medium]:
    for magic, words in _REFUSED.items():
        if head.startswith(magic):
            raise MediumError(
                "container-not-read", words, "Convert it to E01 or raw with the tool that wrote it"
            )
    if head.startswith((b"EVF\x09\x0d\x0a\xff\x00", b"EVF2\r\n\x81\x00")):
        return _ewf
    if head.startswith((b"KDMV", b"COWD")) or b"# Disk DescriptorFile" in head[:64]:
        return _vmdk
    if head.startswith((b"vhdxfile", b"conectix")) or tail.startswith(b"conectix"):
        return _vhd
    if head.startswith(b"QFI\xfb"):
        return _qcow
    if tail.startswith(b"koly\x00\x00\x00\x04"):
        raise MediumError("container-not-read", "an Apple disk image (DMG)", "Convert it to raw first")
    return _raw


def _raw(path: Path, stack: ExitStack) -> Medium:
    """A raw image, in one file or in numbered parts; read through descriptors opened once, so that the bytes that were
    verified are the bytes examined.
    """
    parts = _parts(path)
    descriptors: list[int] = []
    ends: list[int] = []
    for part in parts:
        descriptors.append(os.open(part, os.O_RDONLY | os.O_CLOEXEC))
        stack.callback(os.close, descriptors[-1])
        # Sought and not asked for: a block device states no size.
        ends.append((ends[-1] if ends else 0) + os.lseek(descriptors[-1], 0, os.SEEK_END))

    def pread(offset: int, length: int) -> bytes:
        at = bisect_right(ends, offset)
        return os.pread(descriptors[at], min(length, ends[at] - offset), offset - (ends[at - 1] if at else 0))

    return Medium("raw" if len(parts) == 1 else "raw-split", ends[-1], parts, pread)


def _parts(path: Path) -> tuple[Path, ...]:
    """The parts that begin with this one (`.001`, `.000`, `.aa`, `xaa`), all but the last of one size; else the file.

    Raises:
        MediumError: a part is missing in the middle, the sizes differ, or the file is a later part.
    """
    if not _PART.search(path.name):
        return (path,)
    before = path.with_name(_follower(path.name, -1))
    if before.name != path.name and before.is_file():
        raise MediumError(
            "not-the-first-part", f"{readable(os.fsencode(before.name))} comes before it", _FIRST
        )
    if path.name[-3:] not in ("000", "001") and path.name[-2:].lower() != "aa":
        return (path,)
    parts = [path]
    while len(parts) < _MAX_PARTS:
        following = path.with_name(_follower(parts[-1].name, 1))
        if following.name == parts[-1].name or not following.is_file():
            break
        parts.append(following)
    beyond = path.with_name(_follower(_follower(parts[-1].name, 1), 1))
    sizes = [part.stat().st_size for part in parts]
    if beyond.is_file():
        raise MediumError(
            "part-missing", f"no part follows number {len(parts)}, and a later one is there", _COMPLETE
        )
    if len(parts) > 1 and (len(set(sizes[:-1])) > 1 or sizes[-1] > sizes[0]):
        text = "the files look like parts of one image by their names and not by their sizes"
        raise MediumError("parts-unequal", text, "Rename separate images; fetch parts again that broke off")
    return tuple(parts)


def _follower(name: str, step: int) -> str:
    """The name of the part after (or before) a part; the same name when there can be none."""
    digits = re.search(r"\d+\Z", name)
    if digits:
        number = int(digits[0]) + step
        return name if number < 0 else f"{name[: digits.start()]}{number:0{len(digits[0])}d}"
    letters = [ord(char) for char in name[-2:]]
    first = ord("a") if letters[-1] >= ord("a") else ord("A")
    number = (letters[0] - first) * 26 + letters[1] - first + step
    return name if not 0 <= number < 676 else name[:-2] + chr(first + number // 26) + chr(first + number % 26)


def _ewf(path: Path, stack: ExitStack) -> Medium:
    pyewf = _library("pyewf", "libewf-python")
    handle = pyewf.handle()
    with _told("the EWF image cannot be opened"):
        parts = tuple(Path(part) for part in pyewf.glob(str(path)))
        if not parts or parts[0].name != path.name:
            raise MediumError(
                "not-the-first-part", "a later segment of an EWF image", "Give the first segment alone"
            )
        handle.open([str(part) for part in parts])
        stack.callback(handle.close)
        stored = {kind: handle.get_hash_value(kind.upper()) for kind in _HEX}
        size = int(handle.get_media_size())
    told = {kind: text.lower() for kind, text in stored.items() if text and _is_hex(text, _HEX[kind])}
    return Medium("ewf", size, parts, lambda at, length: handle.read_buffer_at_offset(length, at), told)


def _is_hex(text: str, length: int) -> bool:
    return re.fullmatch(f"[0-9a-fA-F]{{{length}}}", text) is not None


def _vmdk(path: Path, stack: ExitStack) -> Medium:
    pyvmdk = _library("pyvmdk", "libvmdk-python")
    handle = pyvmdk.handle()
    with _told("the VMDK image cannot be opened"):
        handle.open(str(path))
        stack.callback(handle.close)
        if handle.get_parent_filename():
            raise MediumError(
                "needs-another-image", "a snapshot of another VMDK image", "Convert the whole chain to raw"
            )
        names = [handle.get_extent_descriptor(at).filename for at in range(handle.get_number_of_extents())]
    whole = _head(path, 4) == b"KDMV"  # a sparse disk in one file, whatever name it once had
    extents = (path,) if whole else tuple(_extent(path, name) for name in names if name)
    with _told("the extents of the VMDK image cannot be opened"):
        handle.open_extent_data_files_as_file_objects(
            [stack.enter_context(part.open("rb")) for part in extents]
        )
        size = int(handle.get_media_size())
    parts = tuple(dict.fromkeys((path, *extents)))
    return Medium("vmdk", size, parts, lambda at, length: handle.read_buffer_at_offset(length, at))


def _extent(path: Path, name: str) -> Path:
    """A file beside the descriptor; a descriptor that names anything else on this machine is refused."""
    beside = path.with_name(name) if name not in (".", "..") and not re.search(r"[/\\\0]", name) else None
    if beside is None:
        raise MediumError(
            "extent-outside", "the VMDK descriptor names a file outside its own folder", _COMPLETE
        )
    if not beside.exists() or not stat.S_ISREG(beside.stat().st_mode):
        raise MediumError("part-missing", "an extent that the VMDK descriptor names is not there", _COMPLETE)
    return beside


def _head(path: Path, length: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(length)


def _vhd(path: Path, stack: ExitStack) -> Medium:
    pyvhdi = _library("pyvhdi", "libvhdi-python")
    handle = pyvhdi.file()
    with _told("the VHD image cannot be opened"):
        handle.open(str(path))
        stack.callback(handle.close)
        if handle.get_disk_type() == _DIFFERENCING or handle.get_parent_filename():
            raise MediumError(
                "needs-another-image", "a differencing disk over another VHD", "Merge the chain first"
            )
        size = int(handle.get_media_size())
    return Medium("vhd", size, (path,), lambda at, length: handle.read_buffer_at_offset(length, at))


def _qcow(path: Path, stack: ExitStack) -> Medium:
    head = _head(path, 104).ljust(104, b"\0")
    version, backing, crypt = *struct.unpack_from(">IQ", head, 4), struct.unpack_from(">I", head, 32)[0]
    unread = version >= 3 and struct.unpack_from(">Q", head, 72)[0] & _QCOW_UNREAD
    if backing:
        raise MediumError(
            "needs-another-image", "a QCOW image over a backing file", "Convert the whole chain to raw"
        )
    if (version > 1 and crypt) or unread:
        raise MediumError(
            "container-not-read", "an encrypted, damaged or split QCOW image", "Convert it to raw first"
        )
    pyqcow = _library("pyqcow", "libqcow-python")
    handle = pyqcow.file()
    with _told("the QCOW image cannot be opened"):
        handle.open(str(path))
        stack.callback(handle.close)
        size = int(handle.get_media_size())
    return Medium("qcow", size, (path,), lambda at, length: handle.read_buffer_at_offset(length, at))


def _library(module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigurationError(
            f"this disk image needs {package}, which is not installed: run  pip install 'kaval[lab]'"
        ) from error


@contextmanager
def _told(what: str) -> Iterator[None]:
    """What a library raises about a container, as a `MediumError` without the places in its source."""
    try:
        yield
    except MediumError:
        raise
    except _LIBRARY_ERRORS as error:
        words = ". ".join(_PLACES.sub("", " ".join(str(error).split())).split(". ")[:2])[:200]
        raise MediumError("image-unreadable", f"{what}: {words}", _COMPLETE) from error
