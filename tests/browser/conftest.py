"""A served station and a real Chromium. What a page asks for outside the station, or complains of, fails the test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from kaval.gateways.postgres import Cluster

ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def served_database(cluster: Cluster, worker_id: str) -> str:
    """The address of the served station's database, in the application's role; KAVAL_SERVED_DATABASE names another."""
    if named := os.environ.get("KAVAL_SERVED_DATABASE"):
        return named
    name = f"kaval_browser_{worker_id}"
    cluster.ensure_database(name)
    return cluster.url("kaval_app", database=name)


@pytest.fixture(scope="session")
def served(cluster: Cluster, served_database: str, worker_id: str) -> Iterator[str]:
    """The base address of a served station that holds a few rows; KAVAL_SERVED_URL names one that runs already."""
    owner = cluster.url("kaval_super", database=f"kaval_browser_{worker_id}")
    yield from serving("tests.browser.serve_rows", database=served_database, owner=owner)


def serving(module: str, *, database: str, owner: str) -> Iterator[str]:
    """The base address of a station that a module of tests fills and serves, until it is no longer needed."""
    if named := os.environ.get("KAVAL_SERVED_URL"):
        yield named
        return
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={
            **os.environ,
            "KAVAL_DATABASE_URL": database,
            "KAVAL_OWNER_URL": owner,
            "DJANGO_SETTINGS_MODULE": "kaval.station.settings",
        },
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address.startswith("http://"), "the station did not start"
    yield address
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; without one these tests cannot say anything, and say so.

    Of a module, not of the run: Playwright keeps an event loop running in this thread, beside which Django refuses
    to touch the database in the tests that come after.
    """
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        assert not os.environ.get("CI"), "no Chromium on this machine, and CI must not skip"
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A browser window and everything it asked for or complained of."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def sign_in(self, role: str) -> None:
        """Signs in as one of the people of a role, by pressing the button that names it."""
        self.page.goto(f"{self.base}/sign-in")
        self.page.locator("button.person", has_text=role).first.click()
        self.page.wait_for_url(f"{self.base}/")

    def note(self, message: ConsoleMessage) -> None:
        """Keeps errors and warnings of the console."""
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def asked(self, url: str) -> None:
        """Keeps what was asked of anybody but the station."""
        if not url.startswith((self.base, "data:", "about:", "blob:")):
            self.outside.append(url)


@pytest.fixture
def open_window(chromium: Browser, served: str) -> Iterator[Callable[..., Watched]]:
    """Opens windows; at the end none may have complained or asked outside."""
    opened: list[tuple[BrowserContext, Watched]] = []

    def open_one(*, width: int = 1280, height: int = 900, script: bool = True, dark: bool = False) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            locale="en-GB",
        )
        watched = Watched(context.new_page(), served)
        watched.page.on("console", watched.note)
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        context.on("request", lambda request: watched.asked(request.url))
        opened.append((context, watched))
        return watched

    yield open_one
    for context, watched in opened:
        context.close()
        assert (watched.complaints, watched.outside) == ([], [])


@pytest.fixture
def move_site(served_database: str) -> Callable[[str, str], None]:
    """Moves a site to a state and tells the board, as an operation of the field room does when it commits."""

    def move(site: str, state: str) -> None:
        with psycopg.connect(served_database) as connection:
            row = connection.execute(
                "UPDATE station_site SET state = %s WHERE id = %s RETURNING operation_id", [state, site]
            ).fetchone()
            assert row is not None
            connection.execute("SELECT pg_notify('kaval_board', %s)", [str(row[0])])

    return move


def overflow(page: Page) -> int:
    """How many pixels a page is wider than its window."""
    page.wait_for_load_state()  # after a click the text is there before the style sheet is
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
