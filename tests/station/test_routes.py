"""Every route x method x officer: who is not signed in or lacks the role gets nothing, and cannot tell what exists.

The table is `views.gate.AREA_OF`; a route without a line in it fails here before anybody finds it in the field.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kaval.station import roles
from kaval.station.models import Lead, Officer, Operation, ReadingWarning, Refusal, RenderedDocument
from kaval.station.views.gate import AREA_OF, HEADERS, PUBLIC
from tests.station.console_rows import CANARY, HOSTILE, World, build
from tests.station.packet_rows import released_rows
from tests.station.request_rows import request_rows

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NOBODY = uuid.UUID(int=7)
SECRETS = (CANARY, "SECRET-", "Officer ", "TRAINING T", "KL-", "House ")
ONLY_POST = {
    "sign-out",
    "language",
    "acknowledge",
    "update-register",
    "count-group",
    "acknowledge-selected",
    "upload-plain",
    "upload-files",
    "upload-slice",
    "upload-take-in",
    "upload-discard",
    "profile-suggest",
    "profile-confirm",
    "tip-take",
    "triage-act",
    "triage-view",
    "triage-draw",
    "triage-judge",
    "subject-band",
    "link-decide",
    "link-withdraw",
    "part-leads",
    "see-notice",
    "clock-meet",
    "reaudit-act",
    "held-reaudit-act",
    "error-confirm",
    "error-act",
    "attribution-act",
    "deconfliction-record",
    "second-reading-keep",
    "ground-look",
    "sheet-paper",
    "packets-act",
    "packets-leak",
    "packet-file",
    "packet-print",
    "packet-keys",
    "ask-providers",
    "accept-form",
    "typed-first",
    "typed-second",
    "add-provider",
    "edit-provider",
    "add-contact",
    "add-quirk",
    "ask-accounts",
    "end-contact",
    "end-quirk",
    "remind",
    "close-request",
    "request-document",
    "take-answer",
    "record-answer",
    "plan-step",
    "plan-move",
    "plan-take",
    "plan-import",
    "plan-go",
    "plan-change",
    "plan-spill",
    "plan-recall",
    "plan-lesson",
    "events-act",
    "viewing-floor",
    "viewing-own",
    "viewing-open",
    "viewing-close",
}


@pytest.fixture
def world() -> World:
    built = build()
    lead = Lead.objects.get(id=built.alpha["lead_id"])
    built.alpha |= request_rows(lead, built.officers, text=HOSTILE)
    released_rows(built)
    return built


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern with its full name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            assert entry.name, f"the route {entry.pattern} has no name, so nobody can say who may go there"
            yield f"{prefix}{entry.name}", entry


ROUTES = dict(patterns())


def address(name: str, objects: dict[str, uuid.UUID] | None) -> str:
    """The address of a route; without objects, one that names nothing that exists."""
    wanted = ROUTES[name].pattern.converters
    return reverse(name, kwargs={key: objects[key] if objects else NOBODY for key in wanted})


def ask(client: Client, method: str, path: str) -> HttpResponse:
    """One request with any method."""
    return client.generic(method, path)  # type: ignore[return-value]


def body(response: Any) -> bytes:
    """What came back; a stream is not waited for."""
    return b"" if response.streaming else bytes(response.content)


def signed_in(world: World, name: str) -> Client:
    """A browser in which this officer is signed in."""
    client = Client()
    client.force_login(world.account(name))
    return client


def test_every_route_stands_in_the_table_and_nothing_else_does() -> None:
    assert set(ROUTES) == set(AREA_OF) | PUBLIC
    assert set(AREA_OF.values()) <= set(roles.MAY_SEE)
    assert {"sign-in", "health"} == PUBLIC


def test_nobody_signed_in_gets_nothing_from_any_route(world: World) -> None:
    client, asked = Client(), 0
    for name in sorted(set(ROUTES) - PUBLIC):
        for method in METHODS:
            there, not_there = (ask(client, method, address(name, one)) for one in (world.alpha, None))
            asked += 2
            assert there.status_code == not_there.status_code == (401 if name.startswith("api:") else 302), (
                name,
                method,
            )
            assert body(there) == body(not_there), (name, method)
            assert len(body(there)) < 40, (name, method)
            if there.status_code == 302:
                assert there["Location"].startswith("/sign-in")
    assert asked >= 2 * len(METHODS) * (len(ROUTES) - len(PUBLIC))


@pytest.mark.parametrize(
    "path",
    [
        "/no-such-page",
        "/admin/",
        "/leads/1",
        "/api/v1/openapi.json",
        "/api/v1/docs",
        "/api/v1/",
        "/static/../settings.py",
        "/operations/x/board",
        "/leads/",
        "//leads",
    ],
)
def test_an_unknown_route_looks_like_every_other_to_nobody(world: World, path: str) -> None:
    response = Client().get(path)
    assert response.status_code in (301, 302, 401)
    assert not any(secret.encode() in body(response) for secret in SECRETS)


def test_public_pages_hold_no_data(world: World) -> None:
    health = Client().get("/healthz")
    assert (health.status_code, health.content) == (200, b"ok")
    page = Client().get("/sign-in").content.decode()
    assert not any(secret in page for secret in ("SECRET-", "TRAINING T", "KL-", "House ", "Tip "))


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_a_role_gets_its_areas_and_the_same_nothing_elsewhere(world: World, role: str) -> None:
    client = signed_in(world, role)
    nothing = {
        kind: client.get(path).content
        for kind, path in (("page", "/no-such-page"), ("api", "/api/v1/no-such"))
    }
    for name in sorted(set(ROUTES) - PUBLIC - {"sign-out"}):
        for method in ("GET", "POST"):
            for objects in (world.alpha, None):
                response = ask(client, method, address(name, objects))
                if not roles.shows([role], AREA_OF[name]):
                    assert response.status_code == 404, (role, name, method)
                    assert body(response) == nothing["api" if name.startswith("api:") else "page"], (
                        role,
                        name,
                        method,
                    )
                elif (
                    method == "GET"
                    and name not in ONLY_POST
                    and objects is not None
                    # Neither the document nor the account request of these rows has sealed bytes to hand out.
                    and name not in ("document-pdf", "request-csv")
                ):
                    # A press officer sees what was released to the press, and this is a court document.
                    # An opening is its examiner's own: nobody else gets to see it.
                    out_of_reach = (role, name) in (
                        ("press_officer", "document"),
                        ("supervisor", "viewing-look"),
                    )
                    assert response.status_code == (404 if out_of_reach else 200), (role, name)
                elif method == "POST" and name not in ONLY_POST:
                    assert response.status_code in (404, 405), (role, name)


@pytest.mark.parametrize("name", ["district_chief", "field_officer"])
def test_the_other_districts_objects_do_not_exist(world: World, name: str) -> None:
    client = signed_in(world, name)
    nothing = {
        kind: client.get(path).content
        for kind, path in (("page", "/no-such-page"), ("api", "/api/v1/no-such"))
    }
    for route in sorted(set(ROUTES) - PUBLIC):
        if not roles.shows(list(world.officers[name].roles), AREA_OF[route]):
            continue
        response = ask(client, "GET", address(route, world.beta))
        assert CANARY.encode() not in body(response), route
        own = set(ROUTES[route].pattern.converters) - {"operation_id"}
        if own:
            assert (response.status_code, body(response)) == (404, nothing["page"]), route


def test_a_chief_with_no_site_in_an_operation_does_not_learn_of_it(world: World) -> None:
    other = Operation.objects.get()
    other.pk, other.code = NOBODY, "TRAINING SECRET"
    other.save(force_insert=True)
    client = signed_in(world, "district_chief")
    assert b"TRAINING SECRET" not in client.get("/operations").content
    assert client.get(f"/operations/{NOBODY}").content == client.get("/no-such-page").content


@pytest.mark.parametrize("state", ["draft", "approved", "frozen"])
def test_a_team_member_learns_nothing_before_the_operation_is_live(state: str) -> None:
    world = build(operation_state=state)
    client = signed_in(world, "field_officer")
    for route in ("overview", "operations", "operation", "board", "board-events", "api:board", "api:funnel"):
        text = body(ask(client, "GET", address(route, world.alpha))).decode()
        assert not any(secret in text for secret in ("TRAINING T", "Alpha Town", "House ")), route
    assert client.get(address("operation", world.alpha)).status_code == 404
    assert '"count": 1' not in client.get("/api/v1/funnel.json").content.decode()


def test_what_was_refused_is_kept_with_who_asked_and_not_with_what_was_typed(world: World) -> None:
    client = signed_in(world, "press_officer")
    client.get(address("lead", world.alpha))
    client.get("/a-path-that-names-somebody")
    kept = list(Refusal.objects.order_by("pk"))
    assert [(one.by, one.code) for one in kept] == [(world.officers["press_officer"], "ROUTE")] * 2
    assert str(world.alpha["lead_id"]) in kept[0].text
    assert "names-somebody" not in kept[1].text


def test_every_answer_carries_the_headers(world: World) -> None:
    client = signed_in(world, "supervisor")
    for path in (
        "/",
        "/leads",
        "/no-such-page",
        address("api:board", world.alpha),
        address("board-events", world.alpha),
    ):
        response = client.get(path)
        for name, value in HEADERS.items():
            assert response[name] == value, (path, name)
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
    assert Client().get("/leads")["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_a_form_without_its_token_does_nothing(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.account("intake_clerk"))
    for route in ("acknowledge", "sign-out", "language"):
        assert client.post(address(route, world.alpha)).status_code == 403
    assert client.post("/sign-in", {"officer": str(world.officers["auditor"].pk)}).status_code == 403
    assert not ReadingWarning.objects.exclude(seen_by=None).exists()
    assert client.get("/").status_code == 200


def test_reading_changes_nothing_and_writing_needs_post(world: World) -> None:
    client = signed_in(world, "intake_clerk")
    for route in ("acknowledge", "sign-out", "language"):
        assert client.get(address(route, world.alpha)).status_code == 405
    assert not ReadingWarning.objects.exclude(seen_by=None).exists()


def test_an_area_may_be_seen_without_the_right_to_act_in_it(world: World) -> None:
    client = signed_in(world, "auditor")
    response = client.post(address("acknowledge", world.alpha))
    assert response.status_code == 403
    assert b"ROLE" in response.content
    assert not ReadingWarning.objects.exclude(seen_by=None).exists()


def test_a_role_taken_away_is_gone_with_the_next_request(world: World) -> None:
    client = signed_in(world, "supervisor")
    assert client.get("/leads").status_code == 200
    Officer.objects.filter(pk=world.officers["supervisor"].pk).update(roles=["press_officer"])
    assert client.get("/leads").status_code == 404
    account = world.account("supervisor")
    account.is_active = False
    account.save()
    assert client.get("/").status_code == 302


def test_a_document_without_pdf_does_not_exist_as_pdf(world: World) -> None:
    client = signed_in(world, "court_officer")
    assert RenderedDocument.objects.filter(sealed=None).exists()
    assert client.get(address("document-pdf", world.alpha)).content == client.get("/no-such-page").content


def test_sign_in_rotates_the_session_and_sign_out_ends_it(world: World) -> None:
    client = Client()
    chosen = {"officer": str(world.officers["analyst"].pk), "next": "/leads"}
    response = client.post("/sign-in", chosen)
    assert (response.status_code, response["Location"]) == (302, "/leads")
    first = client.session.session_key
    client.post("/sign-in", {"officer": str(world.officers["auditor"].pk)})
    assert client.session.session_key != first
    old = client.cookies["sessionid"].value
    client.post("/sign-out")
    thief = Client()
    thief.cookies["sessionid"] = old
    assert thief.get("/").status_code == 302


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org", "javascript:alert(1)", "/sign-in"]
)
def test_signing_in_leads_nowhere_else(world: World, target: str) -> None:
    response = Client().post("/sign-in", {"officer": str(world.officers["analyst"].pk), "next": target})
    assert response["Location"] == "/"


def test_choosing_a_person_works_on_a_training_station_only(world: World) -> None:
    from kaval.station.models import Unit

    Unit.objects.update(training=False)
    client = Client()
    page = client.get("/sign-in").content.decode()
    assert "Password" in page
    assert "District police chiefs" not in page
    response = client.post("/sign-in", {"officer": str(world.officers["analyst"].pk)})
    assert response.status_code == 403
    assert client.get("/").status_code == 302


def test_passwords_are_tried_a_few_times_only_and_names_are_not_told_apart(world: World) -> None:
    from kaval.station.models import Unit

    Unit.objects.update(training=False)
    account = world.account("analyst")
    account.set_password("a-long-enough-password")
    account.save()
    pages = set()
    for name in ("analyst", "nobody-of-this-name"):
        for _ in range(5):
            response = Client().post("/sign-in", {"username": name, "password": "wrong"})
            pages.add(response.content.decode().split('role="alert">')[1].split("<")[0])
    assert pages == {"The name or the password is wrong."}
    locked = Client().post("/sign-in", {"username": "analyst", "password": "a-long-enough-password"})
    assert locked.status_code == 403
    assert b"Too many tries" in locked.content
    assert {one.by for one in Refusal.objects.filter(name="sign_in")} == {world.officers["analyst"], None}
    assert not Refusal.objects.filter(text__contains="nobody-of-this-name").exists()


def test_the_right_password_signs_in(world: World) -> None:
    account = world.account("analyst")
    account.set_password("a-long-enough-password")
    account.save()
    client = Client()
    assert (
        client.post("/sign-in", {"username": "analyst", "password": "a-long-enough-password"}).status_code
        == 302
    )
    assert client.get("/leads").status_code == 200
