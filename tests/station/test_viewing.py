"""Looking at an item: never without reason, budget and record; never more than the unit allows; never stored."""

from __future__ import annotations

import base64
import io
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from PIL import Image

from kaval.engine.kernel.errors import NotPermitted
from kaval.engine.rules.examination.viewing import DEFAULT, LEVELS, Used
from kaval.station.models import (
    Act,
    Closing,
    Examination,
    Finding,
    LedgerEntry,
    Officer,
    Opening,
    OrderedItem,
)
from kaval.station.operations.viewing import close_item, open_item, set_own_viewing, set_viewing_floor
from kaval.station.queries.viewing import budget_of, rule_for, used_by
from tests.station.console_rows import World, build
from tests.station.plays import refused
from tests.station.viewing_rows import examined_folder, pattern

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
WHY = "compare with the series of the report"
LOOSE = {"level": 0, "items_per_day": 5, "seconds_per_day": 600, "seconds_per_item": 60}


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path) -> Iterator[None]:
    with override_settings(HOME=tmp_path):
        yield


@pytest.fixture
def world() -> World:
    return build(size=1)


@pytest.fixture
def examiner(world: World) -> Officer:
    return world.officers["examiner"]


@pytest.fixture
def examined(world: World, tmp_path: Path) -> Examination:
    """A new exhibit's examination of a folder with one picture, in no list."""
    return examined_folder(world, tmp_path / "device", at=AT)


@pytest.fixture
def item(examined: Examination) -> OrderedItem:
    return OrderedItem.objects.get(examination=examined)


def opened(by: Officer, item: OrderedItem | Finding, *, at: datetime = AT, reason: str = WHY) -> Opening:
    return open_item(by=by, at=at, key=str(uuid.uuid4()), viewed=item, reason=reason)


_NEXT = count(1)


def later() -> datetime:
    """An instant after all that were asked for: of two settings the later one counts."""
    return AT + timedelta(microseconds=next(_NEXT))


def floor(world: World, **numbers: int) -> None:
    set_viewing_floor(
        by=world.officers["supervisor"],
        at=later(),
        key=str(uuid.uuid4()),
        reason="for this test",
        **LOOSE | numbers,
    )


def own(officer: Officer, **numbers: int) -> None:
    set_own_viewing(by=officer, at=later(), key=str(uuid.uuid4()), **LOOSE | numbers)


def test_the_result_is_kept_with_all_it_rests_on_and_no_path_is_cut(
    examined: Examination, item: OrderedItem
) -> None:
    assert (examined.files, examined.known, item.rank, item.risk) == (3, 1, 1, 70.0), (
        "likeness makes nothing known"
    )
    assert examined.provenance["summary_sha256"] == "c" * 64
    assert len(Finding.objects.get(examination=examined).path) == 700
    last = LedgerEntry.objects.latest("index").content
    assert b"c" * 64 in bytes(last), "the ledger names the digest of the lab's summary"


def test_until_a_floor_is_set_everything_is_as_guarded_as_it_gets(examiner: Officer) -> None:
    assert rule_for(examiner) == DEFAULT
    assert LEVELS[DEFAULT.level].masked


def test_an_opening_is_audited_with_its_reason_in_the_same_transaction(
    examiner: Officer, item: OrderedItem
) -> None:
    opening = opened(examiner, item)
    act = Act.objects.get(subject=opening.pk)
    assert (act.name, act.by, act.note) == ("open_item", examiner, WHY)
    entry = bytes(LedgerEntry.objects.latest("index").content).decode()
    assert item.sha256 in entry
    assert item.path not in entry, "the ledger holds numbers and digests only"


@pytest.mark.parametrize("reason", ["", "   ", "look", "x      "])
def test_without_a_reason_nothing_is_opened(examiner: Officer, item: OrderedItem, reason: str) -> None:
    with refused("V-REASON"):
        opened(examiner, item, reason=reason)
    assert not Opening.objects.filter(item=item).exists()


