"""How often one may ask: signing in, codes, joining, search, letters. Others are not held up meanwhile."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Enrollment
from studyplatform.mail.models import Letter
from tests.people import PASSWORD, make_person, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]


def again_and_again(ask, most):
    """Ask until it is too often; return that answer."""
    answers = [ask() for _ in range(most + 1)]
    assert 429 not in {answer.status_code for answer in answers[:most]}
    assert answers[most].status_code == 429
    return answers[most]


def says_when_to_try_again(answer):
    assert answer.headers["Retry-After"] == "60"
    assert "content-security-policy" in {name.lower() for name in answer.headers}
    assert "<h1>" in answer.content.decode()


def test_joining(cohort, stranger, still_clock):
    browser, address = sign_in(stranger), reverse("join", args=["ai-at-work", 1])
    says_when_to_try_again(again_and_again(lambda: browser.post(address, {}), 20))
    browser.post(address, {"terms": "on"})
    assert not Enrollment.objects.filter(person=stranger).exists()
    assert browser.get(address).status_code == 200
    assert sign_in(make_person("other", "다른 사람")).post(address, {}).status_code == 422
    still_clock.shift(datetime.timedelta(minutes=1))
    assert browser.post(address, {}).status_code == 422


def test_searching_people_but_not_reading_the_list(cohort, member, host):
    browser, address = sign_in(member), reverse("people", args=["ai-at-work", 1])
    says_when_to_try_again(again_and_again(lambda: browser.get(address, {"q": "인쇄"}), 60))
    assert browser.get(address).status_code == 200
    studio = sign_in(host)
    again_and_again(lambda: studio.get(reverse("studio_people", args=["ai-at-work", 1]), {"q": "a"}), 60)


def test_changes_that_send_letters(cohort, host):
    browser, session = sign_in(host), cohort.sessions.first()
    address = reverse("studio_session", args=["ai-at-work", 1, session.public_id])
    says_when_to_try_again(again_and_again(lambda: browser.post(address, {}), 30))


def test_pictures(host, member):
    browser = sign_in(member)
    address = reverse("case_pictures", args=["abcdefghjk"])
    again_and_again(lambda: browser.post(address, {}), 120)


def test_guessing_a_password_from_many_places(stranger):
    for n in range(5):
        wrong = {"login": stranger.email, "password": f"guess-{n}-of-many"}
        Client(REMOTE_ADDR=f"10.0.0.{n}").post("/accounts/login/", wrong)
    right = Client(REMOTE_ADDR="10.0.1.1")
    answer = right.post("/accounts/login/", {"login": stranger.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert "_auth_user_id" not in right.session


def test_guessing_from_one_place(stranger):
    def ask():
        return Client().post("/accounts/login/", {"login": "nobody@example.com", "password": "x"})

    says_when_to_try_again(again_and_again(ask, 30))


def test_asking_for_codes_for_one_address(stranger):
    for n in range(5):
        Client(REMOTE_ADDR=f"10.0.0.{n}").post("/accounts/login/code/", {"email": stranger.email})
    assert Letter.objects.filter(address=stranger.email).count() == 3


def test_the_desk_has_no_door_of_its_own(admin):
    answer = Client().post("/admin/login/", {"username": admin.email, "password": PASSWORD})
    assert answer.headers["Location"].startswith("/accounts/login/?next=")
    assert sign_in(admin).get("/admin/").status_code == 200


def test_a_forged_forwarded_address_is_nobodys(cohort, settings):
    """Without a proxy in front, the header is the visitor's own word and counts for nothing."""
    address = reverse("join", args=["ai-at-work", 1])
    asked = iter(range(100))

    def ask():
        return Client(headers={"X-Forwarded-For": f"10.1.1.{next(asked)}"}).post(address, {})

    again_and_again(ask, 20)
