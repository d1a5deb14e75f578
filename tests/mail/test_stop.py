"""Stopping a kind of letter from the letter, without signing in."""

import pytest
from django.test import Client

from studyplatform.mail.services import preferences

pytestmark = pytest.mark.django_db


def address(person, kind="session_reminder"):
    return f"/u/{person.mail_token}/{kind}/"


def test_looking_changes_nothing(client, stranger):
    page = client.get(address(stranger)).content.decode()
    assert "Stop these letters?" in page
    assert "Reminders before sessions" in page
    assert stranger.email in page
    assert preferences.unwanted(stranger) == set()


def test_one_click_from_a_mail_program(stranger, host):
    program = Client(enforce_csrf_checks=True)
    answer = program.post(address(stranger), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert preferences.unwanted(stranger) == {"session_reminder"}
    assert preferences.unwanted(host) == set()


def test_stopped_and_started_again(client, stranger):
    assert "These letters have stopped" in client.post(address(stranger), {"wanted": "0"}).content.decode()
    assert "Stop these letters?" in client.post(address(stranger), {"wanted": "1"}).content.decode()
    assert preferences.unwanted(stranger) == set()


def test_in_the_persons_language(client, host):
    assert '<html lang="ko">' in client.get(address(host), headers={"accept-language": "en"}).content.decode()


def test_a_wrong_token_is_nobody(client, stranger):
    assert client.post("/u/wrong/session_reminder/").status_code == 404
    assert preferences.unwanted(stranger) == set()


def test_the_address_is_kept_secret(client, stranger):
    answer = client.get(address(stranger))
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
