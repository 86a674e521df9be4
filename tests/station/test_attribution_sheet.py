"""The sheet as an approver reads it: every hop, every check, what speaks against it; and the papers made from it."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kaval.engine.rules.attribution.checks import ALL_CHECKS
from kaval.station import sealed
from kaval.station.forms.sheet import PAPERS
from kaval.station.models import (
    Attribution,
    Observation,
    Operation,
    RenderedDocument,
    SealedFile,
    Subject,
)
from kaval.station.queries.sheet import results_of
from kaval.station.views.sheet_words import SHEET
from tests.station import sheet_rows
from tests.station.console_rows import World, build, uid

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build()


@pytest.fixture
def row(world: World) -> Attribution:
    """The full attribution at level 2."""
    return sheet_rows.full(world)


def page(world: World, subject: object, role: str = "supervisor", language: str = "en") -> str:
    """The sheet of a subject as an officer of a role reads it, without the tags."""
    client = Client()
    client.force_login(world.account(role))
    if language != "en":
        client.post("/language", {"language": language, "next": "/"})
    response = client.get(f"/subjects/{subject}/attribution")
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_a_place_at_level_two_is_shown_hop_by_hop_with_the_bytes_behind_it(
    world: World, row: Attribution
) -> None:
    text = page(world, row.subject_id)
    answer = row.basis[0]["digest"]
    for said in (
        "L2: the place is verified by local police",
        "Observation 1 of 1: supports",
        "01-03-2026 12:00:00",  # as written
        "2026-03-01 06:30:00 UTC = 2026-03-01 12:00:00 IST",
        "1000 – 1999",
        "01/03/2026 11:00:00",
        "58 minutes inside the lease",  # 1 hour less 2 minutes for a clock nobody said is set
        f"{answer}, row 4",
        sheet_rows.HOUSE,
        "open: anybody near could have used it",
        "Telephone verified",
        "Blocks last four hours",
        "Writes the month first",
        "Both leases are one line",
        "neighbouring states",
        "A visit",
    ):
        assert said in text, said
    assert "DO NOT USE" not in text
    assert '<rect class="lease-window"' in text
    assert "SECRET-" not in text


@pytest.mark.parametrize("language", ["en", "ml"])
def test_every_check_stands_there_with_a_verdict_in_words(
    world: World, row: Attribution, language: str
) -> None:
    text = page(world, row.subject_id, language=language)
    column = int(language == "ml")
    for check in ALL_CHECKS:
        cell = re.search(rf"<code>{check.id}</code>.*?</tr>", text, re.DOTALL)
        assert cell, check.id
        assert (check.rule_ml if column else check.rule) in cell[0], check.id
        if check.stage.value != "after":
            assert "PASS" in cell[0]
    assert SHEET["title"][column] in text


@pytest.mark.parametrize("language", ["en", "ml"])
def test_what_came_after_stands_in_its_own_group_on_the_screen(
    world: World, row: Attribution, language: str
) -> None:
    """The small station's search found nothing and an error is confirmed; nobody is arrested."""
    text = page(world, row.subject_id, language=language)
    group = text[text.rindex(("Checks: After the search", "പരിശോധനകൾ: പരിശോധനയ്ക്കു ശേഷം")[language == "ml"]) :]
    column = int(language == "ml")
    for said in (
        ("Nothing was found: the re-audit must begin by", "പുനഃപരിശോധന 2026-03-02"),
        ("Still owed: notice to those affected", "ഇനിയും ചെയ്യാനുള്ളത്: ബാധിച്ചവർക്ക് അറിയിപ്പ്"),
        ("No arrest is entered", "അറസ്റ്റ് രേഖപ്പെടുത്തുന്നില്ല"),
        ("No text of the grounds has been written", "കാരണങ്ങളുടെ എഴുത്ത് തയ്യാറായിട്ടില്ല"),
        ("It stays within the procedure", "നടപടിക്രമത്തിനുള്ളിൽത്തന്നെ"),
    ):
        assert said[column] in group, said


