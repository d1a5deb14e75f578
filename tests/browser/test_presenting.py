"""From a turn in a coming session to a public post that leads back to its study, on a phone, in both languages."""

import datetime
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cohorts.models import Cohort, Session
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from tests.browser.test_hosting import photo
from tests.browser.walk import LANGUAGE, ZONE, Walker

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "ko": {
        "title": "예약 문자 열두 통을 한 통으로 줄인 미용실",
        "summary": "손님이 정말 묻는 것만 남기고 나머지를 지웠어요.",
        "text": (
            "문자를 모두 모아 놓고 세어 보니 절반은 아무도 읽지 않았어요. "
            "열두 통을 바닥에 늘어놓고, 손님이 답을 한 것만 남겼더니 네 통이었어요. "
            "날짜와 시각, 주차, 그리고 바꾸는 방법이에요. 네 통을 한 통으로 합쳤어요. "
            "첫 주에는 너무 짧다는 말을 두 번 듣고 길 찾는 한 줄을 다시 넣었어요. "
            "바꾸는 방법을 맨 앞에 두니, 그 뒤로는 묻는 전화가 거의 오지 않아요. "
            "가게 사진은 뜨는 데 오래 걸려서 아무도 기다리지 않았어요."
        ),
        "result": "한 달에 사백 통이 사십 통이 됐어요.",
    },
    "en": {
        "title": "A salon that sends one reminder instead of twelve",
        "summary": "We kept what customers ask for and deleted the rest.",
        "text": (
            "We laid every message on the floor and half of them nobody had read. Of twelve, customers had "
            "ever answered four: the day and the hour, where to park, and how to change. We put the four "
            "into one and placed how to change at the top. In the first week two people told us it was too "
            "short, so one line about finding the door went back in. Since then hardly anybody calls to ask. "
            "What did not work was a picture of the shop: it took a second to load, and nobody waited."
        ),
        "result": "Four hundred messages a month became forty.",
    },
}


def running(cohort: Cohort, member: User, language: str) -> Session:
    """The cohort runs: its second session is in three days. Everybody speaks the language."""
    cohort.study.language = member.language = language
    cohort.study.save(update_fields=["language"])
    member.time_zone = ZONE[language]
    member.save(update_fields=["language", "time_zone"])
    first, second = cohort.sessions.filter(subgroup=None).order_by("number")[:2]
    first.starts_at, second.starts_at = (timezone.now() + datetime.timedelta(days=days) for days in (-4, 3))
    first.save(update_fields=["starts_at"])
    second.save(update_fields=["starts_at"])
    return second


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_turn_is_taken_written_for_published_and_found(
    browse: Any, cohort: Cohort, member: User, language: str
) -> None:
    session, words = running(cohort, member, language), WORDS[language]
    walker = Walker(browse(member, locale=LANGUAGE[language], timezone_id=ZONE[language]), language)
    walker.go("/home/").sees_text(cohort.study.title)
    walker.go(f"/c/{cohort.study.slug}/1/").sees_text("한상우").sees("Open the chat room").sees_text("1234")
    walker.press("Turns").press("Take a turn").sees("being written")
    assert session.presentations.get().state == "claimed"

    walker.go(session.get_absolute_url()).sees("being written")
    walker.page.locator("a[href*='/showcase/new/?turn=']").filter(visible=True).first.click()
    walker.page.wait_for_selector("html[data-writer=ready]")
    walker.fill(title=words["title"], summary=words["summary"], result=words["result"])
    walker.page.click(".ProseMirror")
    walker.page.keyboard.type(words["text"])
    walker.page.set_input_files("[name=picture]", files=[photo()])
    walker.page.locator("[data-uploads] input").fill(words["summary"])
    expect(walker.page.locator("[data-save-state]")).to_contain_text(":")
    post = CaseStudy.objects.get()
    assert (post.state, post.title) == ("draft", words["title"])
    visitor = Walker(browse(locale=LANGUAGE[language]), language)
    assert visitor.page.request.get(f"/showcase/{post.public_id}-x/").status == 404

    walker.press("Publish").page.wait_for_url(re.compile(session.get_absolute_url()))
    walker.sees("ready").sees_text(words["title"]).well()
    assert session.presentations.get().state == "ready"

    post.refresh_from_db()
    visitor.go(post.get_absolute_url()).sees_text(words["text"]).sees_text(words["result"]).sees_text(member.name)
    assert visitor.page.locator(".prose img").evaluate("picture => picture.naturalWidth") > 0
    visitor.page.get_by_role("link", name=cohort.study.title).filter(visible=True).first.click()
    visitor.page.wait_for_url(re.compile(f"/studies/{cohort.study.slug}/"))
    visitor.sees_text(words["title"]).well()
    found = visitor.page.request.get("/sitemap.xml").text()
    sections = re.findall(r"<loc>[^<]*(/sitemaps/[^<]+)</loc>", found)
    assert any(post.public_id in visitor.page.request.get(section).text() for section in sections)
