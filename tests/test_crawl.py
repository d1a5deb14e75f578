"""The public crawl (I-34): what an anonymous reader can reach, what search engines may keep, and nothing else."""

import re
from collections import deque
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.test import Client

from cohorts.models import Cohort
from showcase.services import case_studies
from tests.access.world import World, build
from tests.payments.conftest import local_stripe, stripe  # noqa: F401
from tests.people import make_cohort, make_study
from tests.reading import Page, read
from tests.showcase.make import FULL, post

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
SITE_PAGES = (
    "",
    "studies/",
    "showcase/",
    "partners/",
    "partner-terms/",
    "how-it-works/",
    "terms/",
    "privacy/",
    "refund-policy/",
    "house-rules/",
    "help/",
    "api/docs/",
)
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
INSIDE = re.compile(r"secret\.example|SECRET|secret-(draft|among-us|removed)|hidden-away|meet\.example|chat\.example")


@pytest.fixture
def world(stripe: Any, settings: Any, tmp_path: Any) -> World:  # noqa: F811
    """The world of the access matrix, with an English study, one that is a draft, and posts of every kind."""
    settings.MEDIA_ROOT = tmp_path
    made, member = build(), None
    member = made.people["member"]
    english = make_study(made.people["host2"], slug="essays", title="Essays at work", language="en")
    draft = make_study(made.people["host2"], slug="hidden-away", title="SECRET study", state="draft")
    made.things |= {
        "english": english,
        "english_cohort": make_cohort(english, currency="USD", amount=4_900),
        "draft_study": draft,
        "draft_study_cohort": make_cohort(draft, state=Cohort.State.OPEN),
        "remix": post(made.people["stranger"], parent=made.public, title="이어 만든 글", html=FULL),
        "quiet": post(member, title="조용한 글"),
        "english_post": post(member, title="What I tried", language="en", html=FULL),
        "hidden": case_studies.hide(post(member, title="SECRET hidden"), made.people["admin"]),
    }
    return made


def expected(world: World) -> set[str]:
    """Return the addresses search engines are meant to keep: what everybody may see, once each."""
    site = {f"{SITE}{prefix}{name}" for prefix in ("/", "/en/") for name in SITE_PAGES}
    nouns = [world.study, world.english, world.cohort.study.__class__.objects.get(slug="bread")]
    nouns += Cohort.objects.filter(state="open", study__state="public")
    nouns += [world.public, world.remix, world.english_post]
    people = {f"{SITE}/@{world.people[name].handle}/" for name in ("host", "host2", "member", "stranger")}
    return site | people | {f"{SITE}{noun.get_absolute_url()}" for noun in nouns}


class Crawl:
    """Follows every link from the front page, the sitemap, robots.txt and the feeds, as somebody without an account."""

    def __init__(self) -> None:
        self.answers: dict[str, HttpResponse] = {}
        self.pages: dict[str, Page] = {}
        self.from_where: dict[str, str] = {}
        self.waiting = deque(["/", "/en/", "/sitemap.xml", "/robots.txt", "/feed.xml", "/showcase/feed.xml"])
        while self.waiting:
            path = self.waiting.popleft()
            if path not in self.answers:
                self._visit(path)

    def _visit(self, path: str) -> None:
        answer = self.answers[path] = Client(raise_request_exception=False).get(path)
        if answer.status_code in (301, 302, 303):
            self._found(path, [answer.headers["Location"]])
        elif answer.headers.get("Content-Type", "").startswith("text/html"):
            page = self.pages[path] = read(answer)
            self._found(path, [*page.links, *page.canonical, *page.alternates.values(), page.metas.get("og:image", "")])
        else:
            self._found(path, re.findall(r"<(?:loc|link|guid)[^>]*>([^<]+)<", _text(answer)))

    def _found(self, base: str, links: list[str]) -> None:
        for link in links:
            address = urlsplit(urldefrag(urljoin(f"{SITE}{base}", link)).url)
            path = address.path + (f"?{address.query}" if address.query else "")
            posted = address.path.startswith(("/static/", "/language/"))
            if address.netloc == "testserver" and not posted and path not in self.from_where:
                self.from_where[path] = base
                self.waiting.append(path)


def _text(answer: HttpResponse) -> str:
    return "" if answer.streaming else answer.content.decode(errors="replace")


def sitemap() -> set[str]:
    """Return all addresses of all sitemaps."""
    index = ElementTree.fromstring(Client().get("/sitemap.xml").content)
    sections = [loc.text.removeprefix(SITE) for loc in index.iter(LOC)]
    return {loc.text for one in sections for loc in ElementTree.fromstring(Client().get(one).content).iter(LOC)}


@pytest.fixture
def crawl(world: World) -> Crawl:
    return Crawl()


