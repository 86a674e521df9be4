"""A reader says what it was tried with, claims only its own, and ends in a `Reading` or a `ReaderError`."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

from kaval.engine.formats import claimants
from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.kernel.errors import ReaderError

_SECTIONS = {
    "Versions tried:": re.compile(r"(?:^|\. )(?:Versions tried|Tried):", re.MULTILINE),
    "Not supported:": re.compile(r"(?:^|\. )Not supported:", re.MULTILINE),
    "Sources:": re.compile(r"(?:^|\. )Sources?:", re.MULTILINE),
}


def reader_faults(module: ModuleType, *, kind: str) -> list[str]:
    """What a reader's module lacks: its sections, its SPEC, its two functions."""
    name = module.__name__.rsplit(".", 1)[-1]
    text = module.__doc__ or ""
    faults = [
        f"{name}: docstring without `{label}`" for label, form in _SECTIONS.items() if not form.search(text)
    ]
    spec = getattr(module, "SPEC", None)
    if not isinstance(spec, FormatSpec):
        return [*faults, f"{name}: no SPEC"]
    if (spec.name, spec.kind) != (name, kind):
        faults.append(f"{name}: SPEC says {spec.name} of kind {spec.kind}")
    if not spec.version or not spec.title:
        faults.append(f"{name}: SPEC without version or title")
    faults += [
        f"{name}: no function {function}"
        for function in ("claims", "read")
        if not callable(getattr(module, function, None))
    ]
    return faults


def only_claimant_faults(module: ModuleType, file: ReceivedFile, *, kind: str) -> list[str]:
    """Faults when another reader of the kind claims the file too, or this one does not."""
    names = [found.SPEC.name for found in claimants(file, kind)]
    return (
        []
        if names == [module.SPEC.name]
        else [f"{file.name}: claimed by {names}, not by {module.SPEC.name} alone"]
    )


def outcome_of(module: ModuleType, file: ReceivedFile) -> Reading[Any] | ReaderError:
    """What the reader makes of any bytes: a sound `Reading` or a `ReaderError`; every other error passes
    through.

    Raises:
        AssertionError: it gave something else, a warning without code or text, or an error without a problem.
    """
    try:
        reading: Any = module.read(file)
    except ReaderError as error:
        if not error.problem:
            raise AssertionError(f"{module.SPEC.name}: a ReaderError must say what is wrong") from error
        return error
    if not isinstance(reading, Reading) or reading.format != module.SPEC:
        raise AssertionError(f"{module.SPEC.name} gave no Reading of its own")
    trouble: tuple[Any, ...] = reading.warnings
    for warning in trouble:
        if not isinstance(warning, ReadWarning) or not warning.code or not warning.text:
            raise AssertionError(f"{module.SPEC.name}: a warning without code or text: {warning}")
    return reading
