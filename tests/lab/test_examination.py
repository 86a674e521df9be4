"""The lab on real images: known files found, deleted ones too, nothing else matched, and trouble named."""

from __future__ import annotations

import json
import os
from hashlib import md5, sha1, sha256
from pathlib import Path
from typing import Any

import pytest

from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.lab import ExaminationSummary, Limits, Progress, examine
from tests.lab import images
from tests.lab.images import AT, picture

Line = dict[str, Any]
KNOWN = {f"k{number}.png": picture(number) for number in range(4)}
OTHER = {f"o{number}.png": picture(100 + number) for number in range(4)}
FILES = KNOWN | OTHER
DELETED = ("k1.png", "o2.png")


def lines(summary: ExaminationSummary, kind: str = "findings") -> list[Line]:
    return [json.loads(line) for line in (summary.out / f"{kind}.jsonl").read_text("utf-8").splitlines()]


def codes(summary: ExaminationSummary) -> list[tuple[str, str]]:
    return [(line["source"], line["code"]) for line in lines(summary, "warnings")]


def by_content(found: list[Line]) -> dict[str, Line]:
    return {line["sha256"]: line for line in found}


@pytest.fixture
def known(tmp_path: Path) -> Path:
    return images.vics(tmp_path / "known.vics.json", list(KNOWN.values()))


def make(kind: str, tmp_path: Path) -> Path:
    path = tmp_path / f"{kind}.img"
    if kind == "ext4":
        return images.ext4(path, images.folder(tmp_path / "tree", FILES), deleted=DELETED)
    if kind == "ntfs":
        return images.ntfs(path, FILES, deleted=DELETED)
    bits = int(kind.removeprefix("fat"))
    return images.vfat(
        path, FILES, deleted=DELETED, size={12: 8, 16: 24, 32: 40}[bits] * images.MIB, bits=bits
    )


@pytest.mark.parametrize("kind", ["ext4", "fat12", "fat16", "fat32", "ntfs"])
def test_every_file_is_found_hashed_and_matched(kind: str, tmp_path: Path, known: Path) -> None:
    summary = examine([make(kind, tmp_path)], hashsets=[known], out=tmp_path / "out", at=AT)
    found = by_content(lines(summary))
    assert set(found) == {sha256(content).hexdigest() for content in FILES.values()}
    for name, content in FILES.items():
        line = found[sha256(content).hexdigest()]
        assert line["md5"] == md5(content).hexdigest()
        assert line["sha1"] == sha1(content).hexdigest()
        assert (line["size"], line["mime"]) == (len(content), "image/png")
        assert line["state"] == ("deleted" if name in DELETED else "allocated")
        assert line["path"].endswith(name[1:]), "FAT overwrites the first letter of a deleted name"
        assert [match["code"] for match in line["matches"]] == (["1"] if name in KNOWN else [])
    assert summary.complete
    assert summary.counts["matched_files"] == len(KNOWN)
    assert codes(summary) == []


def test_a_match_names_the_list_its_version_and_the_scheme(tmp_path: Path, known: Path) -> None:
    source = images.folder(tmp_path / "folder", KNOWN)
    summary = examine([source], hashsets=[known], out=tmp_path / "out", at=AT)
    version = sha256(known.read_bytes()).hexdigest()
    assert lines(summary)[0]["matches"] == [
        {
            "set": "known",
            "version": version,
            "scheme": "VICS/Default",
            "scheme_version": "2.0",
            "code": "1",
            "algorithm": "md5",
            "distance": 0,
            "orientation": None,
        }
    ]


def test_a_partitioned_disk_gives_every_volume(tmp_path: Path, known: Path) -> None:
    first = images.vfat(tmp_path / "one.img", KNOWN)
    second = images.ext4(tmp_path / "two.img", images.folder(tmp_path / "tree", OTHER))
    disk = images.partitioned(tmp_path / "disk.img", [first, second])
    summary = examine([disk], hashsets=[known], out=tmp_path / "out", at=AT)
    volumes = {line["volume"] for line in lines(summary)}
    assert len(lines(summary)) == len(FILES)
    assert len(volumes) == 2
    assert None not in volumes