def test_the_paper_says_what_came_after_and_reads_the_grounds_made_before_it(
    world: World, row: Attribution
) -> None:
    client = Client()
    client.force_login(world.account("supervisor"))
    for kind in ("in.grounds_of_belief", "in.attribution_sheet"):
        given = {"kind": kind, "language": "en", "key": str(uuid.uuid4())}
        client.post(f"/subjects/{row.subject_id}/attribution/paper", given)
    text = RenderedDocument.objects.get(kind="in.attribution_sheet").plain_text
    group = text[text.index("Checks: After the search") :]
    assert "Still owed: notice to those affected" in group
    assert "No text of the grounds" not in group


def test_the_sheet_leads_to_the_desk_and_the_desk_to_its_papers(world: World, row: Attribution) -> None:
    desk = f"/subjects/{row.subject_id}/attribution/desk"
    client = Client()
    client.force_login(world.account("supervisor"))
    assert f'href="{desk}"' in page(world, row.subject_id)
    assert f'href="{desk}"' in client.get(f"/subjects/{row.subject_id}").content.decode()
    assert f'href="/subjects/{row.subject_id}/attribution#papers"' in client.get(desk).content.decode()
    client.force_login(world.account("analyst"))  # who makes no papers is not led to them
    assert "#papers" not in client.get(desk).content.decode()


@pytest.mark.parametrize("state", ["draft", "live"])
def test_a_draft_leads_to_the_question_who_else_holds_its_subjects(state: str) -> None:
    world = build(size=1, operation_state=state)
    operation = Operation.objects.get()
    client = Client()
    client.force_login(world.account("supervisor"))
    text = client.get(f"/operations/{operation.pk}").content.decode()
    assert (f'href="/operations/{operation.pk}/deconfliction"' in text) is (state == "draft")


def test_below_level_two_no_place_is_named_and_the_stops_are(world: World) -> None:
    subject = Subject.objects.get(number="S-0")
    Attribution.objects.filter(subject=subject).update(level=1, blocked_by=["A-21"])
    text = page(world, subject.pk)
    assert "Not to be acted on: it is stopped by A-21" in text
    assert "no place is named below level 2" in text
    assert "House Alpha" not in text
    assert sheet_rows.HOUSE not in text


def test_what_was_never_examined_is_unknown() -> None:
    results = results_of(
        [{"check": "A-21", "kind": "BLOCK", "verdict": "FAIL", "text": "no port", "text_ml": ""}]
    )
    assert [one.check for one in results] == [check.id for check in ALL_CHECKS]
    told = {one.check: one for one in results}
    assert (told["A-21"].verdict, told["A-21"].found.text) == ("FAIL", "no port")
    assert {one.verdict for name, one in told.items() if name != "A-21"} == {"UNKNOWN"}
    assert all(one.rule.text and one.rule.text_ml and one.found.text for one in results)


@pytest.mark.parametrize("language", ["en", "ml"])
def test_a_changed_byte_stands_before_everything_else(world: World, row: Attribution, language: str) -> None:
    path = sealed.path_of(row.basis[0]["digest"])
    content = path.read_bytes()
    path.chmod(0o640)
    path.write_bytes(b"X" + content[1:])
    try:
        text = page(world, row.subject_id, language=language)
    finally:
        path.write_bytes(content)
    alarm, result = text.index(("DO NOT USE", "ഉപയോഗിക്കരുത്")[language == "ml"]), text.index('id="part-2"')
    assert alarm < result
    assert ("BROKEN", "തകർന്നു")[language == "ml"] in text


def test_a_seal_that_the_sweep_found_broken_is_shown_though_the_basis_forgot_it(
    world: World, row: Attribution
) -> None:
    Attribution.objects.filter(pk=row.pk).update(
        broken=[{"role": "profile", "digest": "9" * 64, "reference": "isp@3", "text": "", "text_ml": ""}]
    )
    text = page(world, row.subject_id)
    assert "DO NOT USE" in text
    assert "isp@3" in text


def test_a_quarantine_says_what_is_shared_with_which_error(world: World, row: Attribution) -> None:
    sheet_rows.quarantined(row, world)
    text = page(world, row.subject_id)
    assert text.index("DO NOT USE") < text.index("What this sheet says")
    assert "ERR/SHEET/1" in text
    assert "the same answer file" in text