def test_the_days_items_and_seconds_run_out_and_come_back_the_next_day(
    world: World, examiner: Officer, item: OrderedItem
) -> None:
    floor(world, items_per_day=2)
    for number in range(2):
        opened(examiner, item, at=AT + timedelta(minutes=number))
    with refused("V-ITEMS"):
        opened(examiner, item, at=AT + timedelta(minutes=2))
    floor(world, seconds_per_day=120)
    with refused("V-SECONDS"):
        opened(examiner, item, at=AT + timedelta(hours=1))
    assert opened(examiner, item, at=AT + timedelta(days=1)).seconds_allowed == 60
    assert opened(world.officers["supervisor"], item).seconds_allowed == 60, "a budget is one person's"


def test_seconds_count_until_closing_and_at_most_what_was_allowed(
    world: World, examiner: Officer, item: OrderedItem
) -> None:
    floor(world)
    first = opened(examiner, item)
    assert used_by(examiner, AT + timedelta(seconds=20)) == Used(1, 20), "what is open counts already"
    close_item(by=examiner, at=AT + timedelta(seconds=25), key="c", opening=first)
    second = opened(examiner, item, at=AT + timedelta(minutes=10))
    opened(examiner, item, at=AT + timedelta(minutes=30))
    assert Closing.objects.get(opening=second).seconds == 60, "opening another closes what was forgotten"
    assert budget_of(examiner, AT + timedelta(minutes=30)).used == Used(3, 85)
    again = close_item(by=examiner, at=AT + timedelta(hours=2), key="d", opening=first)
    assert again.seconds == 25, "closed once is closed"


def test_the_last_opening_gets_what_is_left_of_the_day(
    world: World, examiner: Officer, item: OrderedItem
) -> None:
    floor(world, seconds_per_day=70)
    opened(examiner, item)
    assert opened(examiner, item, at=AT + timedelta(minutes=5)).seconds_allowed == 10


def test_nobody_can_be_looser_than_the_floor_and_a_stricter_limit_survives_a_looser_floor(
    world: World, examiner: Officer
) -> None:
    floor(world, level=2, items_per_day=4)
    for numbers in ({"level": 1, "items_per_day": 4}, {"level": 2, "items_per_day": 5}):
        with refused("V-FLOOR"):
            own(examiner, **numbers)
    own(examiner, level=3, items_per_day=1)
    floor(world, level=0, items_per_day=5)
    rule = rule_for(examiner)
    assert (rule.level, rule.items_per_day) == (3, 1)
    floor(world, level=1, items_per_day=0)
    assert rule_for(examiner).items_per_day == 0, "a stricter floor holds over an own limit set before"
    with pytest.raises(NotPermitted):
        set_viewing_floor(by=examiner, at=AT, key="x", reason="because I want", **LOOSE)
    with refused("V-RULE"):
        floor(world, seconds_per_item=3601)


def test_only_who_opened_closes_and_sees(world: World, examiner: Officer, item: OrderedItem) -> None:
    opening = opened(examiner, item)
    with refused("V-OTHER"):
        close_item(by=world.officers["supervisor"], at=AT, key="s", opening=opening)
    other = signed_in(world, "supervisor")
    assert other.get(f"/viewing/openings/{opening.pk}").status_code == 404


def test_an_examination_that_does_not_say_where_the_image_lies_opens_nothing(
    world: World, examiner: Officer
) -> None:
    with refused("V-SOURCE"):
        opened(examiner, Finding.objects.get(id=world.alpha["item_id"]))


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.account(name))
    return client


