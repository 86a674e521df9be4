"""Cases of Autopsy (made by tsk_loaddb) and runs of the LEAPPs: what was decoded is told, secrets are not."""

from __future__ import annotations

import json
import sqlite3
from hashlib import md5
from pathlib import Path

from kaval.lab.phones import recognise
from kaval.lab.shapes import Artefact
from kaval.lab.sources.entry import Trouble
from tests.lab import images
from tests.lab.images import picture, run, tool
from tests.lab.test_phones import AT, SECRET, artefacts, contents, known

# Autopsy


def test_an_autopsy_case_tells_its_files_and_its_blackboard(tmp_path: Path) -> None:
    files = {f"k{number}.png": picture(number) for number in range(3)}
    image = images.ext4(tmp_path / "disk.img", images.folder(tmp_path / "tree", files), deleted=("k1.png",))
    case = tmp_path / "case"
    case.mkdir()
    run(tool("tsk_loaddb", "sleuthkit"), "-h", "-d", case / "autopsy.db", image)
    blackboard(case / "autopsy.db")
    found = known(case)
    assert found.kind == "autopsy"
    told = artefacts(found)
    assert SECRET not in repr(told)
    stated = {one.facts["path"]: one.facts for one in told if one.kind == "file.stated"}
    assert stated["k0.png"]["md5"] == md5(files["k0.png"]).hexdigest()
    assert (stated["k0.png"]["deleted"], stated["k1.png"]["deleted"]) == (False, True)
    assert stated["k0.png"]["size"] == len(files["k0.png"])
    visit = next(one for one in told if one.kind == "browser.visit")
    assert (visit.at, visit.facts["url"]) == ("2026-03-02T06:30:00Z", "https://example.org/a")
    assert visit.facts["source_file"] == "k0.png"
    assert known(case / "autopsy.db").kind == "autopsy"
    assert [one.code for one in found.artefacts() if isinstance(one, Trouble)] == []
    (case / "autopsy.db-wal").write_bytes(b"rows")
    assert [one.code for one in found.artefacts() if isinstance(one, Trouble)] == ["log-not-applied"]
    assert "autopsy.db" in contents(found)
    assert any(str(image) == value for value in found.device().values())


def blackboard(path: Path) -> None:
    """The tables that Autopsy adds to those of tsk_loaddb, with one visit."""
    base = sqlite3.connect(path)
    for table in ("artifacts", "artifact_types", "attributes", "attribute_types"):
        base.execute(f"DROP TABLE IF EXISTS blackboard_{table}")
    base.executescript(
        """
        CREATE TABLE blackboard_artifact_types (artifact_type_id INTEGER PRIMARY KEY, type_name TEXT);
        CREATE TABLE blackboard_attribute_types (attribute_type_id INTEGER PRIMARY KEY, type_name TEXT);
        CREATE TABLE blackboard_artifacts (artifact_id INTEGER PRIMARY KEY, obj_id INTEGER, artifact_type_id INTEGER);
        CREATE TABLE blackboard_attributes (artifact_id INTEGER, attribute_type_id INTEGER, value_type INTEGER,
            value_byte BLOB, value_text TEXT, value_int32 INTEGER, value_int64 INTEGER, value_double REAL);
        INSERT INTO blackboard_artifact_types VALUES (4, 'TSK_WEB_HISTORY');
        INSERT INTO blackboard_attribute_types VALUES (1, 'TSK_URL'), (2, 'TSK_DATETIME_ACCESSED'), (3, 'TSK_PASSWORD');
        INSERT INTO blackboard_attributes VALUES (1, 1, 0, NULL, 'https://example.org/a', NULL, NULL, NULL);
        """
    )
    number = base.execute("SELECT obj_id FROM tsk_files WHERE name = 'k0.png'").fetchone()[0]
    base.execute("INSERT INTO blackboard_artifacts VALUES (1, ?, 4)", (number,))
    base.execute("INSERT INTO blackboard_attributes VALUES (1, 2, 5, NULL, NULL, NULL, ?, NULL)", (AT,))
    base.execute("INSERT INTO blackboard_attributes VALUES (1, 3, 0, NULL, ?, NULL, NULL, NULL)", (SECRET,))
    base.commit()
    base.close()


def test_a_case_whose_tables_are_views_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "autopsy.db"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE tsk_db_info (schema_ver INTEGER, tsk_ver INTEGER)")
    base.execute(
        "CREATE VIEW tsk_files AS WITH RECURSIVE n(parent_path) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT * FROM n"
    )
    base.commit()
    base.close()
    assert recognise(path) is None


# LEAPP


def leapp(folder: Path, *, rows: int = 1) -> Path:
    folder.mkdir()
    manifest = {
        "param_input": "/cases/exhibit-7",
        "lava_db_name": "_lava_artifacts.db",
        "modules": [],
        "artifacts": {
            "Installed Apps": [
                {
                    "name": "Installed Apps",
                    "tablename": "get_apps",
                    "module": "apps",
                    "record_count": 1,
                    "source_path": "data/system/packages.list",
                    "column_map": {
                        "first_seen": "First Seen",
                        "bundle": "Bundle",
                        "app_password": "App Password",
                    },
                    "object_columns": [{"name": "first_seen", "type": "datetime"}],
                },
                {"name": "Odd", "tablename": 'x"; DROP TABLE get_apps; --', "column_map": {"a": "A"}},
                {"name": "Absent", "tablename": "absent", "column_map": {"a": "A"}},
            ]
        },
    }
    (folder / "_lava_data.lava").write_text(json.dumps(manifest))
    base = sqlite3.connect(folder / "_lava_artifacts.db")
    base.execute("CREATE TABLE get_apps (first_seen INTEGER, bundle TEXT, app_password TEXT)")
    base.executemany("INSERT INTO get_apps VALUES (?, ?, ?)", [(AT, "org.example.app", SECRET)] * rows)
    base.commit()
    base.close()
    return folder


def test_a_leapp_run_tells_its_rows_with_their_times(tmp_path: Path) -> None:
    found = known(leapp(tmp_path / "run"))
    told = list(found.artefacts())
    assert SECRET not in repr(told)
    [app] = [one for one in told if isinstance(one, Artefact) and one.kind == "install"]
    assert (app.at, app.facts["package"]) == ("2026-03-02T06:30:00Z", "org.example.app")
    assert app.facts["source_file"] == "data/system/packages.list"
    assert [one.code for one in told if isinstance(one, Trouble)] == ["no-table", "no-table"]
    assert set(contents(found)) == {"_lava_data.lava", "_lava_artifacts.db"}


def test_a_leapp_run_that_states_another_count_is_named(tmp_path: Path) -> None:
    found = known(leapp(tmp_path / "run", rows=3))
    assert "count-differs" in [one.code for one in found.artefacts() if isinstance(one, Trouble)]
