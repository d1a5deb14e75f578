"""I-30: whatever a redirect parameter says, people stay on our host."""

from urllib.parse import urljoin, urlsplit

import pytest

from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

HOSTILE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "http://evil.example",
    "https://evil.example/studies/",
    "HTTP://EVIL.EXAMPLE",
    "http:///evil.example",
    "http:evil.example",
    "https:\\\\evil.example",
    "http://testserver@evil.example",
    "http://testserver.evil.example",
    "http://evil.example#@testserver",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://testserver/",
    "/%09/evil.example\r\nSet-Cookie: a=b",
    "//[::1]:80",
    "http://xn--vil-qma.example",
]


def stays(response):
    assert response.status_code in (302, 303), response.status_code
    target = urlsplit(urljoin("http://testserver/x/", response.headers["Location"]))
    assert target.hostname == "testserver"
    assert target.scheme == "http"
    assert "evil" not in target.netloc.lower()
    assert "\n" not in response.headers["Location"]


@pytest.mark.parametrize("payload", HOSTILE)
def test_signing_in(client, stranger, payload):
    sent = {"login": stranger.email, "password": PASSWORD, "next": payload}
    stays(client.post("/accounts/login/", sent))


@pytest.mark.parametrize("payload", HOSTILE)
def test_signed_in_already(client, stranger, payload):
    client.force_login(stranger)
    stays(client.get("/accounts/login/", {"next": payload}))
    stays(client.get("/accounts/signup/", {"next": payload}))


@pytest.mark.parametrize("payload", HOSTILE)
def test_signing_out(client, stranger, payload):
    client.force_login(stranger)
    stays(client.post("/accounts/logout/", {"next": payload}))


@pytest.mark.parametrize("payload", HOSTILE)
def test_choosing_a_language(client, payload):
    stays(client.post("/language/", {"language": "en", "next": payload}))


@pytest.mark.parametrize("payload", HOSTILE)
def test_asking_for_a_code(client, stranger, payload):
    from tests.accounts.test_joining import code_in, newest

    asked = client.post("/accounts/login/code/", {"email": stranger.email, "next": payload})
    stays(asked)
    stays(client.post(asked.headers["Location"], {"code": code_in(newest(stranger.email)), "next": payload}))


@pytest.mark.parametrize("payload", HOSTILE)
def test_changing_the_password(client, stranger, payload):
    client.force_login(stranger)
    new = {"oldpassword": PASSWORD, "password1": "another-long-one", "password2": "another-long-one"}
    stays(client.post("/accounts/password/change/", {**new, "next": payload}))


def test_our_own_pages_are_reached(client):
    for address in ("/studies/?page=2", "http://testserver/studies/"):
        answer = client.post("/language/", {"language": "ko", "next": address})
        assert answer.headers["Location"].endswith("/studies/?page=2" if "?" in address else "/studies/")


@pytest.mark.parametrize("payload", HOSTILE)
def test_resetting_the_calendar(client, stranger, payload):
    client.force_login(stranger)
    stays(client.post("/calendar/reset/", {"next": payload}))


@pytest.mark.parametrize("payload", HOSTILE)
def test_moving_a_member(client, cohort, member, host, payload):
    client.force_login(host)
    place = cohort.enrollments.get(person=member)
    address = f"/studio/ai-at-work/cohorts/1/people/{place.public_id}/place/"
    stays(client.post(address, {"subgroup": cohort.subgroups.last().pk, "back": payload}))


@pytest.mark.parametrize("payload", HOSTILE)
def test_the_door_of_the_desk(client, admin, payload):
    stays(client.get("/admin/login/", {"next": payload}))
    client.force_login(admin)
    stays(client.get("/admin/login/", {"next": payload}))
