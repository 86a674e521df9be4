"""One reader or none: a file nobody knows, and a file two readers know, are refused with words."""

from __future__ import annotations

from types import ModuleType

import pytest

from kaval.engine import formats
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.intake import public_tip_json
from kaval.engine.kernel.errors import ReaderError


def test_a_file_no_reader_knows_names_the_known_formats() -> None:
    with pytest.raises(ReaderError, match="no reader knows this file") as caught:
        formats.read_one(ReceivedFile("unknown.bin", b"\x7fELF"), "intake")
    assert "CyberTipline" in caught.value.mend
    assert caught.value.file == "unknown.bin"


def test_a_file_two_readers_claim_is_read_by_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(kind: str) -> tuple[ModuleType, ...]:
        return (public_tip_json, public_tip_json)

    monkeypatch.setattr(formats, "discover", both)
    with pytest.raises(ReaderError, match="more than one reader"):
        formats.read_one(ReceivedFile("t.json", b'{"tip_id": "T"}'), "intake")


def test_an_unknown_kind_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ModuleNotFoundError):
        formats.discover("no_such_kind")
