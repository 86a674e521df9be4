"""`kaval packet open` on another machine: with both keys the packet is shown and written, else it says why not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kaval.engine.documents.provisions import provisions
from kaval.engine.documents.registry import spec_of
from kaval.gateways import packet_seal
from kaval.gateways.packet_file import packet_file
from kaval.gateways.typst_renderer import payload_of
from tests.documents.packet_cases import PACKET
from tests.homes import Home


@pytest.fixture(scope="module")
def packet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A sealed file, its release key and the team's code."""
    secrets, code = (packet_seal.new_secret(), packet_seal.new_secret()), packet_seal.new_code()
    sealed = packet_seal.seal(
        payload_of(spec_of("in.team_packet").build(PACKET, provisions()), language="en"),
        b"%PDF pages",
        number="KP-7QMK-2X9D",
        releasers=[packet_seal.public_of(one) for one in secrets],
        team=packet_seal.public_of(packet_seal.secret_of_code(code)),
        expires_at=datetime(2100, 1, 1, tzinfo=UTC),
    )
    file = tmp_path_factory.mktemp("packet") / "packet.html"
    file.write_bytes(packet_file(sealed))
    return file, packet_seal.release_key(sealed, secrets), code


def test_it_opens_with_both_keys_and_needs_no_station(packet: tuple[Path, str, str], tmp_path: Path) -> None:
    file, release, code = packet
    home = Home(tmp_path / "home")
    shown = home.run("packet", "open", file, "--release", release, "--code", code).stdout
    assert "Ward 12, Door 4/317" in shown
    pdf = tmp_path / "packet.pdf"
    home.run("packet", "open", file, "--release", release, "--code", code, "--pdf", pdf)
    assert pdf.read_bytes() == b"%PDF pages"
    assert pdf.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "home").exists()


def test_wrong_keys_and_other_files_are_refused_in_words(
    packet: tuple[Path, str, str], tmp_path: Path
) -> None:
    file, release, code = packet
    home = Home(tmp_path / "home")
    said = home.run(
        "packet", "open", file, "--release", release, "--code", packet_seal.new_code(), code=2
    ).stderr
    assert "do not open this packet" in " ".join(said.split())
    said = home.run("packet", "open", file, "--release", "short", "--code", code, code=2).stderr
    assert "24 letters" in " ".join(said.split())
    other = tmp_path / "other.html"
    other.write_text("<html></html>")
    said = home.run("packet", "open", other, "--release", release, "--code", code, code=2).stderr
    assert "holds no packet" in " ".join(said.split())
    home.run("packet", "open", file, "--code", code, code=2)
