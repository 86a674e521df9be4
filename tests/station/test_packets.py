"""Packets in the station: who names, seals, releases, opens, prints and recalls, and what each is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pytest_django.plugin import DjangoDbBlocker

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.gateways.packet_file import packet_file, packet_in
from kaval.gateways.packet_seal import NotOpened
from kaval.gateways.packet_seal import open_packet as open_sealed
from kaval.station.models import Attribution, NeedToKnow, Packet, PacketAccess, Site
from kaval.station.operations import packet_access, packets
from kaval.station.queries import packets as queries
from kaval.station.queries.packet_facts import team_name
from kaval.station.queries.scope import NotVisible
from tests.station import packet_rows as rows
from tests.station.console_rows import NOON, World
from tests.station.plays import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[rows.Kept]:
    """Sealed once for all tests here."""
    with rows.kept_for_module(django_db_blocker, tmp_path_factory.mktemp("station") / "home") as held:
        yield held


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def world(kept: rows.Kept, home: Path) -> Iterator[World]:
    """Both named, everything sealed."""
    with rows.at_home(kept, home) as built:
        yield built


@pytest.fixture
def sealed(kept: rows.Kept) -> packets.Sealed:
    """What the sealing made."""
    return kept.sealed


def opened(
    world: World, *, role: str = "field_officer", key: str = "open", **other: Any
) -> packet_access.HandedOut:
    """The member of the team asks for the key at the hour."""
    member = world.officers[role]
    packet = other.pop("packet", None) or rows.packet_of(world.officers["field_officer"])
    return packet_access.open_packet(by=member, key=key, packet=packet, **{"at": rows.HOUR, **other})


def code_of(world: World, sealed: packets.Sealed) -> str:
    """The code on the slip of the field officer's team."""
    packet = rows.packet_of(world.officers["field_officer"])
    team = team_name(packet.team)
    return next(slip.code for slip in sealed.slips if slip.team == team)


def test_sealing_is_once_and_its_codes_are_shown_once(world: World, sealed: packets.Sealed) -> None:
    assert len(sealed.packets) == len(sealed.slips) == 2
    again = rows.seal(world)
    assert (again.packets, again.slips, again.left) == ((), (), 2)
    later = rows.seal(world, key="another")
    assert (later.packets, later.slips, later.left) == ((), (), 2), "nothing changed, nothing is due"


def test_a_change_makes_a_new_packet_for_its_team_alone_and_the_slip_stays(
    world: World, sealed: packets.Sealed
) -> None:
    site = Site.objects.filter(stop__team__members__officer=world.officers["field_officer"]).order_by(
        "number"
    )[0]
    site.children_expected = not site.children_expected
    site.save(update_fields=["children_expected"])
    before = rows.packet_of(world.officers["field_officer"])
    rows.release(world)
    with refused("G-CHANGED"):
        opened(world)
    made = rows.seal(world, key="after the change", at=rows.HOUR)
    assert [one.team_id for one in made.packets] == [before.team_id]
    assert (made.slips, made.left) == ((), 1)
    with refused("G-PACKET"):
        opened(world, key="old", packet=before)
    held = opened(world, key="new")
    told, _ = open_sealed(held.packet, release=held.release, code=code_of(world, sealed))
    assert told["number"] == made.packets[0].number != before.number


def test_a_withdrawn_team_has_no_packet_any_more(world: World, sealed: packets.Sealed) -> None:
    packet = rows.packet_of(world.officers["field_officer"])
    packet.team.stood_down_at = rows.HOUR
    packet.team.save(update_fields=["stood_down_at"])
    rows.seal(world, key="after", at=rows.HOUR)
    assert Packet.objects.get(id=packet.id).superseded_at == rows.HOUR


def test_it_opens_for_the_team_when_both_have_released(world: World, sealed: packets.Sealed) -> None:
    with refused("G-FOUR-EYES"):
        opened(world, key="none")
    rows.release(world, "commander")
    with refused("G-FOUR-EYES"):
        opened(world, key="one")
    rows.release(world, "deputy_commander")
    held = opened(world, key="both")
    told, pdf = open_sealed(held.packet, release=held.release, code=code_of(world, sealed))
    assert told["number"] == rows.packet_of(world.officers["field_officer"]).number
    assert pdf.startswith(b"%PDF")


def test_asked_twice_with_one_key_it_is_one_hand_out(world: World, sealed: packets.Sealed) -> None:
    rows.release(world)
    assert opened(world).release == opened(world).release
    assert PacketAccess.objects.filter(kind="key").count() == 1


def test_another_team_and_headquarters_get_no_key(world: World, sealed: packets.Sealed) -> None:
    rows.release(world)
    with refused("G-TEAM"):
        opened(world, role="member_beta")
    with pytest.raises(NotPermitted):
        opened(world, role="commander", key="hq")


