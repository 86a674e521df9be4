"""Serves a small station made of rows, for the browser's tests: `python -m tests.browser.serve_rows`.

Prints one line, the address, when it answers. The environment names the database; KAVAL_OWNER_URL may migrate it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import uvicorn


def console_rows() -> None:
    """The rows of the console's tests."""
    from tests.station import net_rows, sheet_rows
    from tests.station.console_rows import build

    world = build(size=4)
    net_rows.big_subject(90, by=world.officers["intake_clerk"])
    sheet_rows.full(world)


def main(fill: Callable[[], None] = console_rows) -> None:
    """Prepares the database, writes the rows once, and serves until the process is ended."""
    app_url = os.environ["KAVAL_DATABASE_URL"]
    os.environ |= {"KAVAL_DATABASE_URL": os.environ["KAVAL_OWNER_URL"], "KAVAL_DATABASE_ROLE": "kaval_owner"}
    import django

    django.setup()
    from django.db import connection

    from kaval.station.database import prepare
    from kaval.station.settings import _database

    prepare()
    connection.close()
    os.environ["KAVAL_DATABASE_ROLE"] = ""
    connection.settings_dict.update(_database(app_url))
    from kaval.station.models import Unit

    if not Unit.objects.exists():
        fill()
    connection.close()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        config = uvicorn.Config(
            "kaval.station.asgi:application", log_level="warning", timeout_graceful_shutdown=2
        )
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