def test_a_partition_table_that_lies_is_named_and_the_volume_still_read(tmp_path: Path) -> None:
    volume = images.vfat(tmp_path / "one.img", KNOWN)
    disk = images.partitioned(tmp_path / "disk.img", [volume], claim=10_000_000)
    summary = examine([disk], hashsets=[], out=tmp_path / "out", at=AT)
    assert ("disk.img", "volume-cut") in codes(summary)
    assert len(lines(summary)) == len(KNOWN)


def test_a_named_stream_is_a_file_of_its_own(tmp_path: Path, known: Path) -> None:
    image = images.ntfs(
        tmp_path / "n.img", {"plain.txt": b"nothing to see here, move on", "plain.txt:s": KNOWN["k0.png"]}
    )
    summary = examine([image], hashsets=[known], out=tmp_path / "out", at=AT)
    assert {line["path"]: bool(line["matches"]) for line in lines(summary)} == {
        "plain.txt": False,
        "plain.txt:s": True,
    }


def test_files_whose_directory_entry_is_wiped_are_found_as_orphans(tmp_path: Path, known: Path) -> None:
    image = images.vfat(tmp_path / "f.img", KNOWN)
    images.run(images.tool("mdeltree", "mtools"), "-i", image, "::DCIM")
    content = bytearray(image.read_bytes())
    entry = content.index(b"\xe5CIM       \x10")
    content[entry : entry + 32] = bytes(32)
    image.write_bytes(content)
    summary = examine([image], hashsets=[known], out=tmp_path / "out", at=AT)
    assert summary.counts["matched_digests"] == len(KNOWN)
    assert {line["state"] for line in lines(summary)} == {"deleted"}
    assert all(line["path"].startswith("$OrphanFiles/") for line in lines(summary))


def test_a_deleted_folder_gives_its_files(tmp_path: Path, known: Path) -> None:
    image = images.vfat(tmp_path / "f.img", KNOWN)
    images.run(images.tool("mdeltree", "mtools"), "-i", image, "::DCIM")
    summary = examine([image], hashsets=[known], out=tmp_path / "out", at=AT)
    assert summary.counts["matched_digests"] == len(KNOWN)
    assert {line["state"] for line in lines(summary)} == {"deleted"}


def test_a_deleted_name_never_borrows_the_content_of_another_file(tmp_path: Path, known: Path) -> None:
    image = images.ext4(tmp_path / "e.img", images.folder(tmp_path / "tree", {"gone.png": OTHER["o0.png"]}))
    debugfs = images.tool("debugfs", "e2fsprogs")
    (tmp_path / "new").write_bytes(KNOWN["k0.png"])
    images.run(debugfs, "-w", "-R", "mkdir /sub", image)
    images.run(debugfs, "-w", "-R", "rm /gone.png", image)
    images.run(debugfs, "-w", "-R", f"write {tmp_path / 'new'} sub/new.png", image)
    summary = examine([image], hashsets=[known], out=tmp_path / "out", at=AT)
    told = {line["path"]: (line["state"], line["sha256"] is None, line["note"]) for line in lines(summary)}
    assert told == {
        "gone.png": ("deleted", True, "content-belongs-to-another"),
        "sub/new.png": ("allocated", False, None),
    }


def test_hostile_names_and_loops_are_recorded_and_bounded(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "sub" / "deep").mkdir(parents=True)
    names = {
        b"bad\xff.png": r"bad\xff.png",
        b"two\nlines.png": r"two\u{a}lines.png",
        b"a\\b.png": r"a\\b.png",
        "txt\u202egnp.png".encode(): r"txt\u{202e}gnp.png",
        "ക്\u200d.png".encode(): "ക്\u200d.png",
    }
    for name in names:
        (tree / os.fsdecode(name)).write_bytes(name)
    image = images.ext4(tmp_path / "x.img", tree)
    images.run(images.tool("debugfs", "e2fsprogs"), "-w", "-R", "ln /sub /sub/deep/loop", image)
    for source in (image, tree):
        summary = examine([source], hashsets=[], out=tmp_path / f"out-{source.name}", at=AT)
        found = {line["path"]: line["sha256"] for line in lines(summary)}
        assert found == {path: sha256(name).hexdigest() for name, path in names.items()}
        assert [code for _, code in codes(summary)].count("name-escaped") == 3
        assert ((source.name, "directory-loop") in codes(summary)) == (source == image)


