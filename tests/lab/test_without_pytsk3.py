"""Without the extra `lab` folders are examined, and an image is refused with the words that mend it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab import examine
root = Path(sys.argv[1])
at = datetime(2026, 3, 2, tzinfo=UTC)
assert examine([root / "folder"], hashsets=[], out=root / "out", at=at).counts["files"] == 1
try:
    examine([root / "x.img"], hashsets=[], out=root / "out2", at=at)
except ConfigurationError as error:
    print(error)
names = [name.split(".") for name in sys.modules]
loaded = {parts[0] for parts in names} | {".".join(parts[:2]) for parts in names}
assert not loaded & {"django", "psycopg", "kaval.station", "kaval.simulation", "kaval.gateways"}
"""


def test_the_missing_extra_is_named_and_folders_still_work(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("abc")
    (tmp_path / "x.img").write_bytes(bytes(4096))
    (tmp_path / "absent").mkdir()
    (tmp_path / "absent" / "pytsk3.py").write_text("raise ImportError('not installed')")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "absent")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "kaval[lab]" in done.stdout