def test_what_points_elsewhere_is_said_with_its_explanation_or_without(
    world: World, row: Attribution
) -> None:
    observation = str(uid("observation", 1))
    Attribution.objects.filter(pk=row.pk).update(
        support=[], contradicted_by=[observation], flags=["user_unknown"]
    )
    text = page(world, row.subject_id)
    assert "names another customer" in text
    assert "A visit" in text
    assert "USER UNKNOWN" in text


def test_a_subject_without_attribution_or_out_of_reach(world: World, row: Attribution) -> None:
    bare = Subject.objects.create(id=uid("bare"), number="S-BARE", lead_count=0)
    assert SHEET["none"][0] in page(world, bare.pk)
    client = Client()
    client.force_login(world.account("field_officer"))
    assert client.get(f"/subjects/{row.subject_id}/attribution").status_code == 404


def test_a_long_history_costs_no_more_questions(world: World, row: Attribution) -> None:
    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(world, row.subject_id)
        return len(asked)

    page(world, row.subject_id)
    few = questions()
    lead = Observation.objects.get(pk=uid("observation", 1)).lead
    for number in range(12):
        Observation.objects.create(
            id=uid("more", number), lead=lead, ip="192.0.2.9", role="client", time_text="?", at=None,
            offset_source="none", precision="second", locator=f"row {number + 10}",
        )  # fmt: skip
    assert questions() <= few


@pytest.mark.parametrize("kind", PAPERS)
def test_a_supervisor_makes_each_paper_and_it_is_sealed(world: World, row: Attribution, kind: str) -> None:
    client = Client()
    client.force_login(world.account("supervisor"))
    given = {"kind": kind, "language": "both", "key": str(uuid.uuid4())}
    for _ in range(2):  # sent twice it is one paper
        response = client.post(f"/subjects/{row.subject_id}/attribution/paper", given)
        assert response.status_code == 303
    paper = RenderedDocument.objects.get(kind=kind)
    assert paper.sealed is not None
    assert sealed.read(paper.sealed).startswith(b"%PDF")
    assert "SECRET-" not in paper.plain_text
    assert f"/documents/{paper.pk}" == response.headers["Location"]


def test_the_redacted_pack_leads_to_nobody_and_the_digests_stay(world: World, row: Attribution) -> None:
    client = Client()
    client.force_login(world.account("supervisor"))
    for kind in ("in.disclosure_pack", "in.disclosure_pack_redacted"):
        client.post(
            f"/subjects/{row.subject_id}/attribution/paper",
            {"kind": kind, "language": "en", "key": str(uuid.uuid4())},
        )
    whole, redacted = (RenderedDocument.objects.get(kind=kind).plain_text for kind in PAPERS[2:])
    digest = SealedFile.objects.get(sha256=row.basis[0]["digest"])
    for text in (whole, redacted):
        assert all(one in text for one in (digest.sha256, digest.sha1, digest.md5))
    assert "Officer <script>" in whole
    assert "Officer <script>" not in redacted
    assert "192.0.2.7" not in redacted
    assert row.customer_ref not in redacted


@pytest.mark.parametrize("role", ["analyst", "second_reader", "auditor"])
def test_who_may_not_make_a_paper_makes_none(world: World, row: Attribution, role: str) -> None:
    client = Client()
    client.force_login(world.account(role))
    before = RenderedDocument.objects.count()
    given = {"kind": PAPERS[0], "language": "en", "key": str(uuid.uuid4())}
    assert client.post(f"/subjects/{row.subject_id}/attribution/paper", given).status_code == 403
    assert RenderedDocument.objects.count() == before


def test_grounds_without_a_look_at_the_place_name_the_hole(world: World, row: Attribution) -> None:
    client = Client()
    client.force_login(world.account("supervisor"))
    elsewhere = Attribution.objects.exclude(pk=row.pk)[0].place  # nobody has looked at that one
    Attribution.objects.filter(pk=row.pk).update(place=elsewhere)
    client.post(
        f"/subjects/{row.subject_id}/attribution/paper",
        {"kind": "in.grounds_of_belief", "language": "en", "key": str(uuid.uuid4())},
    )
    paper = RenderedDocument.objects.get(kind="in.grounds_of_belief")
    assert any("A-64" in gap for gap in paper.gaps)