def test_depth_and_entries_beyond_the_limits_are_named(tmp_path: Path) -> None:
    tree = images.folder(tmp_path / "tree", {"a/b/c/deep.png": b"x", "top.png": b"y", "top2.png": b"z"})
    image = images.ext4(tmp_path / "x.img", tree)
    for source in (tree, image):
        deep = examine(
            [source], hashsets=[], out=tmp_path / "deep" / source.name, at=AT, limits=Limits(max_depth=1)
        )
        assert ("too-deep" in {code for _, code in codes(deep)}, len(lines(deep))) == (True, 2)
        few = examine(
            [source], hashsets=[], out=tmp_path / "few" / source.name, at=AT, limits=Limits(max_entries=2)
        )
        assert "too-many-entries" in {code for _, code in codes(few)}
    spent = examine([image], hashsets=[], out=tmp_path / "spent", at=AT, limits=Limits(max_bytes_factor=0))
    assert [(line["sha256"], line["note"]) for line in lines(spent)] == [(None, "content-unreadable")] * 3


def test_an_image_that_is_not_the_sealed_one_is_not_examined(tmp_path: Path, known: Path) -> None:
    image = images.vfat(tmp_path / "f.img", KNOWN)
    sealed = sha256(image.read_bytes()).hexdigest()
    good = examine(
        [image], hashsets=[known], out=tmp_path / "good", at=AT, expected_sha256={"f.img": sealed.upper()}
    )
    assert (good.complete, len(lines(good))) == (True, len(KNOWN))
    with image.open("r+b") as stream:
        stream.seek(5 * images.MIB)
        stream.write(b"\x01")
    for key in (str(image), "f.img"):
        bad = examine([image], hashsets=[known], out=tmp_path / "bad", at=AT, expected_sha256={key: sealed})
        assert (bad.complete, lines(bad)) == (False, [])
        assert codes(bad) == [("f.img", "image-digest-differs")]
        assert bad.content["sources"][0]["refused"] == "image-digest-differs"


@pytest.mark.parametrize(
    ("expected", "code", "examined"),
    [
        ({"f.img": "not hex"}, "expected-digest-unusable", False),
        ({"other.img": "0" * 64}, "expected-digest-unused", True),
    ],
)
def test_an_expected_digest_that_cannot_be_compared_is_never_passed_over(
    tmp_path: Path, expected: dict[str, str], code: str, examined: bool
) -> None:
    image = images.vfat(tmp_path / "f.img", KNOWN)
    summary = examine([image], hashsets=[], out=tmp_path / "out", at=AT, expected_sha256=expected)
    assert [met for _, met in codes(summary)] == [code]
    assert summary.complete is examined


def test_trouble_in_one_source_does_not_stop_the_others(tmp_path: Path, known: Path) -> None:
    garbage = tmp_path / "garbage.img"
    garbage.write_bytes(bytes(range(256)) * 4096)
    empty = tmp_path / "empty.img"
    empty.touch()
    cut = tmp_path / "cut.img"
    cut.write_bytes(
        images.ext4(tmp_path / "whole.img", images.folder(tmp_path / "t", OTHER)).read_bytes()[: 1 << 18]
    )
    good = images.vfat(tmp_path / "good.img", KNOWN)
    sources = [garbage, empty, tmp_path / "absent.img", cut, good]
    summary = examine(sources, hashsets=[known], out=tmp_path / "out", at=AT)
    met = codes(summary)
    for source, code in (
        ("garbage.img", "no-file-system"),
        ("empty.img", "no-file-system"),
        ("absent.img", "source-unreadable"),
    ):
        assert (source, code) in met
    assert "cut.img" in {source for source, _ in met}
    assert [line["source"] for line in lines(summary) if line["matches"]] == ["good.img"] * len(KNOWN)
    assert not summary.complete


