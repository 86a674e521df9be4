"""`kaval examine`: the verb, its exit code, and what it leaves in the folder."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from typer.testing import CliRunner

from kaval.cli.app import app
from tests.lab import images


def test_a_folder_is_examined_concluded_and_left_alone_when_asked_again(tmp_path: Path) -> None:
    source = images.folder(tmp_path / "tree", {"a.png": images.picture(1), "b.txt": b"b"})
    known = images.vics(tmp_path / "known.vics.json", [images.picture(1)])
    asked = [
        "examine",
        str(source),
        "--hashset",
        str(known),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "2",
    ]
    first = CliRunner().invoke(app, asked)
    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout)["counts"]["matched_files"] == 1
    made = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert {"findings.jsonl", "artefacts.jsonl", "warnings.jsonl", "summary.json", "order.jsonl"} <= set(made)
    (tmp_path / "out" / "order.jsonl").unlink()  # as after a stop between examining and concluding
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == made


def test_a_source_that_is_not_the_sealed_one_ends_with_three(tmp_path: Path) -> None:
    image = tmp_path / "card.img"
    image.write_bytes(bytes(1 << 16))
    out = str(tmp_path / "out")
    other = sha256(b"other").hexdigest()
    done = CliRunner().invoke(app, ["examine", str(image), "--out", out, "--sealed", f"card.img={other}"])
    assert done.exit_code == 3
    assert json.loads(done.stdout)["sources"][0]["refused"] == "image-digest-differs"
    wrong = CliRunner().invoke(app, ["examine", str(image), "--out", out, "--sealed", "card.img"])
    assert "SOURCE=SHA256" in str(wrong.exception) + wrong.output
