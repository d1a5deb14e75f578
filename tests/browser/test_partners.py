"""On a phone: somebody reads who leads, asks to lead too, is let in by the desk; somebody else is asked by a host."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from cohorts.models import Cohort, Partner
from cohorts.services import leaderships, partner_invitations
from studyplatform.accounts.models import User
from tests.browser.looking import Looker
from tests.browser.walk import LANGUAGE, ZONE, Walker

pytestmark = pytest.mark.django_db(transaction=True)

Browse = Callable[..., BrowserContext]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_somebody_asks_and_is_let_in(
    browse: Browse, cohort: Cohort, stranger: User, admin: User, language: str
) -> None:
    stranger.language = admin.language = language
    stranger.save()
    admin.save()
    options = {"locale": LANGUAGE[language], "timezone_id": ZONE[language]}
    walker = Walker(browse(stranger, **options), language)
    walker.go("/partners/" if language == "ko" else "/en/partners/").sees_text("한상우").press("Ask to be a partner")
    walker.press("Ask to be a partner").sees("Tick at least one.")
    walker.page.check("[name=slots][value='3-evening']")
    walker.fill(subject="Small shops", words="Nineteen years of printing.").page.check("[name=agree]")
    walker.press("Ask to be a partner").sees("We are reading what you wrote").sees_text("Small shops").well()

    desk = Walker(browse(admin, **options), language)
    desk.go("/admin/").page.get_by_text(desk.say("People who want to be partners")).click()
    desk.sees_text("Daniel Cho")
    row = Partner.objects.get(person=stranger)
    desk.go(f"/admin/cohorts/partner/{row.pk}/change/").sees_text("Nineteen years").press("Let them lead")
    desk.page.click("[name=apply]")
    desk.page.wait_for_url("**/change/")
    desk.well()
    row.refresh_from_db()
    assert row.state == "approved"
    walker.go("/partner/apply/").sees("You are a partner").well()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_well(browse: Browse, cohort: Cohort, host: User, stranger: User, scheme: str) -> None:
    group = cohort.subgroups.last()
    assert group
    asked = partner_invitations.invite(host, group, "somebody@example.com").get_absolute_url()
    looker = Looker(browse(color_scheme=scheme))
    for address in ("/partners/", "/partner-terms/", asked):
        looker.open(address).look()
    looker.well()
    signed_in = Looker(browse(stranger, color_scheme=scheme))
    for address in ("/partner/apply/", asked):
        signed_in.open(address).look()
    signed_in.well()


def test_an_invitation_is_accepted_by_keyboard(browse: Browse, cohort: Cohort, host: User, stranger: User) -> None:
    group = cohort.subgroups.last()
    assert group
    asked = partner_invitations.invite(host, group, stranger.email)
    page = Walker(browse(stranger, locale="en-GB"), "en").go(asked.get_absolute_url()).page
    page.focus("[name=agree]")
    page.keyboard.press("Space")
    page.focus("[name=answer][value=yes]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/partner/")
    assert leaderships.lead_of(group).partner.person == stranger  # type: ignore[union-attr]
