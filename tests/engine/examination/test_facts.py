"""The table of facts says yes only by a trace, no trace only where records were read, and otherwise what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.rules.examination.cameras import shared_cameras
from kaval.engine.rules.examination.evidence import Evidence, place_of
from kaval.engine.rules.examination.facts import Fact, facts, lacking
from tests.engine.examination.lines import AT, artefact, camera, finding

NAMES = ("where", "how_it_came", "opened", "knowledge", "deleted_or_reported", "transmitted", "commercial",
         "camera_original", "apparent_age", "known_material", "user_attribution")  # fmt: skip


def table(
    findings: Iterable[dict[str, Any]],
    artefacts: Iterable[dict[str, Any]] = (),
    chats: Iterable[dict[str, Any]] = (),
) -> dict[str, Fact]:
    evidence = Evidence("phone")
    for line in findings:
        evidence.add_finding(line)
    for line in artefacts:
        evidence.add_artefact(line)
    for line in chats:
        evidence.add_conversation(line)
    return {fact.name: fact for fact in facts(evidence)}


def codes(fact: Fact) -> set[str]:
    return {reason.code for reason in fact.reasons}


KNOWN = finding("Users/asha/Downloads/pattern-1.png", match={})


def test_a_device_without_traces_settles_nothing_and_says_why() -> None:
    decided = table([finding("Users/asha/notes.png")])
    assert tuple(decided) == NAMES
    assert {name: fact.value for name, fact in decided.items()} == dict.fromkeys(NAMES, "unknown") | {
        "known_material": "no_trace"
    }
    assert all(
        fact.reasons and all(one.text and one.text_ml for one in fact.reasons) for fact in decided.values()
    )


@pytest.mark.parametrize("override, counted", [
    ({}, True),
    ({"scheme": "NCMEC", "code": "A1"}, True),
    ({"code": "0"}, False),
    ({"code": "5"}, False),
    ({"scheme": "VICS/UK", "code": "5"}, True),
    ({"scheme": None, "scheme_version": None, "code": None}, False),
])  # fmt: skip
def test_only_a_verdict_that_speaks_of_material_counts(override: dict[str, Any], counted: bool) -> None:
    decided = table([finding("Users/asha/a.png", match=override)])
    assert decided["known_material"].value == ("yes" if counted else "no_trace")
    assert decided["known_material"].detail["listed_without_verdict"] == (0 if counted else 1)


def test_likeness_alone_is_never_a_yes_not_even_at_distance_zero() -> None:
    near = table([finding("a.png", match={"algorithm": "pdq", "distance": 0})])["known_material"]
    assert (near.value, near.detail["near"], near.detail["equal"]) == ("unknown", 1, 0)
    assert codes(near) == {"F-KNOWN-NEAR"}


def test_a_download_that_was_opened_is_found_by_path_or_by_folder_and_name() -> None:
    for target in ("C:\\Users\\asha\\Downloads\\pattern-1.png", "/mnt/x/downloads/PATTERN-1.png"):
        decided = table([KNOWN], [artefact("download", target=target, opened=True)])
        assert decided["how_it_came"].detail["ways"] == {"browser_download": 1}
        assert (decided["opened"].value, decided["opened"].detail["last"]) == ("yes", AT)
        assert decided["opened"].places == ("some/file#row/1",)
    other = table([KNOWN], [artefact("file.opened", target="C:/Users/asha/Other/pattern-1.png")])
    assert (other["opened"].value, codes(other["opened"])) == ("no_trace", {"F-OPENED-NONE"})
    assert codes(table([KNOWN])["opened"]) == {"F-OPENED-UNREAD"}


def test_a_bare_name_settles_nothing_and_is_said() -> None:
    by_name = table([KNOWN], [artefact("file.opened", target="Pattern-1.png")])["opened"]
    assert (by_name.value, codes(by_name)) == ("unknown", {"F-OPENED-NAME"})


def test_a_transfer_of_the_file_is_a_transmission_and_one_of_its_folder_is_not_yet() -> None:
    whole = artefact("p2p.transfer", target="C:\\Users\\asha\\Downloads\\pattern-1.png", uploaded=5)
    decided = table([KNOWN], [whole])
    assert (decided["transmitted"].value, decided["how_it_came"].detail["ways"]) == ("yes", {"p2p": 1})
    folder = table([KNOWN], [artefact("p2p.transfer", target="/Users/asha/Downloads", uploaded=5)])[
        "transmitted"
    ]
    assert (folder.value, codes(folder)) == ("unknown", {"F-SENT-WITH-FOLDER"})
    kept = table([KNOWN], [artefact("p2p.transfer", target="pattern-1.png", bytes=9, uploaded=0)])
    assert (kept["transmitted"].value, kept["how_it_came"].detail["ways"]) == ("no_trace", {"p2p": 1})


def test_a_gallery_says_who_brought_a_file_and_what_a_person_did_with_it() -> None:
    photo = finding("data/media/0/Download/p.jpg", match={})
    target = "/storage/emulated/0/Download/p.jpg"
    said = [
        artefact("file.came", target=target, by="com.example.browser"),
        artefact("file.marked", target=target),
    ]
    decided = table([photo], said)
    assert decided["how_it_came"].detail["by_program"] == {"com.example.browser": 1}
    assert (decided["knowledge"].value, codes(decided["knowledge"])) == ("yes", {"F-KNOWLEDGE-MARKED"})


def test_knowledge_needs_a_list_and_folders_alone_are_left_to_a_person() -> None:
    two = [KNOWN, finding("Users/asha/Pictures/b.png", match={})]
    plain = table(two, [artefact("browser.search", host="example.org", hits=[])])["knowledge"]
    assert (plain.value, codes(plain)) == ("no_trace", {"F-KNOWLEDGE-FOLDERS", "F-KNOWLEDGE-NONE"})
    hit = table(two, [artefact("browser.search", host="example.org", hits=["list-1"])])["knowledge"]
    assert (hit.value, hit.detail["searches"]) == ("yes", 1)


def test_deletion_has_a_time_when_a_record_states_one_and_reports_are_never_assumed() -> None:
    gone = finding("Users/asha/a.png", match={}, state="deleted")
    record = artefact("file.deleted", target="C:\\Users\\asha\\a.png")
    decided = table([gone], [record])["deleted_or_reported"]
    assert codes(decided) == {"F-DELETED", "F-DELETED-TIME", "F-REPORTED-UNKNOWN"}
    assert decided.detail["removed"]["last"] == AT
    assert table([KNOWN])["deleted_or_reported"].value == "no_trace"


def chat(sender: str, sha256: str, **more: Any) -> dict[str, Any]:
    shared = {"path": "p.png", "sha256": sha256, "sender": sender, "at": AT, "place": "7"}
    return {
        "source": "phone",
        "path": "result.json",
        "place": "/chats/0",
        "files": [shared],
        "hits": [],
    } | more


def test_transmission_is_told_from_receipt_by_whose_account_it_is() -> None:
    account = artefact("account", identifier="77", app="telegram", name="Asha")
    digest = KNOWN["sha256"]
    read = [account, artefact("chat.conversation")]
    assert table([KNOWN], read, [chat("user77", digest)])["transmitted"].value == "yes"
    received = table([KNOWN], read, [chat("user99", digest)])
    assert (received["transmitted"].value, received["how_it_came"].detail["ways"]) == (
        "no_trace", {"received_in_chat": 1},
    )  # fmt: skip
    unsure = table([KNOWN], [artefact("chat.conversation")], [chat("Asha", digest)])["transmitted"]
    assert (unsure.value, codes(unsure)) == ("unknown", {"F-SENT-OR-RECEIVED"})
    folder = table([finding("WhatsApp/Media/WhatsApp Images/Sent/a.png", match={})])["transmitted"]
    assert (folder.value, codes(folder)) == ("yes", {"F-SENT-FOLDER"})
    assert table([KNOWN])["transmitted"].value == "unknown"


def test_words_about_payment_are_left_to_a_person_and_a_payment_is_a_trace() -> None:
    read = [artefact("chat.conversation")]
    words = table([KNOWN], read, [chat("x", "", hits=[{"role": "payment"}])])["commercial"]
    assert (words.value, codes(words)) == ("unknown", {"F-COMMERCIAL-WORDS"})
    assert table([KNOWN], read)["commercial"].value == "no_trace"
    assert table([KNOWN], [artefact("payment")])["commercial"].value == "yes"


def test_a_graded_file_from_the_devices_own_camera_calls_for_action() -> None:
    own = [finding(f"DCIM/Camera/{n}.jpg", picture=camera("Phone 7")) for n in range(3)]
    graded = finding("Pictures/p.jpg", match={}, picture=camera("Phone 7"))
    decided = table([*own, graded])["camera_original"]
    assert (decided.value, codes(decided)) == ("yes", {"F-CAMERA-OWN", "F-CAMERA-ACT"})
    stated = table([graded], [artefact("device", make="Maker", model="phone 7")])["camera_original"]
    assert stated.value == "yes"
    other = table([*own, finding("Pictures/p.jpg", match={}, picture=camera("Other 1"))])["camera_original"]
    assert other.value == "no_trace"
    assert table([graded])["camera_original"].value == "unknown"


def test_a_messenger_that_saves_by_itself_is_said_beside_how_it_came() -> None:
    media = finding("data/media/0/WhatsApp/Media/WhatsApp Images/a.jpg", match={})
    assert table([media])["how_it_came"].detail["automatic_download"] == "unknown"
    on = table([media], [artefact("setting.auto_download", on=True)])["how_it_came"]
    assert (on.detail["automatic_download"], codes(on)) == ("yes", {"F-CAME-CHAT", "F-CAME-AUTO-YES"})


def test_several_accounts_and_other_hands_are_said_beside_who_used_it() -> None:
    evidence = Evidence("phone")
    for name in ("asha", "biju"):
        evidence.add_artefact(artefact("account", service="windows", name=name))
    decided = facts(evidence, others=({"rule": "remote-help"},))[-1]
    assert codes(decided) == {"F-USER", "F-USER-SEVERAL", "F-USER-OTHERS"}
    foreign = Evidence("phone")
    foreign.add_artefact(artefact("account", Username="asha", ServiceType="Example"))
    assert facts(foreign)[-1].detail["accounts"] == [{"service": "Example", "name": "asha", "last": AT}]


def test_each_test_of_an_offence_names_the_facts_it_still_lacks() -> None:
    tests = {one["test"]: one["lacking"] for one in lacking(tuple(table([KNOWN]).values()))}
    assert tests["POCSO 15(2)"] == ["transmitted", "user_attribution"]
    assert tests["POCSO 13/14"] == ["camera_original", "user_attribution"]


@pytest.mark.parametrize("path, state, place", [
    ("x/WhatsApp/Media/Sent/a.jpg", "allocated", "messenger_sent"),
    ("Users/a/AppData/Local/Browser/Cache/f_01", "allocated", "app_cache"),
    ("home/a/.cache/thumbnails/normal/1.png", "allocated", "thumbnail_store"),
    ("$Recycle.Bin/S-1/$R1.png", "deleted", "recycle_bin"),
    ("Users/a/OneDrive/a.png", "allocated", "cloud_folder"),
    ("DCIM/100A/1.jpg", "allocated", "camera_folder"),
    ("Users/a/Documents/a.png", "allocated", "user_folder"),
    ("", "carved", "unallocated"),
    ("a.png", "allocated", "other"),
    ("Pictures/Thumbs.db", "allocated", "thumbnail_store"),
    ("data/media/0/DCIM/.trashed-17-a.jpg", "allocated", "recycle_bin"),
])  # fmt: skip
def test_a_place_is_told_by_its_path(path: str, state: str, place: str) -> None:
    assert place_of(path, state) == place


def test_cameras_of_several_devices_are_matched_strongly_only_by_serial() -> None:
    devices = []
    for source, serial in (("card", "S1"), ("laptop", "S1"), ("phone", None)):
        evidence = Evidence(source)
        for number in range(3):
            folder = "DCIM" if source != "laptop" else "Users/asha/Pictures"
            graded: dict[str, Any] | None = {} if source == "laptop" else None
            evidence.add_finding(
                finding(
                    f"{folder}/{number}.jpg",
                    source=source,
                    match=graded,
                    picture=camera("C 5", serial=serial),
                )
            )
        devices.append(evidence)
    (match,) = shared_cameras(devices)
    assert (match["serial"], match["strength"], match["graded"], match["camera_of"]) == (
        "S1",
        "strong",
        3,
        ["card"],
    )
    assert [one["code"] for one in match["reasons"]] == ["C-SERIAL", "C-OWN-ELSEWHERE"]
    assert shared_cameras(reversed(devices)) == [match]


@given(st.permutations(range(4)))
def test_the_order_of_the_findings_changes_no_fact(order: list[int]) -> None:
    lines = [KNOWN, finding("DCIM/1.jpg", picture=camera("A")), finding("x/Cache/a", match={"code": "2"}),
             finding("b.png", match={"code": None, "scheme": None})]  # fmt: skip
    one, other = table(lines), table([lines[n] for n in order])
    assert {name: (fact.value, fact.detail, codes(fact)) for name, fact in one.items()} == {
        name: (fact.value, fact.detail, codes(fact)) for name, fact in other.items()
    }
