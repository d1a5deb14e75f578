"""Public pages: the same bytes for everybody, few queries, no cookie, and made to be found."""

import json
import re

import pytest
from django.test import Client
from django.utils.translation import ngettext, override

from cohorts.models import Cohort
from cohorts.services import seats
from tests.people import make_cohort, make_study

pytestmark = pytest.mark.django_db

ADDRESSES = ["/", "/en/", "/studies/", "/en/studies/", "/studies/ai-at-work/", "/studies/ai-at-work/cohorts/1/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_few_queries_then_none_and_no_cookie(address, member, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        first = client.get(address)
    with django_assert_max_num_queries(0):
        second = client.get(address)
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert not first.cookies
    assert "Cookie" not in first.headers.get("Vary", "")


@pytest.mark.parametrize("address", ADDRESSES)
def test_same_bytes_for_who_is_signed_in(address, member, client):
    known = Client()
    known.force_login(member)
    assert client.get(address).content == known.get(address).content


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_is_complete(address, member, client):
    page = client.get(address).content.decode()
    assert re.findall(r'<link rel="canonical" href="([^"]+)">', page) == [f"http://testserver{address}"]
    assert len(re.findall(r"<title>[^<]+</title>", page)) == 1
    assert re.search(r'<meta name="description" content="[^"]{20,}">', page)
    for name in ("og:title", "og:type", "og:url", "og:image"):
        assert f'property="{name}"' in page
    for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page):
        assert json.loads(block)["@context"] == "https://schema.org"
    assert "style=" not in page


def test_price_stands_the_same_on_the_page_and_in_the_offer(cohort, client):
    page = client.get(cohort.get_absolute_url()).content.decode()
    assert "150,000원" in page
    blocks = [json.loads(b) for b in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]
    offer = blocks[0]["hasCourseInstance"][0]["offers"]
    assert (offer["price"], offer["priceCurrency"]) == ("150000", "KRW")


def test_refunds_are_worked_out_in_money(cohort, client):
    page = client.get(cohort.get_absolute_url()).content.decode()
    for amount in ("150,000원", "112,500원", "75,000원", "37,500원", "0원"):
        assert amount in page


def test_hosts_in_the_page_s_language_come_first_and_no_sentence_is_cut(host, stranger, client):
    make_study(host, host_words="함께 봐요. " * 30)
    make_study(stranger, slug="writing", title="Writing", language="en", host_words="We read aloud. " + "And on. " * 40)
    korean, english = client.get("/").content.decode(), client.get("/en/").content.decode()
    said = [re.findall(r'<blockquote class="lh"( lang="\w+")?>“(.*?)”<', page) for page in (korean, english)]
    assert [lang for lang, _words in said[0]] == ["", ' lang="en"']
    assert [lang for lang, _words in said[1]] == ["", ' lang="ko"']
    assert all(words.endswith(".") and len(words) <= 160 for page in said for _lang, words in page)


def test_a_draft_is_nowhere(host, client):
    study = make_study(host, slug="secret", title="아직 비밀", state="draft")
    cohort = make_cohort(study, state=Cohort.State.DRAFT)
    for address in ("/", "/studies/", "/sitemaps/studies.xml", "/sitemaps/cohorts.xml"):
        assert "secret" not in client.get(address).content.decode()
    assert client.get(study.get_absolute_url()).status_code == 404
    assert client.get(cohort.get_absolute_url()).status_code == 404


def test_links_of_sessions_and_chat_rooms_never_leak(cohort, client):
    page = client.get(cohort.get_absolute_url()).content.decode()
    assert "meet.example.com" not in page
    assert "chat.example.com" not in page


def test_page_of_an_english_study_is_english(host, client):
    study = make_study(host, slug="writing", title="Writing at work", language="en")
    cohort = make_cohort(study, currency="USD", amount=4900)
    page = client.get(cohort.get_absolute_url()).content.decode()
    assert '<html lang="en">' in page
    assert "$49.00" in page