def stills(page: str) -> list[Image.Image]:
    """The pictures of a page."""
    found = re.findall(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"', page)
    return [Image.open(io.BytesIO(base64.b64decode(one))) for one in found]


def look(client: Client, item: OrderedItem, *, reason: str = WHY) -> Any:
    """Opens the item by the form and follows to its page."""
    return client.post(f"/viewing/items/{item.pk}/open", {"key": uuid.uuid4(), "reason": reason}, follow=True)


def test_no_page_shows_anything_until_the_item_is_opened(world: World, item: OrderedItem) -> None:
    client = signed_in(world, "examiner")
    for path in (
        f"/exhibits/{item.examination.exhibit_id}/examination",
        f"/viewing/items/{item.pk}",
        "/viewing",
    ):
        page = client.get(path)
        assert page.status_code == 200
        assert "data:image" not in page.content.decode()
        assert "<video" not in page.content.decode()


def test_what_is_seen_is_small_grey_blurred_and_half_covered_and_goes_by_itself(
    world: World, item: OrderedItem
) -> None:
    response = look(signed_in(world, "examiner"), item)
    page = response.content.decode()
    (still,) = stills(page)
    level = LEVELS[DEFAULT.level]
    assert (still.mode, max(still.size)) == ("L", level.side_px)
    covered = sum(one == 128 for one in still.tobytes()) / (still.width * still.height)
    assert 0.4 < covered < 0.6
    assert int(re.search(r'http-equiv="refresh" content="(\d+)"', page)[1]) <= DEFAULT.seconds_per_item  # type: ignore[index]
    assert response.headers["Cache-Control"] == "no-store"
    assert page.index("autofocus") < page.index("data:image"), "the way out comes first and has the focus"


def test_a_supervisors_floor_decides_what_is_seen(world: World, item: OrderedItem) -> None:
    floor(world, level=0)
    (still,) = stills(look(signed_in(world, "examiner"), item).content.decode())
    assert (still.mode, max(still.size)) == ("RGB", LEVELS[0].side_px)


def test_a_closed_opening_shows_nothing_any_more(world: World, item: OrderedItem) -> None:
    client = signed_in(world, "examiner")
    path = look(client, item).redirect_chain[-1][0]
    done = client.post(f"{path}/close", follow=True)
    assert done.status_code == 200
    assert "data:image" not in client.get(path).content.decode()
    assert Closing.objects.filter(opening__item=item).count() == 1


def test_bytes_that_were_not_examined_are_never_shown(
    world: World, item: OrderedItem, examined: Examination
) -> None:
    (Path(examined.source_path) / item.path).write_bytes(pattern() + b"changed")
    page = look(signed_in(world, "examiner"), item).content.decode()
    assert stills(page) == []
    assert "not what was examined" in page


def test_a_source_that_is_not_at_hand_is_said_in_malayalam_too(
    world: World, item: OrderedItem, examined: Examination
) -> None:
    Path(examined.source_path).rename(Path(examined.source_path).with_name("away"))
    client = signed_in(world, "examiner")
    assert "does not lie where" in look(client, item).content.decode()
    client.post("/language", {"language": "ml", "next": "/viewing"})
    assert "പറഞ്ഞ സ്ഥലത്തില്ല" in look(client, item).content.decode()
    assert "കാരണം" not in look(client, item, reason="").content.decode().split("<main")[0]
    assert "ചുരുക്കമായി എഴുതുക" in look(client, item, reason="no").content.decode()


def test_a_refused_form_keeps_what_was_written(world: World, item: OrderedItem) -> None:
    floor(world, items_per_day=0)
    response = look(signed_in(world, "examiner"), item)
    assert response.status_code == 400
    assert WHY in response.content.decode()
    assert "used up" in response.content.decode()


def test_floor_and_own_limit_are_set_by_their_forms(world: World, examiner: Officer) -> None:
    given = {
        "level": 2,
        "items_per_day": 9,
        "minutes_per_day": 10,
        "seconds_per_item": 20,
        "reason": "new shifts",
    }
    supervisor, other = signed_in(world, "supervisor"), signed_in(world, "examiner")
    assert supervisor.post("/viewing/floor", given | {"key": uuid.uuid4()}).status_code == 302
    assert rule_for(examiner).seconds_per_day == 600
    assert other.post("/viewing/own", given | {"key": uuid.uuid4(), "level": 3}).status_code == 302
    assert rule_for(examiner).level == 3
    assert other.post("/viewing/own", given | {"key": uuid.uuid4(), "level": 1}).status_code == 400
    assert other.post("/viewing/floor", given | {"key": uuid.uuid4()}).status_code == 403
    assert supervisor.post("/viewing/floor", given | {"key": uuid.uuid4(), "level": "x"}).status_code == 400