def test_every_link_leads_somewhere_and_nothing_shows_what_is_not_public(crawl: Crawl) -> None:
    broken = {
        path: (one.status_code, crawl.from_where.get(path))
        for path, one in crawl.answers.items()
        if one.status_code >= 400
    }
    assert not broken
    assert len(crawl.pages) > 40
    leaking = {path: INSIDE.findall(_text(one)) for path, one in crawl.answers.items() if INSIDE.search(_text(one))}
    assert not leaking


def test_sitemap_canonical_and_indexable_are_one_set_and_exactly_what_is_public(world: World, crawl: Crawl) -> None:
    assert sitemap() == expected(world)
    canonical = {page.canonical[0] for page in crawl.pages.values() if page.canonical and page.indexed}
    kept = {
        f"{SITE}{path}" for path, page in crawl.pages.items() if page.indexed and page.canonical == [f"{SITE}{path}"]
    }
    assert canonical == kept == expected(world)
    for address in expected(world):
        assert crawl.answers[address.removeprefix(SITE)].status_code == 200


def test_robots_and_the_pages_say_the_same(world: World, crawl: Crawl) -> None:
    robots = RobotFileParser()
    robots.parse(_text(crawl.answers["/robots.txt"]).splitlines())
    assert robots.site_maps() == [f"{SITE}/sitemap.xml"]
    for address in expected(world):
        assert robots.can_fetch("*", address), address
    loose = [
        path
        for path, page in crawl.pages.items()
        if page.indexed and robots.can_fetch("*", f"{SITE}{path}") and not set(page.canonical) & expected(world)
    ]
    assert not loose, "may be crawled and kept, and stand in no sitemap"


def test_every_kept_page_has_a_complete_head(world: World, crawl: Crawl) -> None:
    wrong, titles = [], {}
    for address in expected(world):
        path, page = address.removeprefix(SITE), crawl.pages[address.removeprefix(SITE)]
        named = {name: page.metas.get(name, "") for name in ("og:title", "og:description", "og:image", "twitter:card")}
        checks = {
            "title": len(page.title) > 5,
            "description": 10 <= len(page.metas.get("description", "")) <= 320,
            "canonical": page.canonical == [address],
            "og": all(named.values()) and page.metas.get("og:url") == address,
            "h1": len(page.headings) == 1 and bool(page.headings[0].strip()),
            "data": all(block["@context"] == "https://schema.org" for block in page.data),
            "alt": all("alt" in image for image in page.images),
            "sizes": all(image.get("width") and image.get("height") for image in page.images),
        }
        wrong += [f"{path}: {name}" for name, well in checks.items() if not well]
        titles.setdefault(page.title, []).append(path)
    assert not wrong, "\n".join(sorted(wrong))
    assert not [paths for paths in titles.values() if len(paths) > 1], "one title for two pages"


def test_pages_are_in_their_own_language_and_name_their_twins(world: World, crawl: Crawl) -> None:
    for address in expected(world):
        page = crawl.pages[address.removeprefix(SITE)]
        english = "/en/" in address or "essays" in address or address.endswith(world.english_post.get_absolute_url())
        assert page.language == ("en" if english else "ko"), address
        assert crawl.answers[address.removeprefix(SITE)].headers["Content-Language"] == page.language
        for language, twin in page.alternates.items():
            assert crawl.pages[twin.removeprefix(SITE)].alternates == page.alternates, (address, language)
    site = {f"{SITE}/{name}" for name in SITE_PAGES}
    for address in site:
        assert set(crawl.pages[address.removeprefix(SITE)].alternates) == {"ko", "en", "x-default"}, address


def test_posts_and_studies_say_what_they_are(world: World, crawl: Crawl) -> None:
    for one in (world.public, world.remix, world.english_post):
        page = crawl.pages[one.get_absolute_url()]
        [article], [trail] = page.of_type("Article"), page.of_type("BreadcrumbList")
        assert article["headline"] == one.title
        assert article["author"]["name"] == one.author.name
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+[+-]\d\d:\d\d", article["datePublished"])
        assert [step["position"] for step in trail["itemListElement"]] == list(
            range(1, len(trail["itemListElement"]) + 1)
        )
    for one, price, currency in ((world.cohort, "150000", "KRW"), (world.english_cohort, "49.00", "USD")):
        [course] = crawl.pages[one.get_absolute_url()].of_type("Course")
        [instance] = course["hasCourseInstance"]
        assert (instance["offers"]["price"], instance["offers"]["priceCurrency"]) == (price, currency)
        assert instance["startDate"].startswith(one.starts_on.isoformat())
    [course] = crawl.pages[world.study.get_absolute_url()].of_type("Course")
    assert course["hasCourseInstance"]


def test_the_feed_holds_the_public_posts_and_no_other(world: World, crawl: Crawl) -> None:
    items = ElementTree.fromstring(crawl.answers["/feed.xml"].content).iter("item")
    assert {item.findtext("link") for item in items} == {
        f"{SITE}{one.get_absolute_url()}" for one in (world.public, world.remix, world.english_post, world.quiet)
    }
