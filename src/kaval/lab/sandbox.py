"""Takes from the calling process, for good, what a parser of hostile files never needs.

Four walls, each kept even where another is missing: limits on memory, open files and core dumps; no new privileges;
Landlock (files: only what is named, read-only but for the output; no TCP; no signals and no abstract sockets to the
outside); a seccomp filter (no sockets, no programs, no new processes, no looking into others, no mounting, and no
change of any file's owner, mode, times or attributes, which Landlock does not guard). Sources: landlock(7), Linux
`include/uapi/linux/landlock.h`, seccomp(2), `asm/unistd_64.h` and `asm-generic/unistd.h`.

Descriptors open at the call stay usable: open what must be open before, close what must not. Landlock holds the
calling thread and those started later; libraries that start threads when loaded are told not to by
`SINGLE_THREADED`, given in the environment of the process before it starts.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import stat
import struct
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import kaval

SINGLE_THREADED: Mapping[str, str] = MappingProxyType(
    {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
)
"""The environment in which NumPy and numba start no threads of their own."""

_NO_NEW_PRIVS = 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same on every machine
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FIRST_RIGHTS = (1 << 13) - 1
_READ = _READ_FILE | _READ_DIR
_WRITE = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV  # the others are of folders only

_ARCHITECTURES = {
    "x86_64": (0xC000003E, 0, 317),
    "aarch64": (0xC00000B7, 1, 277),
}  # audit word, column, seccomp(2)
_CLONE, _CLONE3 = (56, 220), 435
_CLONE_THREAD = 0x10000
_X32 = 0x40000000
_DENIED = {
    "sockets": "41/198 42/203 43/202 49/200 50/201 53/199 288/242",
    "programs and processes": "57/- 58/- 59/221 322/281",
    "other processes": "101/117 310/270 311/271 312/272 424/424 434/434 438/438 440/440",
    "mounts and namespaces": "155/41 161/51 165/40 166/39 272/97 308/268 428/428 429/429 430/430 431/431 432/432 "
    "433/433 442/442",
    "the kernel": "103/116 135/92 163/89 167/224 168/225 169/142 170/161 171/162 172/- 173/- 175/105 176/106 179/60 "
    "246/104 298/241 313/273 320/294 321/280 323/282",
    "clocks": "159/171 164/170 227/112 305/266",
    "keys": "248/217 249/218 250/219",
    "ways around a filter": "303/264 304/265 425/425 426/426 427/427",
    "shared memory and queues by key": "29/194 64/190 68/186 240/180",
    "owner, mode, times, attributes": "90/- 91/52 92/- 93/55 94/- 132/- 133/- 188/5 189/6 190/7 197/14 198/15 199/16 "
    "235/- 259/33 260/54 261/- 268/53 280/88 452/452",
}
"""Numbers of system calls, x86_64/aarch64, `-` where there is none."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """What took hold, for the record of the run. `landlock` is the version of its interface, None: not there.

    `memory_bytes`: what the process may take beyond what it held; None: no limit could be set. `threads`: how many
    there were; with more than one, Landlock does not hold the others.
    """

    memory_bytes: int | None
    files: int | None
    no_new_privs: bool
    landlock: int | None
    seccomp: bool
    threads: int

    @property
    def complete(self) -> bool:
        """True when every wall stands."""
        walls = (self.memory_bytes, self.files, self.landlock)
        return None not in walls and self.no_new_privs and self.seccomp and self.threads == 1

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"complete": self.complete}


def confine(
    *, read: Sequence[Path], write: Sequence[Path], memory_bytes: int, files: int = 256
) -> Confinement:
    """Confines the calling process. Never undone; what the machine does not offer is missing in the answer.

    `read`: files and folders that stay readable, beside the interpreter's own code; `write`: folders in which files
    may be made, changed and removed. `memory_bytes` of address space beyond what is held now; `files`: open at a time.

    Raises:
        OSError: a path of `read` or `write` is not there, or a wall that the machine offers cannot be put up.
    """
    threads = len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 0
    memory = _limit_memory(memory_bytes)
    _lower(resource.RLIMIT_NOFILE, files)
    _lower(resource.RLIMIT_CORE, 0)
    if sys.platform != "linux":
        return Confinement(memory, files, no_new_privs=False, landlock=None, seccomp=False, threads=threads)
    kernel = ctypes.CDLL(None, use_errno=True)
    _done(kernel.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
    landlock = _landlock(kernel.syscall, read=[*_own_code(), *read], write=write)
    return Confinement(memory, files, True, landlock, _seccomp(kernel.syscall), threads)


def _limit_memory(allowed: int) -> int | None:
    """Limits the address space: the one limit on memory that a process itself can set and Linux keeps."""
    if sys.platform != "linux":
        return None
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _lower(resource.RLIMIT_AS, held + allowed)
    return allowed


def _lower(kind: int, limit: int) -> None:
    """Sets both limits, without raising one that is lower already."""
    hard = resource.getrlimit(kind)[1]
    least = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (least, least))


def _done(answer: int) -> int:
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"the sandbox could not be closed: {os.strerror(code)}")
    return answer


def _own_code() -> Iterator[Path]:
    """What the interpreter reads when it imports, or the loader when it loads, a little more."""
    places = {
        sys.prefix,
        sys.base_prefix,
        sysconfig.get_path("stdlib"),
        *kaval.__path__,
        "/usr/lib",
        "/lib",
        "/lib64",
    }
    places |= {"/etc/ld.so.cache", "/usr/share/zoneinfo", "/dev/urandom"}
    return (Path(place) for place in sorted(places) if os.path.exists(place))


def _landlock(syscall: Callable[..., int], *, read: Iterable[Path], write: Iterable[Path]) -> int | None:
    """Closes the file system; the version of Landlock, None when the kernel has none or has it switched off."""
    version = syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _VERSION_FLAG)
    if version < 1:
        return None
    rights = _FIRST_RIGHTS
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        rights |= right if version >= since else 0
    words = [rights, *((3,) if version >= 4 else ()), *((3,) if version >= 6 else ())]  # files, TCP, scopes
    attributes = struct.pack(f"={len(words)}Q", *words)
    ruleset = _done(syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0))
    try:
        for path in read:
            _allow(syscall, ruleset, path=path, rights=_READ & rights)
        for path in write:
            _allow(syscall, ruleset, path=path, rights=_WRITE & rights)
        _allow(syscall, ruleset, path=Path(os.devnull), rights=_READ_FILE | _WRITE_FILE)
        _done(syscall(_LANDLOCK_RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)
    return version


def _allow(syscall: Callable[..., int], ruleset: int, *, path: Path, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        _done(syscall(_LANDLOCK_ADD, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0))
    finally:
        os.close(place)


class _Program(ctypes.Structure):
    _fields_ = (("count", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _seccomp(syscall: Callable[..., int]) -> bool:
    """Puts the filter before every thread of the process; False on a machine whose calls are not in the table."""
    architecture = _ARCHITECTURES.get(platform.machine())
    if architecture is None:
        return False
    audit, column, number = architecture
    instructions = _filter(audit, column)
    program = _Program(len(instructions) // 8, instructions)
    answer = syscall(number, 1, 1, ctypes.byref(program))  # SECCOMP_SET_MODE_FILTER, for all threads
    if answer < 0 and ctypes.get_errno() in (errno.ENOSYS, errno.EINVAL):
        return False  # a kernel without filters
    if answer > 0:
        raise OSError(errno.EBUSY, "the sandbox could not be closed: a thread has a filter of its own")
    _done(answer)
    return True


def _filter(audit: int, column: int) -> bytes:
    """The filter as classic BPF: a word is (operation, jump if true, jump if false, constant)."""
    load, equal, at_least, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, kill, refuse, unknown = 0x7FFF0000, 0x80000000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS
    words = [(load, 0, 0, 4), (equal, 1, 0, audit), (answer, 0, 0, kill), (load, 0, 0, 0)]
    words += [(at_least, 0, 1, _X32), (answer, 0, 0, refuse)]
    # clone3 hides its flags behind a pointer: said to be unknown, so that the C library asks with clone.
    words += [(equal, 0, 1, _CLONE3), (answer, 0, 0, unknown)]
    for row in _DENIED.values():
        for pair in row.split():
            number = pair.split("/")[column]
            if number != "-":
                words += [(equal, 0, 1, int(number)), (answer, 0, 0, refuse)]
    words += [
        (equal, 0, 3, _CLONE[column]),
        (load, 0, 0, 16),
        (any_bit, 1, 0, _CLONE_THREAD),
        (answer, 0, 0, refuse),
    ]
    words += [(answer, 0, 0, allow)]
    return b"".join(struct.pack("=HBBI", *word) for word in words)
