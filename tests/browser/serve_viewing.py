"""Serves a small station with an examined device of three pictures: `python -m tests.browser.serve_viewing`."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.browser.serve_rows import main


def viewing_rows() -> None:
    """The console's rows, and an examination whose items can be opened."""
    from tests.station.console_rows import build
    from tests.station.viewing_rows import examined_folder

    folder = Path(tempfile.mkdtemp(prefix="kaval-viewing-")) / "device"
    examined_folder(build(size=1), folder, at=datetime(2026, 3, 2, 6, tzinfo=UTC), pictures=3)


if __name__ == "__main__":
    main(viewing_rows)
