"""Serving the console on this machine: one process, no network but what is asked for."""

from __future__ import annotations

import contextlib
import os
import sys
import webbrowser
from typing import Annotated

import typer

from kaval.cli.station import opened
from kaval.gateways.postgres import Cluster


def serve(
    port: Annotated[int, typer.Option(help="Port of the console.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; anything but this machine belongs behind TLS.")
    ] = "127.0.0.1",
) -> None:
    """Serves the console of this station until stopped with Ctrl-C.

    Example: kaval serve --port 8000
    """
    with opened(say=lambda text: typer.echo(text, err=True)) as cluster:
        run(cluster, port=port, host=host)


def run(cluster: Cluster | None, *, port: int, host: str = "127.0.0.1", open_browser: bool = False) -> None:
    """Serves until interrupted; the station is open already."""
    import uvicorn

    url = f"http://{host}:{port}"
    typer.echo(f"console          {url}   (Ctrl-C ends it{'; the database with it' if cluster else ''})")
    if open_browser and _has_a_screen():
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(url)
    uvicorn.run(
        "kaval.station.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
        server_header=False,
    )


def _has_a_screen() -> bool:
    """True where a browser can be seen: a desktop session, not a server or a continuous-integration run."""
    if os.environ.get("CI"):
        return False
    return sys.platform in ("darwin", "win32") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))
