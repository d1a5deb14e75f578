"""Public pages: found, canonical, the same bytes for everybody, and never a word of what is not public."""

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohorts.models import Cohort
from showcase.models import CaseStudy
from showcase.services import case_studies
from studyplatform.accounts.models import User
from tests.people import sign_in
from tests.showcase.make import BODY, filled, place, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def case(member: User, cohort: Cohort) -> CaseStudy:
    return post(
        member,
        enrollment_id=place(member, cohort).pk,
        html=BODY
        + '<pre class="prompt">여섯 장을 <mark>표로</mark></pre><table><tbody><tr><td>1</td></tr></tbody></table>',
        recipe={
            "tools": ["엑셀 2024", "휴대폰"],
            "steps": ["찍기"],
            "inputs": "이렇게 부탁했어요",
            "failed": "서른 장씩",
        },
    )


def queries(address: str) -> tuple[int, Any]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = Client().get(address)
    return len(seen), response


def data_blocks(html: str) -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)]


def test_a_post_costs_three_queries_then_none_and_sets_no_cookie(case: CaseStudy, stranger: User) -> None:
    for _ in range(4):
        post(stranger, parent=case, title="이어 만든 글")
    address = case.get_absolute_url()
    count, first = queries(address)
    assert first.status_code == 200
    assert count <= 3
    count, second = queries(address)
    assert count == 0
    assert first.content == second.content == sign_in(stranger).get(address).content
    assert not first.cookies
    assert "Cookie" not in first.get("Vary", "")
    assert b"csrf" not in first.content


def test_lists_and_feed_cost_the_same_at_any_number(case: CaseStudy, member: User) -> None:
    for number in range(20):
        post(member, title=f"글 {number}")
    for address in ("/showcase/", "/showcase/?field=finance&page=2", "/feed.xml"):
        count, response = queries(address)
        assert response.status_code == 200
        assert count <= 3
        assert queries(address)[0] == 0
        assert not response.cookies


def test_the_page_says_what_readers_need(case: CaseStudy, cohort: Cohort) -> None:
    html = Client().get(case.get_absolute_url()).content.decode()
    for words in (
        case.title,
        case.summary,
        "배소라",
        "을지로에서 인쇄소 운영",
        "내 일에 AI 쓰기",
        "엑셀 2024, 휴대폰",
        "서른 장씩",
    ):
        assert words in html
    assert f"{cohort.get_absolute_url()}?from={case.public_id}" in html
    assert f"/showcase/{case.public_id}/remix/" in html
    assert 'data-copy="prompt-1"' in html
    assert 'data-copy="prompt-recipe"' in html
    assert '<table class="table">' in html
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html)


def test_the_head_is_made_to_be_found(case: CaseStudy, stranger: User) -> None:
    child = post(stranger, parent=case, title='이어 만든 "글" </script><b>')
    html = Client().get(child.get_absolute_url()).content.decode()
    address = f"{settings.SITE_URL}{child.get_absolute_url()}"
    assert html.count('rel="canonical"') == 1
    assert f'<link rel="canonical" href="{address}">' in html
    for needed in (
        '<meta property="og:type" content="article">',
        f'<meta property="og:url" content="{address}">',
        f'<meta property="og:image" content="{settings.SITE_URL}/social/cases/{child.public_id}.png">',
        '<meta property="og:locale" content="ko_KR">',
        '<meta name="twitter:card" content="summary_large_image">',
        'type="application/rss+xml"',
        '<html lang="ko">',
    ):
        assert needed in html, needed
    assert re.search(r'article:published_time" content="[0-9T:-]+\+09:00"', html)
    article, trail = data_blocks(html)
    assert article["@type"] == "Article"
    assert (article["headline"], article["url"]) == (child.title, address)
    assert article["isBasedOn"] == f"{settings.SITE_URL}{case.get_absolute_url()}"
    assert article["author"]["name"] == "Daniel Cho"
    assert [step["position"] for step in trail["itemListElement"]] == [1, 2, 3]
    assert "</script><b>" not in html


def test_any_other_readable_part_leads_to_the_canonical_address(case: CaseStudy) -> None:
    address = case.get_absolute_url()
    for other in (
        f"/showcase/{case.public_id}-옛-제목/",
        f"/showcase/{case.public_id}-x-y-z/",
        f"/showcase/{case.public_id}/",
    ):
        response = Client().get(other)
        assert (response.status_code, response["Location"]) == (301, address)
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("🎉🎉", "case"),
        ("가" * 85, "가" * 60),
        ("50% 줄인 / 이야기", "50-줄인-이야기"),
        ("\u1112\u1161\u11ab", "한"),
    ],
)
def test_every_title_makes_an_address_that_works(member: User, title: str, slug: str) -> None:
    row = post(member, title=title)
    assert row.slug == slug
    assert Client().get(row.get_absolute_url()).status_code == 200


def test_a_page_is_in_its_own_language_whoever_reads(member: User) -> None:
    row = post(member, language="en", title="Half a day instead of three")
    html = Client(headers={"accept-language": "ko"}).get(row.get_absolute_url()).content.decode()
    assert '<html lang="en">' in html
    assert "Case studies" in html
    assert row.title in Client().get("/en/showcase/").content.decode()
    assert row.title not in Client().get("/showcase/").content.decode()


