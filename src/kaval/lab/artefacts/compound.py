"""OLE compound files by libolecf: the streams in their root, bounded; what is damaged is an OSError or a ValueError."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pyolecf

_LARGEST = 32 * 1024 * 1024
_MOST = 100_000
Root = Any  # pyolecf.item: the library has no types


def root_of(content: bytes) -> Root:
    """The root of a compound file.

    Raises:
        OSError, ValueError: no compound file, or one without a root.
    """
    file = pyolecf.file()
    file.open_file_object(io.BytesIO(content))
    root = file.root_item
    if root is None:
        raise ValueError("a compound file without a root")
    return root


def stream(root: Root, name: str) -> bytes | None:
    """The bytes of a stream of the root, up to 32 MiB; None: there is no such stream."""
    return _bytes(root.get_sub_item_by_name(name))


def streams(root: Root) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every stream of the root that is not larger than 32 MiB."""
    for number in range(min(root.number_of_sub_items, _MOST)):
        item = root.get_sub_item(number)
        content = _bytes(item) if (item.size or 0) <= _LARGEST else None
        if content is not None:
            yield item.name or "", content


def _bytes(item: Any) -> bytes | None:
    if not isinstance(item, pyolecf.stream) or not item.size:
        return None  # a folder, or empty
    content: bytes = item.read(min(item.size, _LARGEST))
    return content
