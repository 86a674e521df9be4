"""Serves a small station with a plan in draft, for the browser's tests: `python -m tests.browser.serve_plan`."""

from __future__ import annotations

from tests.browser.serve_rows import main


def plan_rows() -> None:
    """The rows of the plan's pages, and a plan made of them."""
    from tests.station.planned_rows import planned

    planned()


if __name__ == "__main__":
    main(plan_rows)
