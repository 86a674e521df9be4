"""An identifier kind has four functions, a strength, and a normal form that is its own normal form."""

from __future__ import annotations

import inspect
from types import ModuleType

STRENGTHS = ("strong", "weak", "container")
HOLDERS = ("one", "passes", "many")
_SENTENCES = ("PROVES", "PROVES_ML", "MISLEADS", "MISLEADS_ML")
_FUNCTIONS = ("compact", "validate", "is_valid", "format")


def identifier_faults(module: ModuleType) -> list[str]:
    """What an identifier kind's module lacks."""
    name = module.__name__.rsplit(".", 1)[-1]
    faults = [
        f"{name}: no function {function}"
        for function in _FUNCTIONS
        if not inspect.isfunction(getattr(module, function, None))
    ]
    if getattr(module, "STRENGTH", None) not in STRENGTHS:
        faults.append(f"{name}: STRENGTH is none of {', '.join(STRENGTHS)}")
    if getattr(module, "HOLDER", None) not in HOLDERS:
        faults.append(f"{name}: HOLDER is none of {', '.join(HOLDERS)}")
    faults += [f"{name}: {text} is missing" for text in _SENTENCES if not getattr(module, text, "")]
    if not isinstance(getattr(module, "SCOPED", None), bool):
        faults.append(f"{name}: SCOPED must say whether the value belongs to a platform")
    text = module.__doc__ or ""
    if not all(f">>> {function}(" in text for function in ("validate", "is_valid", "format")):
        faults.append(f"{name}: examples of validate, is_valid and format are missing in the docstring")
    return faults


def value_faults(module: ModuleType, value: str) -> list[str]:
    """What is wrong with how the kind treats one value; any text may come in."""
    name = module.__name__.rsplit(".", 1)[-1]
    if not module.is_valid(value):
        try:
            module.validate(value)
        except ValueError:
            return []
        return [f"{name}: validate accepts {value!r} which is_valid refuses"]
    normal = module.validate(value)
    faults = []
    if not module.is_valid(normal) or module.validate(normal) != normal:
        faults.append(f"{name}: the normal form {normal!r} of {value!r} is not its own normal form")
    if not module.format(value):
        faults.append(f"{name}: nothing to show for {value!r}")
    return faults
