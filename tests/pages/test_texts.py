"""Pages of text: both languages, the same for everybody, true to what the code does."""

import re

import pytest
from django.conf import settings
from django.test import Client

from cohorts.models import RefundPolicy
from studyplatform.pages.views.texts import example

pytestmark = pytest.mark.django_db

NAMES = ["how-it-works", "terms", "privacy", "refund-policy", "house-rules", "help"]
ADDRESSES = [f"{prefix}/{name}/" for name in NAMES for prefix in ("", "/en")]


@pytest.mark.parametrize("address", ADDRESSES)
def test_same_bytes_no_cookie_no_query(address, client, stranger, django_assert_max_num_queries):
    known = Client()
    known.force_login(stranger)
    with django_assert_max_num_queries(3):
        first = client.get(address)
    with django_assert_max_num_queries(0):
        assert client.get(address).content == known.get(address).content == first.content
    assert first.status_code == 200
    assert not first.cookies
    assert "Cookie" not in first.headers.get("Vary", "")


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_language_knows_the_other(address, client):
    page = client.get(address).content.decode()
    name = address.removeprefix("/en")
    language = "en" if address.startswith("/en/") else "ko"
    assert f'<html lang="{language}">' in page
    assert f'<link rel="canonical" href="http://testserver{address}">' in page
    assert f'hreflang="ko" href="http://testserver{name}"' in page
    assert f'hreflang="en" href="http://testserver/en{name}"' in page
    assert len(re.findall("<h1", page)) == 1
    assert not re.search(r"lorem|TODO|xxx|\[[^\]]*\]\(|\{\{|\{%", page, re.IGNORECASE)
    assert "style=" not in page


@pytest.mark.parametrize("address", [one for one in ADDRESSES if not one.startswith("/en/")])
def test_korean_pages_keep_the_voice(address, client):
    text = client.get(address).content.decode()
    main = re.sub(r"<[^>]+>", " ", text[text.index("<main") : text.index("</main>")])
    for unwanted in ("습니다", "하십시오", "수강", "유저", "!"):
        assert unwanted not in main
    assert "요." in main


def test_links_on_the_pages_lead_somewhere(client, stranger):
    client.force_login(stranger)
    for address in ADDRESSES:
        page = client.get(address).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        for link in re.findall(r'<a [^>]*href="(/[^"]*)"', main):
            assert client.get(link).status_code in (200, 302), link


def test_refunds_on_the_page_are_what_the_code_pays(client):
    page = client.get("/refund-policy/").content.decode()
    amounts = re.findall(r"<b>([\d,]+)원</b>", page)
    worked = [[rung.amount for rung in example(name)] + [0] for name in RefundPolicy.Preset.values]
    assert amounts == [f"{amount:,}" for one in worked for amount in one]
    assert worked[0][:2] == [160_000, 140_000]
    assert worked[1] == [160_000, 106_667, 80_000, 0]
    assert worked[2][:2] == [160_000, 120_000]
    assert "법률 자문이 아니에요" in page


def test_terms_carry_version_and_operator(client, settings):
    settings.BUSINESS_INFO = ["두루 주식회사", "사업자등록번호 000-00-00000"]
    settings.BUSINESS_INFO_EN = ["Duru Inc.", "Business registration 000-00-00000"]
    pages = (("/terms/", "2026년 11월 24일", "두루 주식회사"), ("/en/privacy/", "24 November 2026", "Duru Inc."))
    for address, day, operator in pages:
        page = client.get(address).content.decode()
        assert day in page
        assert page.count(operator) == 2  # text and footer
    assert "두루 주식회사" not in client.get("/en/").content.decode()


def test_contact_is_the_address_letters_come_from(client):
    assert settings.DEFAULT_FROM_EMAIL.endswith("<hello@example.org>")
    assert "hello@example.org" in client.get("/help/").content.decode()


def test_menu_is_for_who_is_signed_in(client, stranger, django_assert_max_num_queries):
    visitor = client.get("/fragments/menu/")
    assert (visitor.status_code, visitor.content) == (204, b"")
    client.force_login(stranger)
    with django_assert_max_num_queries(5):  # one of them is the bell
        known = client.get("/fragments/menu/")
    assert "/home/" in known.content.decode()
    assert 'lang="en"' in known.content.decode()
    for answer in (visitor, known):
        assert answer.headers["Cache-Control"] == "private, no-store"
