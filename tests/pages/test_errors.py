"""When something is not there, not open, or broken: what happened, what did not, the way on."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path
from django.utils.translation import gettext, override

from cohorts.models import Cohort
from studyplatform.accounts.models import User
from tests.people import sign_in

pytestmark = pytest.mark.django_db


def test_nothing_is_here_in_the_language_of_the_address(client: Client) -> None:
    for address, language, front in (("/nowhere/", "ko", "/"), ("/en/nowhere/", "en", "/en/")):
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 404
        assert f'<html lang="{language}">' in page
        assert f'class="btn btn-primary" href="{front}"' in page
        assert 'content="noindex"' in page
        assert not answer.cookies


def test_a_space_of_others_shows_the_way_in(cohort: Cohort, stranger: User, member: User) -> None:
    answer = sign_in(stranger).get("/c/ai-at-work/1/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Join the cohort to come in." in page
    assert f'href="{cohort.get_absolute_url()}"' in page
    assert sign_in(member).get("/c/ai-at-work/1/").status_code == 200


def test_an_old_form_says_that_nothing_was_changed(client: Client) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {}, headers={"accept-language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 403
    with override("ko" if '<html lang="ko">' in page else "en"):
        assert gettext("This page was open for too long") in page


def test_the_page_for_what_broke_needs_nothing() -> None:
    page = render_to_string("500.html")
    assert "<h1>" in page
    assert 'href="/"' in page


def test_what_is_too_much_for_one_page_says_what_to_do(cohort: Cohort, member: User, settings: Any) -> None:
    form = {
        "data": "introduction=" + settings.DATA_UPLOAD_MAX_MEMORY_SIZE * "a",
        "content_type": "application/x-www-form-urlencoded",
    }
    answer = sign_in(member).post("/c/ai-at-work/1/people/", **form)
    assert answer.status_code == 400
    with override("ko"):
        assert gettext("We could not take that") in answer.content.decode()
        assert gettext("To the front page") in answer.content.decode()


def broken(request: Any) -> Any:
    """A view that fails, as one with a mistake in it would."""
    raise RuntimeError("broken")


urlpatterns = [path("broken/", broken)]


def test_what_broke_is_answered_without_the_database(settings: Any, django_assert_num_queries: Any) -> None:
    settings.ROOT_URLCONF = __name__
    with django_assert_num_queries(0):
        answer = Client(raise_request_exception=False).get("/broken/")
    assert answer.status_code == 500
    with override("ko"):
        assert gettext("Something broke on our side") in answer.content.decode()


def test_asking_too_often_says_when_to_try_again(cohort: Cohort) -> None:
    for _ in range(21):
        answer = Client().post("/accounts/signup/", {"email": "x"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "<h1>" in answer.content.decode()
