"""The repository holds no media, no registry's address, no lock that points anywhere, nothing copyleft."""

from __future__ import annotations

import hashlib
import json
import re
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.architecture.tree import ROOT, name_of, project_files

MEDIA_SUFFIXES = {
    ".jpg",
    ".jpeg",
    ".png",
    ".gif",
    ".webp",
    ".bmp",
    ".tif",
    ".tiff",
    ".heic",
    ".heif",
    ".avif",
    ".jxl",
    ".raw",
    ".psd",
    ".mp4",
    ".m4v",
    ".mov",
    ".avi",
    ".mkv",
    ".webm",
    ".mpg",
    ".mpeg",
    ".3gp",
    ".wmv",
    ".flv",
    ".mp3",
    ".wav",
    ".m4a",
    ".ogg",
    ".opus",
    ".flac",
    ".amr",
    ".img",
    ".iso",
    ".dd",
    ".e01",
    ".aff4",
    ".vhd",
    ".vmdk",
}
MEDIA_STARTS = (
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"II*\x00",
    b"MM\x00*",
    b"BM6",
    b"\x1aE\xdf\xa3",
    b"ID3",
    b"OggS",
    b"fLaC",
)
# Pictures of our own pages with synthetic people, and generated abstract patterns under their neutral name.
ALLOWED_MEDIA = ("docs/user/*.png", "docs/user/*/*.png", "tests/samples/*/pattern-*.png")

# SHA-256 of the hosts of package registries and their file servers: a list that names none of them.
REGISTRY_HOSTS = {
    "a4aa2ac280bb8d1a0ce7a1be5a7bfb10292b49fe9435ad5cff19f421f3c70e41",
    "8b5bb5eb9d758455b8635855cf8aaf05b68775e3f83f0291e800ef338fb9783c",
    "8743857e3ea00fd1c64bbc68b8af241954ad2c285e7a60340eec7ea5dcb200db",
    "3ca29e55be4befa48f875d24c27f9bed32fe06588819ed6264084b6670a1ebb0",
    "87d14f070cb9686970d008f9f94e668075fd37620381409858bf040ae1271d51",
    "e680c440a2e92079ab1bf7a927e8d3920f1bcd173c0487e28e020110b2e59efc",
    "1ba4e37997a2e986efa6cd844e43fd25b9e816359d31612baa9c18b71e3b5294",
    "789e46d79514e28093cabe2bb4a0798266f584b0e508ef269ebabb6e57859290",
    "00a7dc5a0cc388586b8665846e7d8ae94a6dd096f2aa1aa3b4aab4ac484f998a",
    "c2b35955576ffa710bfb7c4e5de8141335829cb1333377cbaf7daaeff9647b35",
    "f5c653675ede2254ff68a7878bbfa33069eb68b234b007e4d6206d80d34f61b3",
    "51c6b9f69c48a75b146d2785c3d70d336d5fdce24868f2e22db377d736f2ef24",
    "a0f007d863a0ed19c5bd996ef6eaab194af2f1ac685c0f71a75270a0366f8983",
}
HOST = re.compile(r"(?<![\w.-])((?:[a-z0-9-]+\.)+[a-z]{2,})(?![\w-])", re.IGNORECASE)
SETTINGS_WITH_ADDRESSES = re.compile(
    r"(--(extra-)?index-url|--find-links|^\s*registry\s*=|\"resolved\"\s*:)", re.MULTILINE
)
COPYLEFT = re.compile(r"\b(AGPL|Affero|(?<!L)GPL|(?<!Lesser )General Public License)", re.IGNORECASE)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="ignore")


def test_no_media_but_patterns_of_our_own_making() -> None:
    found = [
        name_of(path)
        for path in project_files()
        if (path.suffix.lower() in MEDIA_SUFFIXES or path.read_bytes()[:8].startswith(MEDIA_STARTS))
        and not any(fnmatch(name_of(path), allowed) for allowed in ALLOWED_MEDIA)
    ]

    assert not found, "\n".join(["", *found])


def _registry_hosts(text: str) -> set[str]:
    hosts = set()
    for host in {match.lower() for match in HOST.findall(text)}:
        labels = host.split(".")
        for start in range(len(labels) - 1):
            if hashlib.sha256(".".join(labels[start:]).encode()).hexdigest() in REGISTRY_HOSTS:
                hosts.add(host)
    return hosts


def test_no_file_names_a_registry() -> None:
    found = [
        f"{name_of(path)}: {host}"
        for path in project_files()
        for host in sorted(_registry_hosts(_text(path)))
    ]

    assert not found, "\n".join(["", *found])


def test_a_registry_is_recognised_by_its_digest_under_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    known = hashlib.sha256(b"packages.example").hexdigest()
    monkeypatch.setitem(globals(), "REGISTRY_HOSTS", {known})

    assert _registry_hosts("see https://files.packages.example/x and other.example") == {
        "files.packages.example"
    }


def test_locks_pin_versions_and_hashes_and_no_addresses() -> None:
    for path in sorted((ROOT / "requirements").glob("*.lock")):
        text = path.read_text("utf-8")
        assert "://" not in text, path.name
        pins = re.findall(r"^[A-Za-z0-9]\S*==\S+", text, re.MULTILINE)
        stanzas = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
        assert len(pins) == len(stanzas) > 0
        assert all("--hash=sha256:" in stanza for stanza in stanzas), path.name


def test_the_browser_lock_holds_digests_and_no_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]

    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


@pytest.mark.parametrize("name", [".npmrc", "package.json", "pyproject.toml", "dev", ".ci/run"])
def test_no_setting_points_a_client_somewhere(name: str) -> None:
    assert SETTINGS_WITH_ADDRESSES.search(_text(ROOT / name)) is None


def _runtime_names() -> list[str]:
    lines = (ROOT / "requirements" / "runtime.lock").read_text("utf-8").splitlines()
    pins = [Requirement(line.rstrip(" \\")) for line in lines if line and not line.startswith((" ", "#"))]
    return sorted({pin.name for pin in pins if pin.marker is None or pin.marker.evaluate()})


def _licence(name: str) -> str:
    """What the package says of its licence in one line, without exceptions for bundled libraries."""
    stated = metadata.metadata(name)
    first_line = (stated["License"] or "").strip().splitlines()[:1]
    classifiers = [entry for entry in stated.get_all("Classifier") or [] if entry.startswith("License")]
    said = " | ".join([stated["License-Expression"] or "", *first_line, *classifiers])
    # The exception is what lets any program link the compiler's runtime library.
    return re.sub(r"GPL-3\.0\S*[- ]with[- ]GCC[- ]exception\S*", "", said, flags=re.IGNORECASE)


def test_runtime_dependencies_are_permissive_or_lesser_gpl() -> None:
    licences = {name: _licence(name) for name in _runtime_names()}

    assert {name: said for name, said in licences.items() if COPYLEFT.search(said)} == {}
    assert len(licences) > 20


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("Apache-2.0", False),
    ],
)
def test_the_licence_rule_tells_gpl_from_lgpl(said: str, refused: bool) -> None:
    assert bool(COPYLEFT.search(said)) is refused


def test_browser_dependencies_are_permissive() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    shipped = {
        name: entry.get("license", "") for name, entry in packages.items() if name and not entry.get("dev")
    }

    assert {name: said for name, said in shipped.items() if COPYLEFT.search(said) or not said} == {}