def test_a_removed_post_is_gone_and_others_are_offered(case: CaseStudy, member: User) -> None:
    other = post(member, title="다른 글")
    case_studies.remove(case, member)
    for address in (f"/showcase/{case.public_id}-{case.slug}/", f"/showcase/{case.public_id}/"):
        response = Client().get(address)
        assert response.status_code == 410
        assert other.title in response.content.decode()
        assert case.title not in response.content.decode()
    draft = post(member, out=False, title="몰래 쓴 글")
    case_studies.remove(draft, member)
    assert Client().get(f"/showcase/{draft.public_id}/").status_code == 404


def test_what_is_not_public_leaks_nowhere(
    case: CaseStudy, member: User, admin: User, cohort: Cohort, django_capture_on_commit_callbacks: Any
) -> None:
    mine = place(member, cohort).pk
    secret = {
        "draft": post(member, out=False, title="비밀 초안"),
        "cohort": post(member, title="비밀 기수글", visibility="cohort", enrollment_id=mine),
        "hidden": case_studies.hide(post(member, title="비밀 숨긴글"), admin),
        "removed": case_studies.remove(post(member, title="비밀 지운글"), member),
        "taken back": case_studies.unpublish(post(member, title="비밀 거둔글"), member),
    }
    case_studies.save(case, case_studies.Content(title="비밀 고친글", html="<p>비밀</p>"), version=1)
    post(member, parent=secret["draft"], title="이어 만든 공개글")
    post(member, parent=secret["cohort"], title="기수글에서 이어 만든 공개글")
    cache.clear()
    pages = ["/", "/showcase/", "/showcase/?field=finance", "/feed.xml", "/sitemaps/cases.xml", case.get_absolute_url()]
    pages += ["/studies/ai-at-work/", cohort.get_absolute_url()]
    pages += [row.get_absolute_url() for row in CaseStudy.objects.filter(title__endswith="이어 만든 공개글")]
    for page in pages:
        response = Client().get(page)
        assert response.status_code == 200, page
        assert "비밀" not in response.content.decode(), page
    for name, row in secret.items():
        for address in (
            reverse("case_study", args=[row.public_id, row.slug]),
            reverse("cover", args=[row.public_id]),
            reverse("social_case", args=[row.public_id]),
        ):
            response = Client().get(address)
            assert response.status_code in (404, 410), (name, address)
            assert "비밀" not in response.content.decode()


def test_publishing_and_taking_back_make_kept_pages_old(member: User, django_capture_on_commit_callbacks: Any) -> None:
    row = post(member, out=False)
    assert row.title not in Client().get("/showcase/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        case_studies.publish(row, member)
    assert row.title in Client().get("/showcase/").content.decode()
    assert Client().get(row.get_absolute_url()).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        case_studies.unpublish(row, member)
    assert row.title not in Client().get("/showcase/").content.decode()
    assert Client().get(row.get_absolute_url()).status_code == 404


def test_the_feed_is_whole_and_stable(case: CaseStudy) -> None:
    response = Client().get("/feed.xml")
    item = ET.fromstring(response.content).find("channel/item")
    assert item is not None
    assert item.findtext("title") == case.title
    assert item.findtext("link") == f"{settings.SITE_URL}{case.get_absolute_url()}"
    guid = item.find("guid")
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == (f"{settings.SITE_URL}/showcase/{case.public_id}/", "false")
    assert Client().get("/feed.xml", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_an_empty_list_and_feed_are_fine() -> None:
    assert Client().get("/showcase/").status_code == 200
    assert ET.fromstring(Client().get("/feed.xml").content).find("channel/item") is None


def test_pictures_of_a_public_post(case: CaseStudy) -> None:
    cloth = Client().get(f"/covers/{case.public_id}.svg")
    assert (cloth["Content-Type"], "immutable" in cloth["Cache-Control"]) == ("image/svg+xml", True)
    assert queries(f"/covers/{case.public_id}.svg")[0] == 0
    card = Client().get(f"/social/cases/{case.public_id}.png")
    assert card.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(card.content[16:20]) == 1200


def test_search_engines_are_shown_posts_with_something_to_follow(member):
    long = "<p>" + "가게에서 쓴 방법이에요. " * 15 + "</p>"
    assert post(member, html=long).indexed
    assert not post(member, html=long, summary="").indexed
    short = post(member, html="<p>짧은 글이에요.</p>")
    assert not short.indexed
    page = Client().get(short.get_absolute_url()).content.decode()
    assert 'content="noindex' in page


def test_an_author_may_keep_a_post_from_search_engines(member):
    long = "<p>" + "가게에서 쓴 방법이에요. " * 15 + "</p>"
    browser, quiet = sign_in(member), post(member, out=False)
    edit = reverse("case_edit", args=[quiet.public_id])
    browser.post(edit, filled(html=long, version=1, kept_from_search="on", do="publish"))
    quiet.refresh_from_db()
    assert 'content="noindex' in Client().get(quiet.get_absolute_url()).content.decode()
    assert quiet.public_id not in Client().get("/sitemaps/cases.xml").content.decode()
    assert re.search(r'name="kept_from_search"[^>]* checked', browser.get(edit).content.decode())
    browser.post(edit, filled(html=long, version=quiet.version, do="update"))
    cache.clear()
    assert 'content="noindex' not in Client().get(quiet.get_absolute_url()).content.decode()