def test_the_same_inputs_give_the_same_bytes_and_a_complete_result_is_left_alone(
    tmp_path: Path, known: Path
) -> None:
    sources = [make("fat16", tmp_path), images.folder(tmp_path / "tree", OTHER)]
    first = examine(sources, hashsets=[known], out=tmp_path / "one", at=AT)
    again = examine(sources, hashsets=[known], out=tmp_path / "two", at=AT)
    for name in ("findings.jsonl", "warnings.jsonl", "summary.json"):
        assert (first.out / name).read_bytes() == (again.out / name).read_bytes()
    stamp = (first.out / "summary.json").stat()
    later = examine(sources, hashsets=[known], out=tmp_path / "one", at=AT.replace(hour=9))
    assert later.reused
    assert later.content == first.content
    assert (first.out / "summary.json").stat().st_ino == stamp.st_ino


def test_a_damaged_or_outdated_result_is_made_again(tmp_path: Path, known: Path) -> None:
    source = images.folder(tmp_path / "tree", FILES)
    first = examine([source], hashsets=[known], out=tmp_path / "out", at=AT)
    whole = (first.out / "findings.jsonl").read_bytes()
    (first.out / "findings.jsonl").write_bytes(whole[:-20])
    assert not examine([source], hashsets=[known], out=tmp_path / "out", at=AT).reused
    assert (first.out / "findings.jsonl").read_bytes() == whole
    (source / "new.png").write_bytes(KNOWN["k0.png"])
    assert (
        examine([source], hashsets=[known], out=tmp_path / "out", at=AT).counts["matched_files"]
        == len(KNOWN) + 1
    )


def test_a_broken_run_goes_on_and_ends_the_same(tmp_path: Path, known: Path) -> None:
    sources = [make("fat16", tmp_path), images.folder(tmp_path / "tree", OTHER)]
    whole = examine(sources, hashsets=[known], out=tmp_path / "whole", at=AT)
    seen: list[tuple[str, str]] = []

    def breaks(progress: Progress) -> None:
        if (progress.stage, progress.source) == ("examine", "tree"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine(sources, hashsets=[known], out=tmp_path / "out", at=AT, progress=breaks)
    assert not (tmp_path / "out" / "summary.json").exists()
    after = examine(
        sources,
        hashsets=[known],
        out=tmp_path / "out",
        at=AT,
        progress=lambda one: seen.append((one.stage, one.source)),
    )
    assert ("examine", "fat16.img") not in seen, "the finished source is not read again"
    assert after.content == whole.content
    assert (after.out / "findings.jsonl").read_bytes() == (whole.out / "findings.jsonl").read_bytes()
    assert sorted(path.name for path in after.out.iterdir()) == [
        "artefacts.jsonl",
        "findings.jsonl",
        "summary.json",
        "warnings.jsonl",
    ]


def test_a_source_is_never_written_to_and_results_stay_outside(tmp_path: Path, known: Path) -> None:
    image = make("ext4", tmp_path)
    image.chmod(0o400)
    before = (sha256(image.read_bytes()).hexdigest(), image.stat().st_mtime_ns)
    examine([image], hashsets=[known], out=tmp_path / "out", at=AT)
    assert (sha256(image.read_bytes()).hexdigest(), image.stat().st_mtime_ns) == before
    tree = images.folder(tmp_path / "tree2", OTHER)
    for out in (tree, tree / "out", tmp_path):
        with pytest.raises(RefusedError, match=r"lab\."):
            examine([tree], hashsets=[], out=out, at=AT)
    assert sorted(os.listdir(tree)) == sorted(OTHER)


def test_results_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    summary = examine([images.folder(tmp_path / "t", OTHER)], hashsets=[], out=tmp_path / "out", at=AT)
    assert summary.out.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in summary.out.iterdir())


