"""The demo's bar in a browser: be the partner, stand at the door, see the money shared and a payout waiting."""

from typing import Any

import pytest

from cohorts.models import Cohort, Enrollment, Presentation
from payments.models import Payout
from payments.services import payees, taxes
from studyplatform.accounts.models import User
from tests.browser.conftest import DESK, PHONE
from tests.browser.looking import Looker
from tests.browser.test_earning import ACCOUNT, sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running(
    settings: Any, cohort: Cohort, host: User, member: User, partner: User, stranger: User, stripe: Any
) -> Cohort:
    """A cohort with a paid seat in the partner's subgroup and a turn in its first session."""
    settings.DEMO_BAR = True
    sold(cohort, stripe, stranger)
    payees.save(host, **ACCOUNT)
    taxes.as_business(host, number="1234567891", name="한빛상회", pays_vat=True)
    place = Enrollment.objects.get(cohort=cohort, person=member)
    first = cohort.sessions.earliest("starts_at")
    first.title = "손님 말 모으기"
    first.save(update_fields=["title"])
    Presentation.objects.create(session=first, enrollment=place, position=1)
    return cohort


def be(page: Any, person: str) -> None:
    page.locator(f".demo-bar button[value={person}]").click()
    page.wait_for_load_state()


def move(page: Any, moment: str) -> str:
    page.locator(".demo-bar a").click()
    page.locator(f"button[value={moment}]").click()
    page.wait_for_load_state()
    return str(page.locator(".messages").inner_text())


def test_from_the_door_to_payday(browse: Any, running: Cohort, admin: User, host: User) -> None:
    first = running.sessions.earliest("starts_at")
    page = browse(viewport=PHONE).new_page()
    page.goto("/")
    be(page, "partner")
    assert page.url.endswith("/partner/")

    assert first.name in move(page, "before")
    page.locator(".messages a").click()
    page.wait_for_load_state()
    assert page.url.endswith(first.get_absolute_url())
    way_in = page.locator(f"main a[href$='/{first.public_id}/enter/']").first
    assert way_in.is_visible()
    be(page, "member")
    answer = page.request.get(f"{first.get_absolute_url()}enter/", max_redirects=0)
    assert answer.headers["location"] == running.link  # the browser would leave for it

    assert first.name in move(page, "after")
    first.refresh_from_db()
    assert first.released_at
    assert set(first.presentations.values_list("state", flat=True)) == {"missed"}

    be(page, "partner")
    said = move(page, "payday")
    payout = Payout.objects.get(payee__person=host)
    assert f"{payout.amount:,}" in said
    assert payout.state == "drafted"
    be(page, "admin")
    assert "/admin/" in page.url
    be(page, "nobody")
    page.wait_for_url("**/")


def test_it_is_hidden_for_good_and_shown_again(browse: Any, running: Cohort) -> None:
    page = browse(viewport=DESK).new_page()
    page.goto("/")
    bar = page.locator(".demo-bar")
    assert bar.is_visible()
    page.emulate_media(media="print")
    assert not bar.is_visible()
    page.emulate_media(media="screen")
    page.locator("[data-demo-hide]").click()
    assert not bar.is_visible()
    page.goto("/studies/")
    assert not bar.is_visible()
    page.goto("/demo/")
    page.locator("[data-demo-show]").click()
    assert bar.is_visible()


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_it_covers_nothing_moves_nothing_and_can_be_read(browse: Any, running: Cohort, size: Any, scheme: str) -> None:
    looker = Looker(browse(viewport=size, color_scheme=scheme))
    for address in ("/", running.get_absolute_url(), "/demo/"):
        page = looker.open(address).page
        assert page.locator(".demo-bar button[value=host]").is_visible()
        bar, head = page.locator(".demo-bar").bounding_box(), page.locator(".site-head").bounding_box()
        assert bar["y"] == 0
        assert head["y"] == bar["height"]
        looker.look()
    looker.well()
