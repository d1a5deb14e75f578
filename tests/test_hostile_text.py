"""I-32, I-33, I-35: whatever people type stays text on every page, in letters, feeds, data, calendars and tables."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import icalendar
import pytest
from django.core import mail
from django.core.cache import cache
from django.db import models
from django.test import Client

from cohorts.models import Enrollment, Partner, PartnerApplication, Session, Study, Subgroup
from cohorts.services import cohorts, partner_invitations, partners, presentations, sessions
from payments.models import Payee
from showcase.models import CaseStudy, Picture
from studyplatform.accounts.models import Profile
from studyplatform.kit import csv_export, queue
from studyplatform.mail.models import Letter
from tests.access.addresses import address
from tests.access.table import rows
from tests.access.trying import browsers, names
from tests.access.world import ROLES, World, build
from tests.payments.conftest import local_stripe, stripe  # noqa: F401
from tests.people import enroll, make_person, sign_in
from tests.reading import Page, read
from tests.showcase.make import post

pytestmark = pytest.mark.django_db

BREAKS_OUT = {  # short enough for the shortest field; each opens an element or a handler where it is not escaped
    "of quotes and scripts": "'\"></script><xss onxss=1>",
    "of titles and boxes": "</title></textarea><xss>",
    "of comments and styles": "--></style></svg><xss>",
    "of attributes": "x' onxss='1' y=\" onxss=\"1",
    "of escapes": "&lt;xss&gt;\\u003cxss>{{7*7}}",
}
ADDS_LINES = "x\r\nBcc: evil@example.com\nATTENDEE:mailto:evil@example.com"
FORMULA = "=HYPERLINK(1)<xss>"
FREE_TEXT: dict[type[models.Model], tuple[str, ...]] = {
    Study: ("title", "promise", "for_whom", "not_for", "host_words"),
    Subgroup: ("topic", "chat_code", "greeting"),
    Session: ("title", "run_sheet"),
    Enrollment: ("introduction",),
    Profile: ("pen_name", "work", "about", "can_help", "looking_for"),
    CaseStudy: ("title", "summary", "credit"),
    Picture: ("alt",),
    Payee: ("bank", "holder"),
    Partner: ("notes",),
    PartnerApplication: ("subject", "words"),
}
READERS = ("anonymous", "member", "host", "partner", "admin")


@pytest.fixture
def world(stripe: Any, settings: Any, tmp_path: Any) -> World:  # noqa: F811
    settings.MEDIA_ROOT = tmp_path
    made = build()
    made.things["remix"] = post(made.people["stranger"], parent=made.public, title="이어 만든 글", html="<p>글</p>")
    return made


def fill(text: str) -> None:
    """Write a text into every field that people fill freely."""
    for model, fields in FREE_TEXT.items():
        known = {name: text[: model._meta.get_field(name).max_length] for name in fields}
        assert model.objects.update(**known), model
    CaseStudy.objects.update(
        recipe={"tools": [text], "inputs": text, "steps": [text], "time": text, "result": text, "failed": text}
    )
    cache.clear()


def answers(world: World) -> Iterator[tuple[str, Any]]:
    """Yield every page there is, as those who get it."""
    known = browsers(world)
    for method, row, outcomes in rows(names()):
        got = dict(zip(ROLES, outcomes, strict=True))
        for role in READERS:
            if method == "GET" and got[role] in ("200", "403", "410"):
                yield f"{row} as {role}", known[role].get(address(row, world))


def dangers(page: Page) -> list[str]:
    """Return what would run, or lead to code."""
    return [
        *[f"<{tag}>" for tag in page.elements if tag == "xss"],
        *page.handlers,
        *[link for link in page.links if link.strip().lower().startswith(("javascript:", "data:text"))],
        *[
            "a script of its own"
            for one in page.scripts
            if "src" not in one and one.get("type") != "application/ld+json"
        ],
    ]


@pytest.mark.parametrize("text", BREAKS_OUT.values(), ids=BREAKS_OUT)
def test_on_every_page_it_is_only_text(world: World, text: str) -> None:
    fill(text)
    wrong, seen = [], 0
    for name, answer in answers(world):
        kind = answer.headers.get("Content-Type", "")
        if kind.startswith("text/html"):
            page = read(answer)
            seen += text in page.title or text in "".join(page.headings)
            wrong += [f"{name}: {danger}" for danger in dangers(page)]
        elif "xml" in kind:
            assert "xss" not in {one.tag for one in ElementTree.fromstring(b"".join(answer)).iter()}, name
    assert not wrong, "\n".join(wrong)
    assert seen > 10  # it really stood on the pages, and was read back as it was typed


def test_in_the_data_of_a_page_it_is_the_title_as_typed(world: World) -> None:
    fill(BREAKS_OUT["of quotes and scripts"])
    page = read(Client().get(CaseStudy.objects.get(pk=world.public.pk).get_absolute_url()))
    [article] = page.of_type("Article")
    assert article["headline"] == page.metas["og:title"] == BREAKS_OUT["of quotes and scripts"]
    assert page.metas["description"] == BREAKS_OUT["of quotes and scripts"]


@pytest.mark.parametrize("text", [BREAKS_OUT["of quotes and scripts"], ADDS_LINES], ids=["markup", "lines"])
def test_in_letters_it_is_only_text_and_adds_no_line_to_their_heads(world: World, text: str) -> None:
    Letter.objects.all().delete()
    fill(text)
    written = _letters(world)
    assert len({letter.kind for letter in written}) >= 4
    assert len(written) > 5
    for letter in written:
        assert not [one for one in dangers(read(letter.html)) if one != "style"], (
            letter.kind
        )  # letters need inline styles
        assert "\n" not in letter.subject, letter.kind
        assert "\r" not in letter.subject, letter.kind
    queue.drain("mail.drain_letters")
    assert len(mail.outbox) == len(written)
    for message in mail.outbox:
        assert message.message()["Bcc"] is None
        assert len(message.recipients()) == 1


def _letters(world: World) -> list[Letter]:
    """Let everything happen that people are told of."""
    host, cohort = world.people["host"], world.cohort
    cohort.refresh_from_db()
    enroll(make_person("late", "늦은 멤버"), cohort)
    group, who = Subgroup.objects.get(pk=world.other_group.pk), world.people["stranger"]
    partner_invitations.accept(who, partners.appoint(host, group, who.email))  # type: ignore[arg-type]  # is asked first
    partners.appoint(host, group, "nobody@example.com")
    partners.end(world.people["admin"], Partner.objects.get(person=who), note=ADDS_LINES)
    browser, session = sign_in(host), Session.objects.get(pk=world.last_session.pk)
    moved = {"day": session.starts_at.date().isoformat(), "clock": "06:00", "minutes": "90", "title": "x"}
    browser.post(address("studio_session", world), moved)
    sessions.cancel(host, session)
    browser.post(address("join.free", world), {"terms": "on"})
    queue.drain("cohorts.drain_session_news")
    cohorts.call_off(host, cohort)
    queue.drain("cohorts.drain_cohort_news")
    return list(Letter.objects.filter(withdrawn_at=None))


@pytest.mark.parametrize("text", [*BREAKS_OUT.values(), ADDS_LINES])
def test_in_calendars_it_is_only_text(world: World, text: str) -> None:
    fill(text)
    for name in ("session_ics", "calendar_feed"):
        raw = browsers(world)["member"].get(address(name, world)).content
        events = icalendar.Calendar.from_ical(raw).walk("VEVENT")
        assert events
        for event in events:
            assert "ATTENDEE" not in event
            assert "Bcc" not in event
        assert max(map(len, raw.split(b"\r\n"))) <= 75


@pytest.mark.parametrize("text", [FORMULA, "+1", "-1", "@SUM(1)", "\t=1"])
def test_in_tables_it_is_no_formula(world: World, text: str) -> None:
    fill(text)
    table = browsers(world)["host"].get(address("studio_people_export", world)).content.decode()
    cells = [cell for row in csv.reader(io.StringIO(table.removeprefix(csv_export.BOM))) for cell in row]
    assert f"'{text}" in cells
    assert not [cell for cell in cells if cell.lstrip(" \n").startswith(csv_export.RUNS)]


def test_why_a_turn_is_passed_on_is_only_text_for_the_host_too(world: World) -> None:
    turn = world.session.presentations.get()
    presentations.pass_on(world.people["member"], turn, BREAKS_OUT["of quotes and scripts"])
    for role in ("host", "partner", "member"):
        for row in ("session", "partner_desk", "studio", "studio_session"):
            answer = browsers(world)[role].get(address(row, world))
            assert not dangers(read(answer)), (role, row)


def test_a_link_leads_to_a_page_never_to_code(world: World) -> None:
    browser = browsers(world)["host"]
    for row, field in (("studio_group", "chat_link"), ("studio_session", "link"), ("studio_cohort_edit", "link")):
        for link in ("javascript:alert(1)", "data:text/html,x", "JaVaScRiPt://x.example/%0aalert(1)"):
            answer = browser.post(address(row, world), {field: link})
            assert answer.status_code == 200
            assert field in answer.context["form"].errors, (row, link)
