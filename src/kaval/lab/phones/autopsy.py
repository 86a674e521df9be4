"""An Autopsy case (`autopsy.db`, SQLite) as artefacts: the files it lists with their digests, and its blackboard.

Tried: databases of tsk_loaddb 4.11 and tables of the blackboard added here after the public schema. Not supported:
cases in PostgreSQL, a case still open (what lies in its write-ahead log is not seen). Nothing of a file's content is in
a case: the image it was made from is examined for that, and a file stands here as `file.stated` with the digests that
the case holds, so that known material is found by the case alone. Sources: CaseDatabaseFactory.java of The Sleuth Kit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from kaval.engine.formats._spec import ReadWarning
from kaval.engine.formats.device._autopsy import artefact, stated_file
from kaval.engine.formats.device._extraction import DeviceFact, ExtractionRecord
from kaval.lab.artefacts.databases import columns, rows
from kaval.lab.phones.database import log_beside, opened
from kaval.lab.phones.extraction import Extraction

_FILE_TYPE = 5  # TSK_FS_NAME_TYPE_REG, a regular file; 0 is undefined, as deleted entries of FAT are
_COLUMNS = (
    "obj_id",
    "name",
    "parent_path",
    "size",
    "dir_flags",
    "meta_flags",
    "dir_type",
    "mtime",
    "atime",
    "crtime",
    "md5",
    "sha1",
    "sha256",
)
_BLACKBOARD = (
    "blackboard_artifacts",
    "blackboard_artifact_types",
    "blackboard_attributes",
    "blackboard_attribute_types",
)
_VALUES = "b.value_text, b.value_int32, b.value_int64, b.value_double"


class AutopsyCase(Extraction):
    """A case folder with `autopsy.db`, or the database alone."""

    kind = "autopsy"
    DATABASE = "autopsy.db"

    def records(self) -> Iterator[ExtractionRecord | ReadWarning]:
        """The case's own facts, its files, its artefacts."""
        assert isinstance(self._place, Path)  # only recognised at a path
        path = self._place / self.DATABASE if self._place.is_dir() else self._place
        log = log_beside(path)
        if log is not None:
            yield log
        with opened(path) as base:
            yield from _case(base)
            yield from _files(base)
            yield from _artefacts(base)


def is_case(path: Path) -> bool:
    """True for a SQLite database with The Sleuth Kit's own tables."""
    if not path.is_file():
        return False
    try:
        with opened(path) as base:
            return "schema_ver" in columns(base, "tsk_db_info") and "parent_path" in columns(
                base, "tsk_files"
            )
    except sqlite3.Error:
        return False


def _case(base: sqlite3.Connection) -> Iterator[DeviceFact]:
    picked = {"version": "v.schema_ver", "tool": "v.tsk_ver"}
    for row in rows(base, "tsk_db_info AS v", picked, tables={"v": "tsk_db_info"}):
        yield DeviceFact("schema_version", str(row["version"]), "tsk_db_info", "tsk_db_info")
    picked = {"name": "n.name", "number": "n.obj_id"}
    for row in rows(base, "tsk_image_names AS n", picked, tables={"n": "tsk_image_names"}):
        yield DeviceFact(f"image {row['number']}", str(row["name"]), "tsk_image_names", "tsk_image_names")


def _files(base: sqlite3.Connection) -> Iterator[ExtractionRecord]:
    picked = {name: f"f.{name}" for name in _COLUMNS}
    for row in rows(base, "tsk_files AS f", picked, tables={"f": "tsk_files"}):
        named = str(row["name"] or "")
        if (
            row["dir_type"] in (_FILE_TYPE, 0)
            and named not in (".", "..")
            and not named.startswith("$OrphanFiles")
        ):
            yield stated_file(row)


def _artefacts(base: sqlite3.Connection) -> Iterator[ExtractionRecord]:
    """The blackboard's artefacts in the order of their numbers; none when the case has no blackboard."""
    if not all(columns(base, table) for table in _BLACKBOARD):
        return
    # Every name in this query is written here; none comes from the case.
    found = base.execute(
        "SELECT a.artifact_id, t.type_name, f.parent_path, f.name, y.type_name, b.value_type, "
        f"{_VALUES} FROM blackboard_artifacts AS a "
        "JOIN blackboard_artifact_types AS t ON t.artifact_type_id = a.artifact_type_id "
        "LEFT JOIN tsk_files AS f ON f.obj_id = a.obj_id "
        "LEFT JOIN blackboard_attributes AS b ON b.artifact_id = a.artifact_id "
        "LEFT JOIN blackboard_attribute_types AS y ON y.attribute_type_id = b.attribute_type_id "
        "ORDER BY a.artifact_id"
    )
    for key, group in groupby(found, key=lambda row: row[:4]):
        number, kind, folder, name = key
        path = f"{str(folder or '').lstrip('/')}{name or ''}"
        attributes = [(str(row[4]), int(row[5] or 0), _value(row[6:])) for row in group if row[4]]
        yield artefact(int(number), str(kind), path=path, attributes=attributes)


def _value(values: tuple[Any, ...]) -> Any:
    """The one value that is set: text, 32 bits, 64 bits, floating."""
    return next((value for value in values if value not in (None, "")), None)
