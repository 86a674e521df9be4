"""Lists of ranges come into use from sealed files, speak for their day, and fall silent when their bytes change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from django.test import Client, override_settings

from kaval.cli.play.chain import Play
from kaval.engine.kernel.digest import content_digest
from kaval.engine.rules.attribution.intelligence import AWAY
from kaval.station import sealed
from kaval.station.models import Account, NetworkFile, Receipt
from kaval.station.operations import intake, network
from kaval.station.queries.network import intelligence, network_lists
from tests.station.plays import refused

PLAYED_UNTIL = "install"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
DAY = date(2026, 2, 20)
EVENT = datetime(2026, 2, 25, 12, tzinfo=UTC)
SAMPLES = Path(__file__).parent.parent / "samples" / "network"


@pytest.fixture(autouse=True)
def _own_store(play: Play, tmp_path: Path) -> Iterator[None]:
    """Each test has a sealed store of its own, and no list but its own."""
    with override_settings(HOME=tmp_path):
        yield


def receipt(play: Play, content: str | bytes, name: str = "list.txt") -> Receipt:
    data = content.encode() if isinstance(content, str) else content
    return intake.receive_file(
        by=play.officer("intake_clerk"), at=AT, key=f"{name} {len(data)} {data[:40]!r}", name=name, content=data,
        source="network_list",
    )  # fmt: skip


def add(play: Play, content: str | bytes, **given: object) -> list[NetworkFile]:
    named: dict[str, object] = {
        "name": "Example list",
        "kind": "vpn",
        "dated": DAY,
        "source": "training",
    } | given
    got = receipt(play, content, str(named.pop("file", "list.txt")))
    key = content_digest([got.sealed.sha256, sorted((name, str(value)) for name, value in named.items())])
    return network.import_network_file(by=play.officer("analyst"), at=AT, key=key, receipt=got, **named)  # type: ignore[arg-type]


def kinds(address: str, at: datetime = EVENT) -> set[tuple[str, str]]:
    found = intelligence().lists.listings(ip_address(address), at, within_days=30)
    return {(one.kind, one.name) for one in found}


def test_a_plain_list_is_what_the_officer_says_it_is(play: Play) -> None:
    rows = add(play, "# training\n203.0.113.64/26\n2001:db8:77::/48\n", name="Anonymisers", kind="proxy")
    assert [(row.kind, row.name, row.dated, row.entries) for row in rows] == [
        ("proxy", "Anonymisers", DAY, 2)
    ]
    assert ("proxy", "Anonymisers") in kinds("203.0.113.70")
    assert ("proxy", "Anonymisers") in kinds("2001:db8:77::5")
    assert ("proxy", "Anonymisers") not in kinds("203.0.113.4")
    assert ("proxy", "Anonymisers") not in kinds("203.0.113.70", EVENT + timedelta(days=60))


def test_one_file_of_several_lists_makes_one_row_each(play: Play) -> None:
    content = (SAMPLES / "network_csv" / "lists.csv").read_bytes().rsplit(b"hosting,", 1)[0]
    rows = add(play, content, file="lists.csv", name="", kind="")
    assert [(row.kind, row.name) for row in rows] == [("own", "Unit lines"), ("vpn", "Example VPN list")]
    assert ("own", "Unit lines") in kinds("192.0.2.7")
    assert ("vpn", "Example VPN list") in kinds("203.0.113.70")


def test_a_file_with_unreadable_lines_needs_a_reason(play: Play) -> None:
    content = (SAMPLES / "range_list" / "egress.txt").read_bytes()
    with refused("LINES") as why:
        add(play, content)
    assert "line 7" in str(why.value)
    rows = add(play, content, although="the sender confirms that the line is a heading")
    assert rows[0].entries == 4


@pytest.mark.parametrize(
    ("given", "rule"),
    [({"kind": "club"}, "KIND"), ({"name": " "}, "NAME"), ({"dated": None}, "DATE")],
)
def test_what_neither_file_nor_officer_says_is_refused(
    play: Play, given: dict[str, object], rule: str
) -> None:
    before = NetworkFile.objects.count()
    with refused(rule):
        add(play, "203.0.113.64/26\n", **given)
    assert NetworkFile.objects.count() == before


def test_a_file_that_is_no_list_is_refused(play: Play) -> None:
    with refused("LIST"):
        add(play, "nothing of the kind\n")


def test_the_same_day_and_name_with_another_content_is_refused_and_the_same_file_is_found(play: Play) -> None:
    first = add(play, "203.0.113.64/26\n")
    assert add(play, "203.0.113.64/26\n", source="again") == first
    with refused("HELD"):
        add(play, "203.0.113.0/26\n")


def test_a_routing_snapshot_speaks_until_the_next_one(play: Play) -> None:
    for day, number in ((1, 64500), (15, 64501)):
        add(play, f"203.0.113.0\t24\t{number}\n", name="routes", kind="", dated=date(2026, 2, day))
    lists, host = intelligence().lists, ip_address("203.0.113.70")
    on = {day: lists.origin(host, datetime(2026, 2, day, 12, tzinfo=UTC)) for day in (1, 14, 15)}
    assert on == {1: frozenset({64500}), 14: frozenset({64500}), 15: frozenset({64501})}
    assert lists.origin(host, datetime(2026, 4, 1, tzinfo=UTC)) is None
    assert lists.origin(host, datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_a_list_whose_sealed_bytes_changed_says_nothing_and_is_named(play: Play) -> None:
    rows = add(play, "203.0.113.64/26\n", name="Changed later")
    path = sealed.path_of(rows[0].sealed.sha256)
    path.chmod(0o640)
    path.write_text("203.0.113.64/27\n")
    found = intelligence()
    assert rows[0].sealed.sha256 in found.broken
    assert ("vpn", "Changed later") not in kinds("203.0.113.70")


def test_the_page_of_lists_says_what_is_out_of_date(play: Play) -> None:
    add(play, "203.0.113.64/26\n", kind="satellite")
    [row] = [one for one in network_lists(DAY + timedelta(days=31)) if one.kind == "satellite"]
    assert (row.age_days, row.stale) == (31, True)
    assert "satellite" in AWAY


def test_the_page_shows_lists_with_their_day_in_both_languages(play: Play) -> None:
    add(play, "203.0.113.64/26\n", kind="roaming", name="Roaming <b>list</b>")
    client = Client()
    analyst = play.officer("analyst")
    client.force_login(
        Account.objects.get_or_create(officer=analyst, defaults={"username": analyst.number})[0]
    )
    page = client.get("/lists").content.decode()
    assert "Roaming &lt;b&gt;list&lt;/b&gt;" in page
    assert "2026-02-20" in page
    assert "Out of date" in page
    client.post("/language", {"language": "ml", "next": "/"})
    assert "വിലാസ പട്ടികകൾ" in client.get("/lists").content.decode()


def test_only_analyst_and_supervisor_take_a_list_into_use(play: Play) -> None:
    got = receipt(play, "203.0.113.64/26\n")
    with refused("ROLE"):
        network.import_network_file(
            by=play.officer("press_officer"),
            at=AT,
            key="x",
            receipt=got,
            name="n",
            source="s",
            kind="vpn",
            dated=DAY,
        )
