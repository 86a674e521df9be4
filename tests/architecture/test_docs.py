"""The written pages hold together: links lead somewhere, decisions are short, generated pages notice a change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate import Page, stale
from tests.architecture.tree import ROOT, name_of, project_files

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
DECISIONS = sorted((ROOT / "docs" / "adr").glob("0*.md"))


def test_every_link_leads_to_a_file() -> None:
    broken = [
        f"{name_of(page)}: {target}"
        for page in project_files()
        if page.suffix == ".md"
        for target in LINK.findall(page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert not broken, "\n".join(["", *broken])


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_says_what_why_and_at_what_cost_in_ten_lines(page: Path) -> None:
    text = page.read_text("utf-8")

    assert text.count("\n") <= 10
    for part in ("Status:", "**Decision.**", "**Why.**", "**What it costs.**"):
        assert part in text


def test_a_stale_page_is_named_with_its_first_differing_line(tmp_path: Path) -> None:
    page = Page("x.md", "src", "one\ntwo\n")
    (tmp_path / "x.md").write_text(page.text.replace("two", "old"), encoding="utf-8")

    assert stale([page], folder=tmp_path) == ["docs/x.md:4: stale; run ./dev docs"]


def test_a_page_in_step_and_a_missing_page_are_told_apart(tmp_path: Path) -> None:
    page = Page("x.md", "src", "one\n")

    assert stale([page], folder=tmp_path) == ["docs/x.md:1: stale; run ./dev docs"]
    (tmp_path / "x.md").write_text(page.text, encoding="utf-8")
    assert stale([page], folder=tmp_path) == []
