"""The case studies the demo's world is written from, as their files say."""

import re
from collections import Counter

from studyplatform.demo.world import data, pictures

IN_FULL = 150  # words


def language_of(name: str) -> str:
    spoken = {cohort["key"]: study["language"] for study in data.studies() for cohort in study["cohort"]}
    return str(spoken[data.posts()[name]["in"]])


def words_of(name: str) -> int:
    return len(re.sub(r"<[^>]+>", " ", data.posts()[name]["html"]).split())


def line_of(name: str) -> list[str]:
    """A post and what it continues, back to the first."""
    before = data.posts()[name].get("remix_of")
    return [name, *line_of(before)] if before else [name]


def test_posts_name_people_cohorts_and_pictures_that_are_there() -> None:
    cohorts = {cohort["key"] for study in data.studies() for cohort in study["cohort"]}
    for name, post in data.posts().items():
        assert post["author"] in data.people(), name
        assert post["in"] in cohorts, name
        for picture in pictures.NAMED.findall(post["html"]):
            assert data.picture(picture), name


def test_sixty_are_told_in_full_thirty_in_each_language() -> None:
    told = Counter(language_of(name) for name in data.posts() if words_of(name) >= IN_FULL)
    assert min(told["ko"], told["en"]) >= 30


def test_twelve_have_two_pictures_and_a_recipe() -> None:
    posts = data.posts().values()
    assert sum(len(pictures.NAMED.findall(post["html"])) >= 2 and "recipe" in post for post in posts) >= 12


def test_the_largest_family_is_twenty_down_to_the_fourth_from_the_first() -> None:
    lines = [line_of(name) for name in data.posts()]
    first, many = Counter(line[-1] for line in lines).most_common(1)[0]
    assert many >= 20
    assert max(len(line) for line in lines if line[-1] == first) >= 4