def test_neither_a_wrong_code_nor_a_changed_byte_opens(world: World, sealed: packets.Sealed) -> None:
    rows.release(world)
    held, code = opened(world), code_of(world, sealed)
    others = [slip.code for slip in sealed.slips if slip.code != code]
    with pytest.raises(NotOpened):
        open_sealed(held.packet, release=held.release, code=others[0])
    for part in ("sealed", "nonce", "header"):
        text = held.packet[part]
        spoilt = {**held.packet, part: text[:40] + ("A" if text[40:41] != "A" else "B") + text[41:]}
        if part == "nonce":
            spoilt = {**held.packet, part: ("A" if text[0] != "A" else "B") + text[1:]}
        with pytest.raises(NotOpened):
            open_sealed(spoilt, release=held.release, code=code)
    for nonsense in ("", "no key at all", "0" * 24):
        with pytest.raises(NotOpened):
            open_sealed(held.packet, release=nonsense, code=code)


def test_a_key_is_read_as_people_write_it(world: World, sealed: packets.Sealed) -> None:
    rows.release(world)
    held, code = opened(world), code_of(world, sealed)
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert open_sealed(held.packet, release=held.release.lower(), code=typed)


def test_the_file_holds_nothing_readable(world: World, sealed: packets.Sealed) -> None:
    packet = rows.packet_of(world.officers["field_officer"])
    content = packet_access.take_packet(
        by=world.officers["commander"], at=rows.EVENING, key="take", packet=packet
    )
    text = content.decode()
    team = team_name(packet.team)
    for word in ("TRAINING T", "Veedu", "House", team, "Alpha", "onerror", "SECRET"):
        assert word not in text
    assert packet.number in text
    assert packet_file(packet_in(content)) == content
    with pytest.raises(NotOpened):
        packet_in(b"<html>another page</html>")


def test_the_same_size_for_one_place_or_two(world: World, sealed: packets.Sealed) -> None:
    assert len({one.size // 65_536 for one in sealed.packets}) <= 2


def test_release_is_by_the_two_named_with_their_own_passphrase_once(
    world: World, sealed: packets.Sealed
) -> None:
    def release(role: str, words: str, *, key: str, **other: Any) -> object:
        given = {"at": rows.HOUR, "operation": rows.operation_of(world), **other}
        return packets.release_packets(by=world.officers[role], key=key, passphrase=words, **given)

    with refused("G-FOUR-EYES"):
        release("supervisor", "a third passphrase", key="third")
    with refused("G-PASSPHRASE"):
        release("commander", rows.WORDS["deputy_commander"], key="wrong")
    release("commander", rows.WORDS["commander"], key="right")
    with refused("G-FOUR-EYES"):
        release("commander", rows.WORDS["commander"], key="twice")
    with pytest.raises(NotPermitted):
        release("field_officer", "whatever it may be", key="member")


def test_before_the_hour_both_give_a_reason(world: World, sealed: packets.Sealed) -> None:
    early = NOON - packets.RELEASE_LEAD - timedelta(minutes=1)
    given: dict[str, Any] = {"operation": rows.operation_of(world), "at": early}
    for role in rows.WORDS:
        with refused("G-HOUR"):
            packets.release_packets(
                by=world.officers[role], key=f"{role} bare", passphrase=rows.WORDS[role], **given
            )
        packets.release_packets(
            by=world.officers[role],
            key=role,
            passphrase=rows.WORDS[role],
            reason="the list was seen outside",
            **given,
        )
    assert opened(world).release


def test_after_the_day_and_after_a_recall_no_key_is_given(world: World, sealed: packets.Sealed) -> None:
    rows.release(world)
    packet = rows.packet_of(world.officers["field_officer"])
    with refused("G-EXPIRED"):
        opened(world, key="late", at=NOON + timedelta(hours=10))
    rows.recall(world)
    with refused("G-PACKET"):
        opened(world, key="recalled", packet=packet)


def test_after_a_recall_a_new_round_needs_new_people_codes_and_releases(
    world: World, sealed: packets.Sealed
) -> None:
    rows.release(world)
    rows.recall(world)
    with refused("G-FOUR-EYES"):
        rows.seal(world, key="second")
    rows.enrol(world)
    again = rows.seal(world, key="second round", at=rows.HOUR)
    assert {slip.code for slip in again.slips}.isdisjoint(slip.code for slip in sealed.slips)
    with refused("G-FOUR-EYES"):
        opened(world)
    rows.release(world, at=rows.HOUR + timedelta(minutes=1))
    held = opened(world, key="again")
    assert open_sealed(held.packet, release=held.release, code=code_of(world, again))


def test_a_quarantined_attribution_shuts_the_packet(world: World, sealed: packets.Sealed) -> None:
    rows.release(world)
    Attribution.objects.update(quarantined_at=rows.HOUR)
    with refused("G-CHANGED"):
        opened(world)


def test_a_printed_copy_has_its_number_and_its_mark(world: World, sealed: packets.Sealed) -> None:
    rows.release(world)
    member = world.officers["field_officer"]
    packet = rows.packet_of(member)
    given: dict[str, Any] = {"by": member, "at": rows.HOUR, "packet": packet, "handed_to": member}
    with pytest.raises(RefusedError):
        packet_access.print_copy(key="wrong", code="0" * 20, **given)
    pages = [packet_access.print_copy(key=f"copy {n}", code=code_of(world, sealed), **given) for n in (1, 2)]
    assert [access.copy_number for access, _ in pages] == [1, 2]
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(pages[0][1])).pages]
    assert all("copy 1" in text and packet.number in text for text in texts)
    retyped = "\n".join(texts).replace(packet.number, "").encode()
    for copy, content in ((1, retyped), (2, pages[1][1])):
        drill = packet_access.record_leak(
            by=world.officers["commander"],
            at=rows.HOUR,
            key=f"leak {copy}",
            operation=packet.operation,
            content=content,
        )
        assert (drill.packet, drill.copy_number) == (packet, copy)