def test_seats_tell_held_from_sold(cohort, member, stranger, client):
    seats.hold(stranger, cohort)
    page = client.get(f"{cohort.get_absolute_url()}seats/").content.decode()
    with override("ko"):
        held = ngettext("%(held)s being paid for", "%(held)s being paid for", 1) % {"held": 1}
        left = ngettext("%(left)s seat left", "%(left)s seats left", 4) % {"left": 4}
    assert held in page
    assert left in page
    assert 'value="1"' in page


def test_seats_tell_a_member_that_they_are_in(cohort, member, stranger, client):
    client.force_login(member)
    client.cookies["signed_in"] = "1"
    assert "/c/ai-at-work/1/" in client.get(f"{cohort.get_absolute_url()}seats/").content.decode()
    client.force_login(stranger)
    assert "/c/ai-at-work/1/" not in client.get(f"{cohort.get_absolute_url()}seats/").content.decode()


def test_sitemap_holds_canonical_addresses_that_answer(cohort, client):
    index = client.get("/sitemap.xml").content.decode()
    sections = re.findall(r"<loc>http://testserver([^<]+)</loc>", index)
    assert len(sections) == 5
    pages = [
        loc
        for one in sections
        for loc in re.findall(r"<loc>http://testserver([^<]+)</loc>", client.get(one).content.decode())
    ]
    assert "/studies/ai-at-work/cohorts/1/" in pages
    for page in pages:
        assert client.get(page).status_code == 200, page


def test_pages_and_sitemap_agree_on_what_may_be_found(cohort, study, client):
    """A cohort nobody can join and that left nothing to read is for its members, not for search engines."""
    over = make_cohort(study, state=Cohort.State.FINISHED)
    listed = client.get("/sitemaps/cohorts.xml").content.decode()
    for row, found in ((cohort, True), (over, False)):
        page = client.get(row.get_absolute_url()).content.decode()
        assert (f"{row.get_absolute_url()}</loc>" in listed) is found
        assert ('content="noindex,follow"' not in page) is found


def test_seats_are_said_without_script_too(cohort, member, stranger, client):
    seats.hold(stranger, cohort)
    page = client.get(cohort.get_absolute_url()).content.decode()
    assert 'max="6" value="1"' in page


def test_being_paid_for_is_never_called_sold_out(study, stranger, client):
    last = make_cohort(study, capacity=1, subgroups=0)
    enrollment = seats.hold(stranger, last)
    waiting = client.get(f"{last.get_absolute_url()}seats/")
    assert (waiting.context["all_held"], waiting.context["sold_out"]) == (True, False)
    assert f"{last.get_absolute_url()}join/" in waiting.content.decode()
    seats.settle(enrollment)
    sold = client.get(f"{last.get_absolute_url()}seats/")
    assert (sold.context["all_held"], sold.context["sold_out"]) == (False, True)


def test_who_cannot_join_is_shown_the_next_cohort(cohort, study, client):
    over = make_cohort(study, state=Cohort.State.FINISHED)
    assert f'href="{cohort.get_absolute_url()}"' in client.get(over.get_absolute_url()).content.decode()
    cohort.seats.taken = cohort.seats.capacity
    cohort.seats.save()
    assert f'href="{cohort.get_absolute_url()}"' not in client.get(f"{over.get_absolute_url()}seats/").content.decode()


def test_robots_names_the_sitemap(client):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_a_hostile_title_stays_text(host, client):
    study = make_study(host, slug="x", title="</script><script>alert(1)</script>")
    page = client.get(study.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page


def test_a_change_is_seen_at_once(cohort, client, django_capture_on_commit_callbacks):
    from studyplatform.kit import page_cache

    assert "150,000원" in client.get(cohort.get_absolute_url()).content.decode()
    cohort.prices.update(amount=90_000)
    assert "150,000원" in client.get(cohort.get_absolute_url()).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page_cache.bump("cohort:ai-at-work:1")
    assert "90,000원" in client.get(cohort.get_absolute_url()).content.decode()


@pytest.mark.parametrize("address", ["/en/", "/en/studies/", "/en/showcase/", "/sitemap.xml", "/feed.xml"])
def test_a_house_nobody_lives_in_yet_is_walkable(db, client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"See open cohorts" not in answer.content or address == "/en/showcase/"


def test_the_first_button_leads_where_something_is(cohort, client):
    assert "See open cohorts" in client.get("/en/").content.decode()
