"""The lines about one source: kept in a part file that is whole or absent, so that a broken run can go on.

A part holds one JSON object per line: `{"finding": …}` or `{"warning": …}`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from kaval.engine.kernel.digest import digest_chunks
from kaval.lab.filetype import HEAD_BYTES, file_type
from kaval.lab.index.exact import ExactIndex
from kaval.lab.sources.entry import Entry, Source, Trouble


def examine_source(
    source: Source, *, index: ExactIndex, tick: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    """Findings and warnings of one source in the order of its walk; `tick` is told each file's bytes."""
    for found in source.walk():
        if isinstance(found, Trouble):
            yield {"warning": warning(source.name, found)}
        else:
            yield from _finding(source, found, index=index, tick=tick)


def warning(source: str, trouble: Trouble) -> dict[str, str]:
    """The line of `warnings.jsonl` for a trouble; `source` is a source's or a hash set's name."""
    return {
        "source": source,
        "place": trouble.place,
        "code": trouble.code,
        "text": trouble.text,
        "mend": trouble.mend,
    }


def _finding(
    source: Source, entry: Entry, *, index: ExactIndex, tick: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    line: dict[str, Any] = {
        "source": source.name,
        "path": entry.path,
        "state": entry.state.value,
        "size": entry.size,
        "md5": None,
        "sha1": None,
        "sha256": None,
        "mime": None,
        "pdq": None,
        "pdq_quality": None,
        "matches": [],
        "volume": entry.volume,
        "address": entry.address,
        "note": entry.note,
    }
    if entry.content is not None:
        try:
            yield from _hashed(line, source.read(entry.content), index=index, tick=tick)
        except OSError as error:
            # Part of a file has no digest worth having: the record stays, without one.
            line["note"] = "content-unreadable"
            yield {
                "warning": warning(
                    source.name, Trouble(entry.path, "content-unreadable", error.strerror or str(error))
                )
            }
    yield {"finding": line}


def _hashed(
    line: dict[str, Any], chunks: Iterator[bytes], *, index: ExactIndex, tick: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    head = bytearray()

    def tapped() -> Iterator[bytes]:
        for chunk in chunks:
            if len(head) < HEAD_BYTES:
                head.extend(chunk[: HEAD_BYTES - len(head)])
            yield chunk

    digests = digest_chunks(tapped())
    if digests.size != line["size"]:
        # Only a live folder can do this: the file was written to between listing and reading.
        text = f"{line['size']} bytes when listed, {digests.size} when read"
        yield {"warning": warning(line["source"], Trouble(line["path"], "size-changed", text))}
    line |= {
        "size": digests.size,
        "md5": digests.md5,
        "sha1": digests.sha1,
        "sha256": digests.sha256,
        "mime": file_type(bytes(head)),
    }
    if digests.size:  # every empty file has the same digest: it is never known material
        found = index.lookup(md5=digests.md5, sha1=digests.sha1, sha256=digests.sha256)
        line["matches"] = [dataclasses.asdict(match) for match in found.matches]
        for place in found.disputed:
            yield {
                "warning": warning(
                    line["source"],
                    Trouble(
                        line["path"],
                        "digests-disagree",
                        f"one digest equals {place} and another does not; not taken as a match",
                        "Ask the sender of the list; a collision or a wrong record is possible",
                    ),
                )
            }
    tick(digests.size)
