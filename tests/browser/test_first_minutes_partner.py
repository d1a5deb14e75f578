"""A partner twelve minutes before a session, on a phone: how it stands, into the room, a note to somebody quiet."""

import datetime
import re
from typing import Any

import pytest
from django.utils import timezone

from cohorts.models import Cohort, Nudge, PartnerNote, Session
from cohorts.services import presentations
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.browser.walk import LANGUAGE, ZONE, Walker, let_work
from tests.cohorts.meeting import group_session, seat
from tests.showcase.make import post

pytestmark = pytest.mark.django_db(transaction=True)

ROOM = "https://meet.example.com/table"


@pytest.fixture
def session(cohort: Cohort, member: User) -> Session:
    """The group's second session, in twelve minutes: two turns ready, one begun, one open; two members quiet."""
    group, now = cohort.subgroups.first(), timezone.now()
    group.capacity, group.link = 20, ROOM
    group.save()
    group_session(cohort, group, number=1, starts_at=now - datetime.timedelta(days=7))
    made = group_session(cohort, group, number=2, turns=4, starts_at=now + datetime.timedelta(minutes=12))
    for person in seat(2, cohort, group):
        turn = presentations.claim(person, made)
        post(person, title=f"{person.name}의 사례", presentation_id=turn.pk, enrollment_id=turn.enrollment_id)
    turn = presentations.claim(member, made)
    post(member, out=False, presentation_id=turn.pk, enrollment_id=turn.enrollment_id)
    seat(2, cohort, group)
    return made


@pytest.mark.parametrize("language", ["ko", "en"])
def test_twelve_minutes_before(browse: Any, cohort: Cohort, partner: User, session: Session, language: str) -> None:
    partner.language, partner.time_zone = language, "Asia/Seoul"
    partner.save()
    walker = Walker(browse(partner, locale=LANGUAGE[language], timezone_id=ZONE["ko"], has_touch=True), language)
    page = walker.page
    page.route(f"{ROOM}*", lambda route: route.fulfill(body="the room"))

    walker.go("/partner/")
    assert re.search(r"1[12]", page.locator("h1").inner_text())
    stands = page.locator(".standing").inner_text()
    for count, words in ((2, "ready"), (1, "draft"), (1, "open")):
        assert walker.say_many(f"%(n)s {words}", f"%(n)s {words}", count) in stands, stands
    walker.sees_text("의 사례").well()

    notes = page.get_by_role("button", name=walker.say("Send the note"))
    assert notes.filter(visible=True).count() == 2
    quiet = page.locator("article:has(textarea)").first
    assert "님" in quiet.locator("textarea").input_value(), "in the member's own language"
    quiet.locator("textarea").fill("오늘 얼굴 보면 좋겠어요.")
    quiet.get_by_role("button").click()
    walker.sees("%(name)s sent a note %(when)s.", name=partner.name, when=walker.say("today"))
    assert notes.filter(visible=True).count() == 1
    nudge = Nudge.objects.get()
    let_work("mail.drain_letters")
    letter = Letter.objects.get(kind="nudge", recipient=nudge.enrollment.person)
    assert letter.done_at
    assert not letter.error
    assert "오늘 얼굴 보면 좋겠어요." in letter.text

    page.locator(f"a[href='/members/{nudge.enrollment.public_id}/']").first.click()
    walker.fill(words="지난주에 이사했대요.").press("Remember it").sees("Saved.").well()
    assert PartnerNote.objects.get().author == partner
    walker.go("/partner/").press("Join the session")
    assert page.url == ROOM
