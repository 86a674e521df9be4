"""A folder being written: every file goes through here, so that the manifest knows its size and digest."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path


class Folder:
    """Writes files below a root and remembers path, size and SHA-256 of each."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, tuple[int, str]] = {}

    def put(self, path: str, content: bytes) -> None:
        """One file with the given bytes; ValueError when the path was written before."""
        if path in self.files:
            raise ValueError(f"{path} is written twice")
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self.files[path] = (len(content), hashlib.sha256(content).hexdigest())

    def csv(
        self,
        path: str,
        header: Sequence[str],
        *,
        rows: Iterable[Sequence[object]],
        delimiter: str = ",",
        bom: bool = False,
    ) -> None:
        """A CSV file in UTF-8 with CRLF line ends; `bom` puts a byte-order mark first."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)
        self.put(path, text.getvalue().encode("utf-8-sig" if bom else "utf-8"))

    def json(self, path: str, value: object) -> None:
        """A JSON file, two spaces deep, Malayalam left readable."""
        self.put(path, (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode())

    def jsonl(self, path: str, rows: Iterable[dict[str, object]]) -> None:
        """One JSON object a line."""
        lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
        self.put(path, "".join(line + "\n" for line in lines).encode())

    def listing(self) -> list[dict[str, object]]:
        """The manifest's file list, sorted by path."""
        return [{"path": p, "size": n, "sha256": h} for p, (n, h) in sorted(self.files.items())]
