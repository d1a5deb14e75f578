"""Joining and signing in, through the pages, with the codes people read in their letters."""

import datetime

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from studyplatform.accounts.models import Consent, User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

JOIN = "/studies/ai-at-work/cohorts/1/join/"
NEW = {
    "email": "New@Example.com",
    "password1": "a-long-new-password",
    "pen_name": "소라",
    "terms": "on",
    "privacy": "on",
    "time_zone": "Europe/Berlin",
}


def join(client, **changed):
    values = {name: value for name, value in {**NEW, **changed}.items() if value}
    return client.post(f"/accounts/signup/?next={JOIN}", {**values, "next": JOIN}, headers={"accept-language": "en"})


def code_in(letter):
    return next(word for word in letter.text.split() if word.isdigit() and len(word) == 6)


def newest(address="new@example.com"):
    return Letter.objects.filter(address=address).latest("created_at")


def test_joining_ends_where_it_began(client):
    sent = join(client)
    assert sent.headers["Location"].startswith("/accounts/confirm-email/")
    assert "_auth_user_id" not in client.session
    done = client.post("/accounts/confirm-email/", {"code": code_in(newest()), "action": "verify"})
    assert done.headers["Location"] == JOIN
    person = User.objects.get(email="new@example.com")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert (person.name, person.language, person.time_zone) == ("소라", "en", "Europe/Berlin")
    agreed = set(Consent.objects.filter(person=person).values_list("kind", "version"))
    assert agreed == {("terms", "2026-11-24"), ("privacy", "2026-11-24")}


def test_page_keeps_what_was_typed_and_asks_for_a_yes(client):
    page = join(client, terms="", privacy="", email="not an address")
    text = page.content.decode()
    assert "소라" in text
    assert "We need your yes to the terms before you can join." in text
    assert "We need your yes to keep your account." in text
    assert "This does not look like an e-mail address." in text
    assert JOIN in text
    assert not User.objects.exists()
    fresh = client.get("/accounts/signup/").content.decode()
    assert "checked" not in fresh
    assert "data-time-zone" in fresh
    assert "placeholder" not in fresh


def test_a_pen_name_is_needed_and_gives_no_address_away(client):
    assert "Tell us what to call you." in join(client, pen_name="").content.decode()
    assert "cannot be an e-mail address" in join(client, pen_name="new@example.com").content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd"])
def test_a_strange_zone_is_left_out(client, zone):
    join(client, time_zone=zone)
    assert User.objects.get().time_zone == "Asia/Seoul"


def test_the_letter_is_a_row_that_cannot_be_stopped_and_runs_out(client):
    join(client)
    letter = newest()
    assert letter.kind == ""
    assert letter.language == "en"
    assert code_in(letter) in letter.html
    assert "We will never ask you for this code." in letter.text
    assert datetime.timedelta(minutes=14) < letter.expires_at - timezone.now() <= datetime.timedelta(minutes=15)
    queue.drain("mail.drain_letters")
    assert [one.to for one in mail.outbox] == [["new@example.com"]]


def test_a_wrong_code_opens_nothing(client):
    join(client)
    right = code_in(newest())
    wrong = "111111" if right != "111111" else "222222"
    answer = client.post("/accounts/confirm-email/", {"code": wrong, "action": "verify"})
    assert "보낸 코드와 달라요." in answer.content.decode()
    assert "_auth_user_id" not in client.session
    client.post("/accounts/confirm-email/", {"code": wrong, "action": "verify"})
    client.post("/accounts/confirm-email/", {"code": wrong, "action": "verify"})
    client.post("/accounts/confirm-email/", {"code": right, "action": "verify"})
    assert "_auth_user_id" not in client.session


def test_an_old_code_opens_nothing(client):
    join(client)
    code = code_in(newest())
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=16)):
        client.post("/accounts/confirm-email/", {"code": code, "action": "verify"})
    assert "_auth_user_id" not in client.session


def test_who_has_an_account_is_told_by_letter_only(client, stranger):
    answer = join(client, email=stranger.email)
    assert answer.headers["Location"].startswith("/accounts/confirm-email/")
    assert newest(stranger.email).subject == "You already have an account"
    assert User.objects.count() == 1


def test_signing_in_by_password(client, stranger):
    refused = client.post("/accounts/login/", {"login": stranger.email, "password": "no"}, follow=True)
    assert "주소와 비밀번호가 맞지 않아요." in refused.content.decode()
    answer = client.post(f"/accounts/login/?next={JOIN}", {"login": stranger.email, "password": PASSWORD})
    assert answer.headers["Location"] == JOIN


def test_signing_in_by_code(client, stranger):
    client.post("/accounts/login/code/", {"email": stranger.email, "next": JOIN})
    answer = client.post("/accounts/login/code/confirm/", {"code": code_in(newest(stranger.email)), "next": JOIN})
    assert answer.headers["Location"] == JOIN
    assert client.session["_auth_user_id"] == str(stranger.pk)


def test_an_unknown_address_gets_the_same_answer_and_a_letter(client, stranger):
    known = client.post("/accounts/login/code/", {"email": stranger.email})
    client.session.flush()
    unknown = client.post("/accounts/login/code/", {"email": "who@example.com"})
    assert known.headers["Location"] == unknown.headers["Location"]
    assert newest("who@example.com").recipient is None


def test_a_forgotten_password(client, stranger):
    client.post("/accounts/password/reset/", {"email": stranger.email})
    letter = newest(stranger.email)
    link = next(word for word in letter.text.split() if "/password/reset/key/" in word)
    form = client.get(link.removeprefix("http://testserver"))
    new = {"password1": "another-long-password", "password2": "another-long-password"}
    client.post(form.headers["Location"], new)
    stranger.refresh_from_db()
    assert stranger.check_password("another-long-password")
    assert client.session["_auth_user_id"] == str(stranger.pk)
    again = client.get(link.removeprefix("http://testserver"), follow=True)
    assert "_auth_user_id" in client.session
    assert again.status_code == 200
    assert newest(stranger.email).subject == "Your sign-in has changed"


def test_readable_hints_follow_sign_in_and_out(client, stranger):
    client.post("/accounts/login/", {"login": stranger.email, "password": PASSWORD})
    assert client.cookies["signed_in"].value == "1"
    assert not client.cookies["signed_in"]["httponly"]
    assert client.cookies["signed_in"]["samesite"] == "Lax"
    assert client.cookies["language"].value == "en"
    client.post("/accounts/logout/")
    assert client.cookies["signed_in"].value == ""
    assert client.cookies["language"].value == "en"


def test_signing_out_needs_a_press(client, stranger):
    client.force_login(stranger)
    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/").headers["Location"] == "/en/"  # her language
    assert "_auth_user_id" not in client.session


def test_too_often_is_a_sentence(client, db):
    for _ in range(21):
        answer = client.post("/accounts/password/reset/", {"email": "who@example.com"})
    assert answer.status_code == 429
    assert "<h1" in answer.content.decode()


def test_providers_show_only_when_set_up(client, db):
    page = client.get("/accounts/login/").content.decode().lower()
    assert "kakao" not in page
    assert "naver" not in page
    assert "google" not in page
