"""What search engines read: data that no title can break out of, and one address per page and language."""

import datetime
import json

import pytest
from django.utils.translation import gettext_lazy

from studyplatform.kit import seo

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "&lt;/script&gt;",
    "a\u2028b\u2029c",
    '"},{"@type":"x"',
]


def parsed(block):
    inside = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set(inside) & set("<>&")
    return json.loads(inside)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stays_a_title(title):
    block = seo.json_ld({"@type": "Article", "headline": title})
    assert block.count("</script>") == 1
    assert parsed(block)["headline"] == title


def test_empty_values_are_left_out_and_lazy_ones_written():
    data = seo.json_ld(
        {
            "name": gettext_lazy("Home"),
            "a": "",
            "b": None,
            "c": [],
            "d": {"e": "", "f": 0},
            "g": datetime.date(2027, 1, 2),
        }
    )
    found = parsed(data)
    assert set(found) == {"@context", "name", "d", "g"}
    assert found["d"] == {"f": 0}
    assert found["g"] == "2027-01-02"
    assert isinstance(found["name"], str)


def test_a_trail_counts_from_one_with_absolute_addresses():
    trail = parsed(seo.breadcrumbs(("Home", "/"), ("Studies", "/studies/")))["itemListElement"]
    assert [(step["position"], step["item"]) for step in trail] == [
        (1, "http://testserver/"),
        (2, "http://testserver/studies/"),
    ]


def test_a_site_page_names_all_its_languages_and_the_default_twice():
    found = {code: address for code, address, _ in seo.in_languages("studies")}
    assert found == {
        "ko": "http://testserver/studies/",
        "en": "http://testserver/en/studies/",
        "x-default": "http://testserver/studies/",
    }
