"""Small real disk images with generated pictures, made by mkfs without mounting; deleted files among them.

Nothing here needs root: ext4 by mkfs.ext4 and debugfs (Debian package e2fsprogs), FAT by mkfs.vfat
(dosfstools) and mcopy/mdel (mtools), NTFS by mkfs.ntfs and ntfscp (ntfs-3g). Volume ids and times are fixed;
where a tool writes the clock of this machine the bytes are set back afterwards: one seed, one image.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SIZE = 8 * 1024 * 1024
SYSTEM_DIRS = ("/usr/sbin", "/sbin", "/usr/local/sbin")
TOOLS: dict[str, dict[str, str]] = {
    "ext4": {"mkfs.ext4": "e2fsprogs", "debugfs": "e2fsprogs"},
    "vfat": {"mkfs.vfat": "dosfstools", "mmd": "mtools", "mcopy": "mtools", "mdel": "mtools"},
    "ntfs": {"mkfs.ntfs": "ntfs-3g", "ntfscp": "ntfs-3g"},
}


class MissingTool(RuntimeError):
    """A program that makes disk images is not installed; `package` names the Debian package that has it."""

    def __init__(self, tool: str, package: str) -> None:
        super().__init__(f"{tool} is not installed: install the Debian package {package}, or skip its images")
        self.tool = tool
        self.package = package


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to be put into an image; `path` begins with a slash, its folder is at most one level deep."""

    path: str
    content: bytes
    deleted: bool = False


def tool(name: str, file_system: str) -> str:
    """The program's path, looked for in the system folders too.

    Raises:
        MissingTool: it is not there.
    """
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *SYSTEM_DIRS)))
    if found is None:
        raise MissingTool(name, TOOLS[file_system][name])
    return found


def check_tools(file_system: str) -> None:
    """Raises MissingTool for the first program that the file system lacks."""
    for name in TOOLS[file_system]:
        tool(name, file_system)


def make_image(file_system: str, entries: list[Entry], *, number: int, at: datetime) -> bytes:
    """An image of the file system with the entries; those marked deleted are written, then removed."""
    with tempfile.TemporaryDirectory(prefix="kaval-image-") as folder:
        work = Path(folder)
        image = work / "image"
        with image.open("wb") as file:
            file.truncate(SIZE)
        source = work / "files"
        for entry in entries:
            target = source / entry.path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(entry.content)
            os.utime(target, (at.timestamp(), at.timestamp()))
        maker = {"ext4": _ext4, "vfat": _vfat, "ntfs": _ntfs}[file_system]
        maker(image, source, entries=entries, number=number, at=at)
        return image.read_bytes()


def _run(command: list[str], *, at: datetime, stdin: str | None = None) -> None:
    """Runs a tool with the clock told by the environment; RuntimeError with its words when it fails."""
    stamp = str(int(at.timestamp()))
    env = {"PATH": os.environ.get("PATH", ""), "TZ": "UTC", "LC_ALL": "C", "SOURCE_DATE_EPOCH": stamp}
    env |= {"E2FSPROGS_FAKE_TIME": stamp, "MTOOLS_SKIP_CHECK": "1"}
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, env=env, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")


def _folders(entries: list[Entry]) -> list[str]:
    return sorted({e.path.rsplit("/", 1)[0] for e in entries} - {""})


def _ext4(image: Path, source: Path, *, entries: list[Entry], number: int, at: datetime) -> None:
    uuid = f"00000000-0000-4000-8000-{number:012x}"
    options = f"hash_seed={uuid},root_owner=0:0,lazy_itable_init=0"
    command = [tool("mkfs.ext4", "ext4"), "-q", "-F", "-b", "1024", "-L", f"KAVAL{number}", "-U", uuid]
    _run([*command, "-E", options, "-O", "^has_journal", str(image)], at=at)
    script = [f"set_current_time {at:%Y%m%d%H%M%S}", *(f"mkdir {folder}" for folder in _folders(entries))]
    script += [f"write {source / e.path.lstrip('/')} {e.path}" for e in entries]
    script += [f"rm {e.path}" for e in entries if e.deleted]
    commands = image.with_name("commands")
    commands.write_text("\n".join(script) + "\n")
    _run([tool("debugfs", "ext4"), "-w", "-f", str(commands), str(image)], at=at)


def _vfat(image: Path, source: Path, *, entries: list[Entry], number: int, at: datetime) -> None:
    command = [tool("mkfs.vfat", "vfat"), "--invariant", "-n", f"KAVAL{number}", "-i", f"4b56{number:04x}"]
    _run([*command, str(image)], at=at)
    for folder in _folders(entries):
        _run([tool("mmd", "vfat"), "-i", str(image), f"::{folder}"], at=at)
    for entry in entries:
        name = str(source / entry.path.lstrip("/"))
        _run([tool("mcopy", "vfat"), "-m", "-i", str(image), name, f"::{entry.path}"], at=at)
    for entry in entries:
        if entry.deleted:
            _run([tool("mdel", "vfat"), "-i", str(image), f"::{entry.path}"], at=at)


def _ntfs(image: Path, source: Path, *, entries: list[Entry], number: int, at: datetime) -> None:
    """NTFS without folders and deleted files: ntfscp writes into the root and cannot remove."""
    began = image.stat().st_mtime
    command = [
        tool("mkfs.ntfs", "ntfs"),
        "-F",
        "-Q",
        "-q",
        "-T",
        "-s",
        "512",
        "-p",
        "0",
        "-H",
        "16",
        "-S",
        "63",
    ]
    _run([*command, "-L", f"KAVAL{number}", str(image)], at=at)
    for entry in entries:
        name = str(source / entry.path.lstrip("/"))
        _run([tool("ntfscp", "ntfs"), "-q", str(image), name, entry.path.lstrip("/")], at=at)
    _set_back(image, began=began, at=at)


def _set_back(image: Path, *, began: float, at: datetime) -> None:
    """Replaces the NTFS times (100 ns since 1601, eight-byte aligned) written since `began` by `at`."""
    epoch = 116_444_736_000_000_000
    low, high = (int(t * 10_000_000) + epoch for t in (began - 5, image.stat().st_mtime + 5))
    fixed = (int(at.timestamp()) * 10_000_000 + epoch).to_bytes(8, "little")
    content = bytearray(image.read_bytes())
    top = low.to_bytes(8, "little")[5:]
    start = content.find(top)
    while start >= 0:
        place = start - 5
        if (
            place >= 0
            and place % 8 == 0
            and low <= int.from_bytes(content[place : place + 8], "little") <= high
        ):
            content[place : place + 8] = fixed
        start = content.find(top, start + 1)
    image.write_bytes(bytes(content))
