"""Every answer says how it may be used: no code of others, no framing, no guessing of types, little said to others."""

import subprocess
import sys
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from showcase.services import case_studies
from tests.people import PASSWORD, sign_in
from tests.showcase.make import post

pytestmark = pytest.mark.django_db

ALLOWED = {"'self'", "'none'", "data:", "blob:", "http://127.0.0.1:*"}


@pytest.fixture
def answers(cohort: Any, member: Any, host: Any, admin: Any, client: Client) -> dict[str, Any]:
    """One answer of every kind."""
    known, desk = sign_in(member), sign_in(admin)
    session, case = cohort.sessions.first(), post(member)
    gone = case_studies.remove(post(member, title="지운 글"), member)
    failing = Client(enforce_csrf_checks=True)
    return {
        "public page": client.get("/"),
        "kept public page": client.get("/"),
        "post": client.get(case.get_absolute_url()),
        "member's page": known.get("/account/"),
        "sign-in": client.get("/accounts/login/"),
        "redirect": client.get("/home/"),
        "403": desk.get("/c/ai-at-work/1/sessions/"),
        "403 form key": failing.post("/language/", {"language": "en"}),
        "404": client.get("/nothing-here/"),
        "405": client.post("/"),
        "410": client.get(gone.get_absolute_url()),
        "fragment": client.get("/fragments/menu/"),
        "calendar file": known.get(reverse("session_ics", args=[session.public_id])),
        "calendar feed": client.get(reverse("calendar_feed", args=[member.calendar_token])),
        "table": sign_in(host).get(reverse("studio_people_export", args=["ai-at-work", 1])),
        "feed": client.get("/feed.xml"),
        "sitemap": client.get("/sitemap.xml"),
        "robots": client.get("/robots.txt"),
        "cover": client.get(reverse("cover", args=[case.public_id])),
        "card": client.get(reverse("social_site")),
        "health": client.get("/health/"),
        "desk": desk.get("/admin/"),
        "webhook": client.post("/stripe/webhook/", b"{}", content_type="application/json"),
    }


def test_every_kind_of_answer_carries_them(answers: dict[str, Any]) -> None:
    wrong = []
    for kind, answer in answers.items():
        said = {name.lower(): value for name, value in answer.headers.items()}
        checks = {
            "nosniff": said.get("x-content-type-options") == "nosniff",
            "referrer": said.get("referrer-policy") in ("strict-origin-when-cross-origin", "no-referrer"),
            "frame": said.get("x-frame-options") == "DENY",
            "opener": said.get("cross-origin-opener-policy") == "same-origin",
            "policy": "content-security-policy" in said,
        }
        wrong += [f"{kind} ({answer.status_code}): {name}" for name, well in checks.items() if not well]
    assert not wrong, "\n".join(wrong)


def test_the_policy_lets_nobody_elses_code_in(answers: dict[str, Any]) -> None:
    for kind, answer in answers.items():
        policy = {
            words[0]: set(words[1:])
            for words in (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
            if words
        }
        assert policy["default-src"] == {"'none'"}, kind
        if kind == "desk":  # docs/decisions/0007: unfold's own code, and no inline script even here
            assert policy.pop("script-src") == {"'self'", "'unsafe-eval'"}
            assert policy.pop("style-src") == {"'self'", "'unsafe-inline'"}
        assert set().union(*policy.values()) <= ALLOWED, kind
        if kind != "cover":  # a drawing needs nothing at all
            assert kind == "desk" or policy["script-src"] == policy["style-src"] == {"'self'"}, kind
            assert policy["frame-ancestors"] == policy["base-uri"] == {"'none'"}, kind


def test_private_answers_are_kept_by_nobody(answers: dict[str, Any], member: Any) -> None:
    for kind in ("member's page", "calendar file", "calendar feed", "table", "fragment", "403"):
        said = answers[kind].headers.get("Cache-Control", "")
        assert "public" not in said, kind
        assert (
            {"private", "no-store"} & set(said.replace(",", " ").split())
            or answers[kind].cookies
            or "Cookie" in answers[kind].headers.get("Vary", "")
        ), kind


def test_keys_in_addresses_are_told_to_nobody(member: Any, client: Client) -> None:
    stop = client.get(reverse("stop_letters", args=[member.mail_token, "session_reminder"]))
    assert stop.headers["Referrer-Policy"] == "no-referrer"


def test_cookies_are_closed_to_scripts_unless_they_are_for_them(stranger: Any) -> None:
    answer = Client().post("/accounts/login/", {"login": stranger.email, "password": PASSWORD})
    assert {name for name, one in answer.cookies.items() if not one["httponly"]} <= {"signed_in", "language", "csrf"}
    assert answer.cookies["session"]["httponly"]
    assert {one["samesite"] for one in answer.cookies.values()} == {"Lax"}


ON_HTTPS = """
import django; django.setup()
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from studyplatform.accounts.middleware import remember
from django.http import HttpResponse
answer = HttpResponse(); remember(answer, "language", "ko", 60)
assert answer.cookies["language"]["secure"]
assert settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE and settings.SESSION_COOKIE_HTTPONLY
assert settings.SESSION_COOKIE_NAME == "__Host-session" and settings.CSRF_COOKIE_NAME == "__Host-csrf"
assert settings.SECURE_SSL_REDIRECT and settings.SECURE_HSTS_SECONDS >= 31536000
there = Client().get("/robots.txt", headers={"host": "studies.example.org"})
assert there.status_code == 301 and there.headers["Location"].startswith("https://")
print("closed")
"""


def test_with_https_every_cookie_is_secure_and_http_is_left(tmp_path: Any) -> None:
    """The settings of a server are read once, so a process of its own reads them."""
    production = {
        "DJANGO_SETTINGS_MODULE": "studyplatform.settings",
        "SECRET_KEY": "k" * 60,
        "SITE_URL": "https://studies.example.org",
        "ALLOWED_HOSTS": "studies.example.org",
        "DATABASE_URL": "postgres://localhost/none",
        "REDIS_URL": "redis://localhost",
        "EMAIL_URL": "smtp://localhost:25",
        "STRIPE_API_KEY": "sk_live_none",
        "STRIPE_WEBHOOK_SECRET": "whsec_none",
    }
    ran = subprocess.run([sys.executable, "-c", ON_HTTPS], env=production, capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "closed", ran.stderr


def test_the_mark_is_found_under_the_name_browsers_guess(client):
    answer = client.get("/favicon.ico", follow=False)
    assert answer.status_code == 302
    assert "public" in answer["Cache-Control"]
    assert answer["Location"].endswith(".ico")
    assert finders.find(answer["Location"].removeprefix("/static/")), answer["Location"]
