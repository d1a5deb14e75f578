"""A host's evening on a phone: an account, a study, a cohort, its groups, opened, the link shared."""

import datetime
import io
from collections.abc import Callable

import pytest
from django.utils import timezone, translation
from PIL import Image
from playwright.sync_api import BrowserContext

from cohorts.models import Cohort, Partner, Study
from studyplatform.accounts.models import User
from studyplatform.kit import moments
from tests.browser.walk import LANGUAGE, ZONE, Walker
from tests.people import make_person

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "ko": {
        "title": "주말 산책 모임",
        "promise": "여섯 주 동안 동네를 걷고, 걸으며 본 것을 한 장씩 남겨요.",
        "for_whom": "혼자 걷다가 그만둔 적이 있는 분\n동네를 새로 보고 싶은 분",
        "pen_name": "정은혜",
        "topic": "아침에 걷는 사람들",
        "price": "30,000",
        "shown": "30,000원",
        "currency": "KRW",
    },
    "en": {
        "title": "Weekend walks",
        "promise": "Six weeks of walking our streets, and one page each on what we saw.",
        "for_whom": "You have given up walking alone\nYou want to see your streets anew",
        "pen_name": "Grace Lim",
        "topic": "Early walkers",
        "price": "30",
        "shown": "£",
        "currency": "USD",
    },
}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_from_nothing_to_a_link_to_share(browse: Callable[..., BrowserContext], language: str) -> None:
    words = WORDS[language]
    Partner.objects.create(person=make_person("partner", "한상우", language=language), state="approved")
    walker = Walker(browse(locale=LANGUAGE[language], timezone_id=ZONE[language], has_touch=True), language)
    page = walker.page
    walker.sign_up("new-host@example.com", words["pen_name"])
    host = User.objects.get(email="new-host@example.com")
    assert (host.language, host.time_zone, host.name) == (language, ZONE[language], words["pen_name"])

    walker.go("/studio/").press("Start your first study")
    walker.press("Save, and plan the first cohort").sees("Something needs another look.")
    walker.fill(**{name: words[name] for name in ("title", "promise", "for_whom")}, language=language)
    page.set_input_files("[name=picture]", files=[photo()])
    walker.press("Save, and plan the first cohort").sees("Plan a cohort")
    study = Study.objects.get()
    assert (study.title, bool(study.picture), study.state) == (words["title"], True, "draft")

    first = timezone.localdate() + datetime.timedelta(days=21)
    soon = first - datetime.timedelta(days=1)
    walker.fill(starts_on=first.isoformat(), meets_at="10:30", weeks=6, minutes=90, capacity=8, closes_on=soon)
    walker.fill(minimum=4, minimum_by=soon - datetime.timedelta(days=2), price=words["price"])
    walker.fill(currency=words["currency"], partner_share=20, link="https://meet.example.com/walks")
    walker.press("Work the refunds out again").sees("By remaining sessions")
    walker.press("Save the plan").sees("The plan is saved. Nobody sees it until you open it.")
    cohort = Cohort.objects.get()
    public = cohort.get_absolute_url()
    assert browse().request.get(public).status == 404

    walker.go(f"/studio/{study.slug}/cohorts/1/groups/")
    walker.fill(topic=words["topic"], capacity=8, partner_email="partner@example.com", meets_at="07:00")
    walker.press("Add the group").sees_text(words["topic"])
    walker.go(f"/studio/{study.slug}/cohorts/1/").press("See it as a visitor will").sees_text(words["promise"])
    walker.go(f"/studio/{study.slug}/cohorts/1/").press("Open %(run)s", run=walker.run(1))
    walker.sees("It is open. Share the link, and people can join.").sees_text(public)
    walker.well()

    visitor = Walker(browse(locale=LANGUAGE[language], timezone_id=ZONE[language]), language)
    visitor.go(public).sees_text(words["promise"]).sees_text("한상우").sees("Join %(run)s", run=visitor.run(1))
    with translation.override(language):
        visitor.sees_text(moments.moment(cohort.sessions.filter(subgroup=None)[0].starts_at, cohort.zone))
    visitor.well()


def photo() -> dict[str, object]:
    """A picture as a phone would send it."""
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), "#7d8f5a").save(out, "JPEG")
    return {"name": "산책.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