def test_links_and_pipes_in_a_folder_are_named_and_not_followed(tmp_path: Path, known: Path) -> None:
    secret = images.folder(tmp_path / "outside", KNOWN)
    tree = images.folder(tmp_path / "tree", OTHER)
    (tree / "link").symlink_to(secret)
    (tree / "file-link").symlink_to(secret / "k0.png")
    os.mkfifo(tree / "pipe")
    summary = examine([tree], hashsets=[known], out=tmp_path / "out", at=AT)
    assert summary.counts["matched_files"] == 0
    assert [code for _, code in codes(summary)] == ["not-a-regular-file"] * 3


def test_an_empty_file_is_never_known(tmp_path: Path) -> None:
    source = images.folder(tmp_path / "t", {"empty.png": b""})
    listed = images.vics(tmp_path / "l.vics.json", [b"", KNOWN["k0.png"]])
    summary = examine([source], hashsets=[listed], out=tmp_path / "out", at=AT)
    assert [(line["mime"], line["matches"]) for line in lines(summary)] == [("inode/x-empty", [])]
    assert codes(summary) == [("l", "digest-of-empty")]


def test_an_md5_that_agrees_while_sha1_does_not_is_no_match(tmp_path: Path) -> None:
    content = KNOWN["k0.png"]
    record = {"MediaID": 1, "Category": 1, "MD5": md5(content).hexdigest(), "SHA1": "1" * 40}
    listed = images.vics(tmp_path / "l.vics.json", [])
    listed.write_text(json.dumps(json.loads(listed.read_text()) | {"value": [record]}))
    summary = examine(
        [images.folder(tmp_path / "t", {"a.png": content})], hashsets=[listed], out=tmp_path / "o", at=AT
    )
    assert lines(summary)[0]["matches"] == []
    assert codes(summary) == [("t", "digests-disagree")]


def test_a_verdict_that_members_voted_down_is_a_match_without_a_code_and_a_warning(tmp_path: Path) -> None:
    content = images.picture(1)
    listed = tmp_path / "shared.xml"
    listed.write_text(
        '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images><image><member id="7"/>'
        "<timestamp>2026-01-01T00:00:00Z</timestamp><id>i1</id><classification>A1</classification>"
        f"<fingerprints><md5>{md5(content).hexdigest()}</md5></fingerprints><feedback>"
        '<negativeFeedback type="Md5"><members><member id="8"/></members></negativeFeedback></feedback>'
        "</image></images></queryResult>"
    )
    summary = examine(
        [images.folder(tmp_path / "t", {"a.png": content})], hashsets=[listed], out=tmp_path / "o", at=AT
    )
    [match] = lines(summary)[0]["matches"]
    assert (match["scheme"], match["code"]) == ("NCMEC/industry", None)
    assert ("t", "match-contested") in codes(summary)


def test_a_hash_set_that_cannot_be_used_stops_the_run_before_it_starts(tmp_path: Path) -> None:
    source = images.folder(tmp_path / "t", OTHER)
    bad = tmp_path / "bad.vics.json"
    bad.write_text('{"@odata.context": "x/DataModels/2.0.xml/US/$metadata#Media", "value": [{"MD5": ')
    for path in (bad, tmp_path / "absent.json", source / "o1.png"):
        with pytest.raises(ReaderError):
            examine([source], hashsets=[path], out=tmp_path / "out", at=AT)
    assert not (tmp_path / "out").exists()


def test_sources_of_one_name_are_told_apart_and_nothing_else_is_given_away(tmp_path: Path) -> None:
    sources = [images.folder(tmp_path / part / "card", OTHER) for part in ("a", "b")]
    summary = examine(sources, hashsets=[], out=tmp_path / "out", at=AT)
    assert {line["source"] for line in lines(summary)} == {"a/card", "b/card"}
    assert str(tmp_path) not in "".join(path.read_text() for path in summary.out.iterdir())
    with pytest.raises(RefusedError, match=r"lab\.source-twice"):
        examine([sources[0], tmp_path / "a" / ".." / "a" / "card"], hashsets=[], out=tmp_path / "o2", at=AT)


def test_an_instant_without_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no zone"):
        examine([tmp_path], hashsets=[], out=tmp_path / "out", at=AT.replace(tzinfo=None))
