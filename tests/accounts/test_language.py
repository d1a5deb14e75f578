"""Choosing a language: kept by the person when signed in, by the browser when not."""

import pytest

pytestmark = pytest.mark.django_db


def choose(client, code, page):
    return client.post("/language/", {"language": code, "next": page})


@pytest.mark.parametrize(
    ("page", "code", "twin"),
    [
        ("/terms/", "en", "/en/terms/"),
        ("/en/terms/", "ko", "/terms/"),
        ("/", "en", "/en/"),
        ("/studies/?page=2", "en", "/en/studies/?page=2"),
        ("/studies/ai-at-work/", "en", "/studies/ai-at-work/"),
        ("/account/profile/", "en", "/account/profile/"),
        ("/nowhere/", "en", "/nowhere/"),
    ],
)
def test_site_pages_lead_to_their_twin(client, page, code, twin):
    assert choose(client, code, page).headers["Location"] == twin


def test_kept_by_browser_or_person(client, stranger, host):
    choose(client, "ko", "/terms/")
    assert client.cookies["language"].value == "ko"
    client.force_login(stranger)
    choose(client, "ko", "/account/")
    stranger.refresh_from_db()
    assert stranger.language == "ko"
    assert '<html lang="ko">' in client.get("/account/").content.decode()


@pytest.mark.parametrize("code", ["", "xx", "../en", "en\r\nSet-Cookie: a=b"])
def test_a_strange_language_changes_nothing(client, stranger, code):
    client.force_login(stranger)
    choose(client, code, "/account/")
    stranger.refresh_from_db()
    assert stranger.language == "en"


def test_a_link_changes_nothing(client):
    assert client.get("/language/?language=en").status_code == 405