def test_retyped_without_any_number_a_leak_still_names_the_packet(
    world: World, sealed: packets.Sealed
) -> None:
    rows.release(world)
    held = opened(world)
    told, _ = open_sealed(held.packet, release=held.release, code=code_of(world, sealed))
    # Half of it, copied by hand, without head and foot.
    texts = [text["text"] for section in told["sections"] for part in section["parts"] if part["kind"] == "table"
             for row in part["rows"] for cell in row["cells"] if cell for text in cell]  # fmt: skip
    typed = "\n".join(texts).replace("KP-", "")
    operation = rows.operation_of(world)
    drill = packet_access.record_leak(
        by=world.officers["commander"], at=rows.HOUR, key="typed", operation=operation, content=typed.encode()
    )
    assert (drill.packet, drill.copy_number) == (rows.packet_of(world.officers["field_officer"]), 0)
    nobody = packet_access.record_leak(
        by=world.officers["commander"],
        at=rows.HOUR,
        key="other",
        operation=operation,
        content=b"Ward 12, at seven",
    )
    assert (nobody.packet, nobody.copy_number) == (None, None)


def test_only_those_on_the_list_know_of_packets_before_the_release(
    world: World, sealed: packets.Sealed
) -> None:
    operation, deputy = rows.operation_of(world), world.officers["deputy_commander"]
    board = queries.packets_board(world.officers["commander"], operation.pk)
    assert (board.sealed, board.released, board.unsealed) == (2, False, ())
    with pytest.raises(NotVisible):
        queries.packets_board(deputy, operation.pk)
    with refused("G-NEED-TO-KNOW"):
        packets.name_to_list(
            by=deputy, at=rows.EVENING, key="self", operation=operation, officer=deputy, why="x"
        )
    entry = packets.name_to_list(
        by=world.officers["commander"],
        at=rows.EVENING,
        key="name",
        operation=operation,
        officer=deputy,
        why="releases",
    )
    assert queries.packets_board(deputy, operation.pk).listed == (entry,)
    packets.end_on_list(by=world.officers["commander"], at=rows.HOUR, key="end", entry=entry)
    with pytest.raises(NotVisible):
        queries.packets_board(deputy, operation.pk)
    packets.name_to_list(
        by=world.officers["commander"],
        at=rows.HOUR,
        key="back",
        operation=operation,
        officer=deputy,
        why="again",
    )
    assert NeedToKnow.objects.count() == 1
    rows.release(world)
    assert queries.packets_board(world.officers["supervisor"], operation.pk).released


def test_a_member_learns_of_the_own_packet_only(world: World, sealed: packets.Sealed) -> None:
    member, other = world.officers["field_officer"], world.officers["member_beta"]
    assert queries.own_packets(member) == ()
    packet = rows.packet_of(member)
    with refused("G-NEED-TO-KNOW"):
        packet_access.take_packet(by=member, at=rows.EVENING, key="t", packet=packet)
    rows.release(world)
    (mine,) = queries.own_packets(member)
    assert (mine.packet, mine.open) == (packet, True)
    assert packet_access.take_packet(by=member, at=rows.HOUR, key="u", packet=packet)
    with pytest.raises(NotVisible):
        queries.own_packet(other, packet.pk)
    assert queries.still_open(mine, at=rows.HOUR)
    assert not queries.still_open(mine, at=NOON + timedelta(days=1))
    rows.recall(world)
    with pytest.raises(NotVisible):
        queries.own_packet(member, packet.pk)
