"""Where a post comes from and what was made from it: parent, siblings, branches, in nested lists; public ones only."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from showcase.models import CaseStudy
from tests.people import make_person
from tests.showcase.make import post

pytestmark = pytest.mark.django_db


def lineage(row: CaseStudy) -> str:
    """Return the family of a post as its page shows it: titles, nested by brackets."""
    page = Client().get(row.get_absolute_url()).content.decode()
    found = re.search(r'<ul class="lineage small">(.*)</ul>\s*</section>', page, re.DOTALL)
    marks = re.findall(r"(<ul>|</ul>)|<(?:a href=[^>]*|b)>([^<]+)</", found[1]) if found else []
    return " ".join({"<ul>": "(", "</ul>": ")"}.get(mark, title) for mark, title in marks)


@pytest.fixture
def family() -> dict[str, CaseStudy]:
    """root > one (> leaf), two; and one that is not out."""
    people = [make_person(f"writer-{n}", f"글쓴이 {n}") for n in range(5)]
    root = post(people[0], title="root")
    one = post(people[1], title="one", parent=root)
    two = post(people[2], title="two", parent=root)
    leaf = post(people[3], title="leaf", parent=one)
    post(people[4], title="secret", parent=one, visibility="private")
    return {"root": root, "one": one, "two": two, "leaf": leaf}


def test_a_first_post_shows_two_generations_of_branches(family):
    assert lineage(family["root"]) in ("root ( two one ( leaf ) )", "root ( one ( leaf ) two )")


def test_a_remix_shows_its_parent_its_branches_and_its_siblings(family):
    assert lineage(family["one"]) == "root ( one ( leaf ) two )"


def test_a_leaf_shows_the_way_up(family):
    assert lineage(family["leaf"]) == "one ( leaf )"


def test_family_is_not_named_twice_as_something_alike(family):
    page = Client().get(family["one"].get_absolute_url()).content.decode()
    assert page.count(family["two"].get_absolute_url()) == 1
    assert "secret" not in page


def test_a_parent_that_is_not_public_hides_the_siblings_too(family):
    CaseStudy.objects.filter(pk=family["root"].pk).update(visibility="cohort")
    CaseStudy.objects.filter(pk=family["two"].pk).update(field="food")
    assert lineage(family["one"]) == "one ( leaf )"
    assert family["two"].get_absolute_url() not in Client().get(family["one"].get_absolute_url()).content.decode()


def test_a_big_family_costs_no_more_queries(family):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            Client().get(f"{family['one'].get_absolute_url()}?again={family}")
        return len(seen)

    few = cost()
    for n in range(12):
        post(make_person(f"more-{n}", f"더 {n}"), title=f"more {n}", parent=family["one"])
    assert cost() <= max(few, 3)
