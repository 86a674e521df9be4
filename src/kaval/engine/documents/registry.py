"""Every kind of document, found by its folder: a file in a jurisdiction's package that defines `SPEC`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from kaval.engine.documents import india
from kaval.engine.documents._spec import AnySpec
from kaval.engine.kernel.errors import RefusedError

_JURISDICTIONS = (india,)


@cache
def all_specs() -> tuple[AnySpec, ...]:
    """The specs of all documents, sorted by id."""
    return tuple(sorted(_found(), key=lambda spec: spec.id))


def spec_of(spec_id: str) -> AnySpec:
    """The spec with this id.

    Raises:
        RefusedError: there is no such document (DOCUMENT-KIND).
    """
    for spec in all_specs():
        if spec.id == spec_id:
            return spec
    raise RefusedError("DOCUMENT-KIND", f"no document is called {spec_id}")


def _found() -> Iterator[AnySpec]:
    for package in _JURISDICTIONS:
        for module in iter_modules(package.__path__):
            if not module.name.startswith("_"):
                yield import_module(f"{package.__name__}.{module.name}").SPEC
