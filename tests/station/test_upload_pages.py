"""Files from the browser into the station: in groups and slices, once, and by the clerk alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from kaval.station.models import (
    Delivery,
    Receipt,
    Report,
    SealedFile,
)
from kaval.station.sealed import read
from kaval.station.staging import OutOfStep, Stage, StagingError, clean_name
from tests.station.console_rows import World
from tests.station.desk import (
    DELIVERY,
    TIP,
    TOKEN,
    clerk,
    send_slice,
    signed_in,
    staged,
    take_in,
    world,
)

pytestmark = pytest.mark.django_db
__all__ = ["clerk", "world"]

# ---------------------------------------------------------------- upload


def test_files_come_in_groups_and_slices_and_are_taken_in_once(
    world: World, clerk: Client, tmp_path: Path
) -> None:
    group = {
        "name": ["list/tip.json", "list/odd.bin"],
        "files": [SimpleUploadedFile("file", TIP), SimpleUploadedFile("file", b"\x00\x01nothing")],
    }
    assert clerk.post(f"/intake/upload/{TOKEN}/files", group).status_code == 200
    large = bytes(range(256)) * 40
    assert send_slice(clerk, "large.bin", offset=0, size=len(large), content=large[:6000]).json() == {
        "held": 6000
    }
    assert staged(world) == [
        ("large.bin", 6000, False),
        ("list/odd.bin", 9, True),
        ("list/tip.json", len(TIP), True),
    ]
    assert take_in(clerk).status_code == 400, "a file that is not here whole must not be taken in"
    assert send_slice(clerk, "large.bin", offset=0, size=len(large), content=large[:10]).json() == {
        "held": 6000
    }
    done = send_slice(clerk, "large.bin", offset=6000, size=len(large), content=large[6000:])
    assert done.json() == {"held": len(large)}
    folder = Stage(world.officers["intake_clerk"].pk, TOKEN).folder
    assert [one.stat().st_mode & 0o777 for one in (folder, folder.parent, folder.parent.parent)] == [
        0o700
    ] * 3
    answer = take_in(clerk)
    delivery = Delivery.objects.get(named=str(TOKEN))
    assert answer.json() == {"url": f"/intake/{delivery.pk}"}
    assert (delivery.source, delivery.channel, delivery.finished_at is None) == (
        "public_tip",
        "by hand",
        False,
    )
    received = {one.name: one for one in Receipt.objects.filter(delivery=delivery).select_related("sealed")}
    assert sorted(received) == ["large.bin", "list/odd.bin", "list/tip.json"]
    assert read(received["large.bin"].sealed) == large
    assert not folder.exists()
    assert take_in(clerk).json() == answer.json()
    assert Receipt.objects.filter(delivery__named=str(TOKEN)).count() == 3
    assert not list((tmp_path / "upload").rglob("*.whole"))


def test_the_delivery_page_says_what_became_of_each_file(world: World, clerk: Client) -> None:
    group = {
        "name": ["tip.json", "odd.bin"],
        "files": [SimpleUploadedFile("f", TIP), SimpleUploadedFile("f", b"\x00\x01nothing")],
    }
    clerk.post(f"/intake/upload/{TOKEN}/files", group)
    page = clerk.get(take_in(clerk).json()["url"]).content.decode()
    for said in (
        "tip.json",
        "odd.bin",
        "public_tip_json",
        "quarantined",
        "no reader knows this file",
        ">1</b> new report<",
    ):
        assert said in page, said
    assert SealedFile.objects.get(receipts__name="tip.json").sha256[:12] in page
    listed = clerk.get("/intake").content.decode()
    assert "all in" in listed
    assert "goes on" in listed
    assert signed_in(world, "auditor").get("/intake").status_code == 200


def test_an_upload_goes_on_where_it_stopped_and_sends_nothing_twice(world: World, clerk: Client) -> None:
    send_slice(clerk, "a.bin", offset=0, size=4, content=b"abcd")
    send_slice(clerk, "b.bin", offset=0, size=9, content=b"abc")
    state = clerk.get(f"/intake/upload/{TOKEN}").json()
    assert state == {"files": {"a.bin": 4, "b.bin": 3}, "delivery": None}
    page = clerk.get("/intake/upload").content.decode()
    assert f"?upload={TOKEN}" in page
    assert "2 files" in clerk.get(f"/intake/upload?upload={TOKEN}").content.decode()
    again = send_slice(clerk, "a.bin", offset=0, size=4, content=b"abcd")
    assert again.json() == {"held": 4}
    assert clerk.post(f"/intake/upload/{TOKEN}/discard").status_code == 303
    assert staged(world) == []


def test_nobody_reaches_the_upload_of_another_officer(world: World, clerk: Client) -> None:
    send_slice(clerk, "a.bin", offset=0, size=4, content=b"abcd")
    other = signed_in(world, "supervisor")
    assert other.get(f"/intake/upload/{TOKEN}").status_code == 404
    assert send_slice(other, "a.bin", offset=0, size=4, content=b"abcd").status_code == 404
    assert other.post(f"/intake/upload/{TOKEN}/discard").status_code == 404
    assert staged(world) == [("a.bin", 4, True)]


def test_one_plain_form_does_everything_without_javascript(world: World, clerk: Client) -> None:
    files = [SimpleUploadedFile("tip.json", TIP), SimpleUploadedFile("tip.json", TIP.replace(b"900", b"901"))]
    form = {**DELIVERY, "upload": str(TOKEN), "files": files}
    answer = clerk.post("/intake/upload/whole", form)
    delivery = Delivery.objects.get(named=str(TOKEN))
    assert (answer.status_code, answer["Location"]) == (303, f"/intake/{delivery.pk}")
    assert sorted(
        Report.objects.filter(source_system="tip", source_id__startswith="T-90").values_list(
            "source_id", flat=True
        )
    ) == ["T-900", "T-901"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"source": ""}, "Say who handed the files over."),
        ({"source": "other", "other": "Not A Source"}, "small letters, digits and _"),
        ({"source": "public_tip"}, "choose at least one file"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_takes_nothing_in(
    world: World, clerk: Client, fields: dict[str, str], said: str
) -> None:
    answer = clerk.post("/intake/upload/whole", {"upload": str(TOKEN), **fields})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Delivery.objects.filter(named=str(TOKEN)).exists()


def test_a_file_over_the_limit_is_refused_with_the_way_out(clerk: Client) -> None:
    with override_settings(UPLOAD_MAX_BYTES=10):
        answer = send_slice(clerk, "a.bin", offset=0, size=11, content=b"a")
    assert answer.status_code == 400
    assert "kaval intake" in answer.json()["mend"]


def test_names_from_outside_are_no_paths(world: World, clerk: Client, tmp_path: Path) -> None:
    for name in ("../../../etc/passwd", "..%2F..%2Fx", "C:\\Users\\x\\a.csv", "/absolute", "a/./b//c"):
        assert send_slice(clerk, name, offset=0, size=1, content=b"a").status_code == 200
    assert sorted(name for name, _, _ in staged(world)) == [
        "C:/Users/x/a.csv",
        "a/b/c",
        "absolute",
        "etc/passwd",
        "x",
    ]
    assert {one.suffix for one in tmp_path.rglob("*") if one.is_file()} == {".name", ".whole"}
    with pytest.raises(StagingError):
        clean_name("../\x00/..")


def test_more_bytes_than_announced_are_not_kept(world: World) -> None:
    stage = Stage(world.officers["intake_clerk"].pk, TOKEN)
    stage.append("a", offset=0, size=5, chunks=[b"ab"])
    with pytest.raises(StagingError):
        stage.append("a", offset=2, size=5, chunks=[b"cd", b"ef"])
    with pytest.raises(OutOfStep) as behind:
        stage.append("a", offset=3, size=5, chunks=[b"cde"])
    assert behind.value.held == 2
    assert stage.append("a", offset=2, size=5, chunks=[b"cde"]).path.read_bytes() == b"abcde"


def test_an_upload_needs_the_forms_token_and_the_clerks_role(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.account("intake_clerk"))
    assert send_slice(client, "a", offset=0, size=1, content=b"a").status_code == 403
    page = client.get("/intake/upload").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    answer = client.post(
        f"/intake/upload/{TOKEN}/slice",
        b"a",
        content_type="application/octet-stream",
        headers={"X-Name": "a", "X-Offset": "0", "X-Size": "1", "X-CSRFToken": token[1]},
    )
    assert answer.status_code == 200
