"""Asking to be a partner: what is asked, how it stands, taking it back, asking again; letters in one's language."""

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Partner, PartnerApplication
from cohorts.services import partners
from studyplatform.accounts.models import Consent, User
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.cohorts.asking import asking
from tests.cohorts.hosting import english, text
from tests.people import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/partner/apply/"


def ask(person: User, **changed: object) -> str:
    return text(english(person).post(PAGE, asking(**changed), follow=True))


def moves(person: User) -> list[tuple[str, str]]:
    found = Change.objects.filter(subject_type="cohorts.partner", subject_id=str(person.partner.pk)).order_by("pk")
    return list(found.values_list("from_state", "to_state"))


def test_a_visitor_is_asked_to_sign_in_and_comes_back() -> None:
    answer = Client().get(PAGE)
    assert answer.headers["Location"].endswith("?next=/partner/apply/")


def test_somebody_asks_and_the_page_says_how_it_stands(stranger: User) -> None:
    form = text(english(stranger).get(PAGE))
    assert form.count('name="slots"') == 21
    page = ask(stranger)
    assert "We are reading what you wrote" in page
    for words in ("Small shops", "Thursday evening", "Saturday morning", "how-we-price", "nineteen years"):
        assert words in page
    row = PartnerApplication.objects.get(partner__person=stranger)
    assert (row.partner.state, row.slots, row.field) == ("applied", ["3-evening", "5-morning"], "making")
    assert Consent.objects.get(person=stranger, kind="partner_terms").version
    assert Letter.objects.get(recipient=stranger).subject == "We have your application"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"subject": ""}, "This cannot be empty."),
        ({"words": "x" * 1501}, "1500"),
        ({"slots": []}, "Tick at least one."),
        ({"slots": ["9-night"]}, "9-night"),
        ({"field": "magic"}, "Choose one of these"),
        ({"sample": "javascript:alert(1)"}, "does not look like a link"),
        ({"agree": ""}, "Partners agree to these before they lead."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(stranger: User, changed: dict, sentence: str) -> None:
    answer = english(stranger).post(PAGE, asking(**changed))
    assert answer.status_code == 422
    assert sentence in text(answer)
    if "slots" not in changed:
        assert 'value="3-evening" checked' in text(answer)
    assert not Partner.objects.exists()
    assert not Letter.objects.exists()


def test_asking_twice_changes_nothing(stranger: User) -> None:
    ask(stranger)
    ask(stranger, subject="Something else")
    assert PartnerApplication.objects.get().subject == "Small shops"
    assert moves(stranger) == [("", "applied")]


def test_it_is_taken_back_and_asked_again(stranger: User) -> None:
    ask(stranger)
    page = text(sign_in(stranger).post(reverse("partner_withdraw"), follow=True))
    assert "It is taken back." in page
    assert 'name="subject"' in page
    page = text(sign_in(stranger).post(reverse("partner_withdraw"), follow=True))
    assert "Nothing of yours waits for an answer." in page
    ask(stranger, subject="Grant writing")
    assert moves(stranger) == [("", "applied"), ("applied", "withdrawn"), ("withdrawn", "applied")]
    assert list(PartnerApplication.objects.order_by("pk").values_list("subject", flat=True)) == [
        "Small shops",
        "Grant writing",
    ]
    assert Letter.objects.filter(recipient=stranger).count() == 3


def test_a_no_comes_with_its_reason_and_one_may_ask_again(stranger: User, admin: User) -> None:
    ask(stranger)
    partners.decline(admin, stranger.partner, note="Every hour you named is led already.")
    letter = Letter.objects.filter(recipient=stranger).latest("created_at")
    assert "The reason: Every hour you named is led already." in letter.text
    page = text(sign_in(stranger).get(PAGE))
    assert "The reason: Every hour you named is led already." in page
    assert "We are reading what you wrote" in ask(stranger)
    assert "Every hour you named" not in text(sign_in(stranger).get(PAGE))


def test_a_yes_opens_the_desk_and_is_told_in_ones_language(member: User, admin: User) -> None:
    sign_in(member).post(PAGE, asking())
    partners.approve(admin, member.partner)
    assert reverse("partner_desk") in text(sign_in(member).get(PAGE))
    letter = Letter.objects.filter(recipient=member, about=f"partner:{member.partner.pk}").latest("created_at")
    assert letter.language == "ko"
    assert reverse("partner_desk") in letter.text
    assert 'name="subject"' not in text(sign_in(member).get(PAGE))
    sign_in(member).post(PAGE, asking())
    assert member.partner.applications.count() == 1


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_who_rests_or_has_ended_is_told_why_and_cannot_ask(stranger: User, admin: User, state: str) -> None:
    ask(stranger)
    partners.approve(admin, stranger.partner)
    {"paused": partners.pause, "ended": partners.end}[state](admin, stranger.partner, note="Three sessions missed.")
    page = text(english(stranger).get(PAGE))
    assert "The reason: Three sessions missed." in page
    assert 'name="subject"' not in page
    english(stranger).post(PAGE, asking())
    assert Partner.objects.get(person=stranger).state == state
