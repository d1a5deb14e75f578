"""The roster: found by name, group and turn; downloaded safely; a member put into a subgroup."""

import csv
import io
from typing import Any

import pytest

from cohorts.models import Enrollment, Membership
from cohorts.services import contributions, presentations, seats
from tests.cohorts.hosting import english, shut_out, studio, text
from tests.people import enroll, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cohort, member, stranger) -> dict[str, Enrollment]:
    """member is in the first group; Daniel in none, with a turn and a post; 신하나 is paying."""
    place = enroll(stranger, cohort)
    presentations.claim(stranger, cohort.sessions.first())
    return {
        "member": member.enrollments.get(),
        "daniel": place,
        "paying": seats.hold(make_person("paying", "신하나"), cohort),
    }


def names(browser: Any, cohort: Any, **query: Any) -> set[str]:
    page = text(browser.get(studio("people", cohort), query))
    rows = page.split("<tbody>")[1] if "<tbody>" in page else ""
    return {name for name in ("배소라", "Daniel Cho", "신하나") if f"<b>{name}</b>" in rows}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"배소라", "Daniel Cho"}),
        ({"show": "unplaced"}, {"Daniel Cho"}),
        ({"show": "without_turn"}, {"배소라"}),
        ({"show": "paying"}, {"신하나"}),
        ({"q": "daniel"}, {"Daniel Cho"}),
        ({"q": "소라", "show": "unplaced"}, set()),
        ({"show": "²"}, {"배소라", "Daniel Cho"}),
        ({"show": "99999999999999999999"}, set()),
        ({"q": "'; DROP"}, set()),
    ],
)
def test_the_roster_narrows(cohort, people, host, query, shown):
    assert names(english(host), cohort, **query) == shown


def test_it_is_searched_by_what_people_do_too(cohort, people, host, stranger):
    stranger.profile.work = "piano tuner, Leeds"
    stranger.profile.save()
    assert names(english(host), cohort, q="Tuner") == {"Daniel Cho"}


def test_it_narrows_to_one_group(cohort, people, host):
    assert names(english(host), cohort, show=cohort.subgroups.first().pk) == {"배소라"}
    assert names(english(host), cohort, show=cohort.subgroups.last().pk) == set()


def test_an_empty_roster_says_what_to_do_next(cohort, host):
    page = text(english(host).get(studio("people", cohort)))
    assert "Nobody has joined yet" in page
    assert "Get the link to share" in page


def test_no_address_of_anybody_is_shown(cohort, people, host):
    browser = english(host)
    for page in (browser.get(studio("people", cohort)), browser.get(studio("people_export", cohort))):
        assert "stranger@example.com" not in text(page)


def test_the_file_holds_what_the_list_shows_and_runs_no_formula(cohort, people, host, stranger):
    stranger.profile.pen_name, stranger.profile.work = '=HYPERLINK("http://evil")', "\t+82 10"
    stranger.profile.save()
    answer = english(host).get(studio("people_export", cohort))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    header, *rows = csv.reader(io.StringIO(text(answer).removeprefix("\ufeff")))
    assert header == ["Name", "Work", "State", "Subgroup", "Case studies", "Turns", "Joined"]
    by_name = {row[0]: row for row in rows}
    assert by_name["배소라"][2:6] == ["member", "소모임 1", "0", "0"]
    assert by_name['\'=HYPERLINK("http://evil")'][1] == "'\t+82 10"
    assert len(rows) == 2
    only = english(host).get(studio("people_export", cohort), {"show": "unplaced"})
    assert "배소라" not in text(only)


def test_posts_and_turns_are_counted_once_each(cohort, people, host):
    for number in (1, 2):
        contributions.add(people["daniel"], "post", f"post:{number}")
    page = text(english(host).get(studio("people", cohort), {"q": "daniel"}))
    assert "2 / 2" in page
    assert 'data-label="Turns">1<' in page


def place(host: Any, enrollment: Enrollment, group: Any, **more: Any) -> Any:
    address = studio("place", enrollment.cohort, enrollment.public_id)
    return english(host).post(address, {"subgroup": getattr(group, "pk", group), **more}, follow=True)


def test_a_member_is_placed_and_moved(cohort, people, host):
    first, second = cohort.subgroups.all()
    assert "Daniel Cho is in the group “소모임 1” now." in text(place(host, people["daniel"], first))
    place(host, people["daniel"], second)
    place(host, people["daniel"], second)
    for group in (first, second):
        group.refresh_from_db()
    assert (first.taken, second.taken) == (1, 1)
    stood = Membership.objects.filter(enrollment=people["daniel"]).order_by("pk")
    assert [(row.subgroup, row.until is None) for row in stood] == [(first, False), (second, True)]


def test_not_into_a_full_group(cohort, people, host):
    group = cohort.subgroups.last()
    group.capacity = 0
    group.save()
    assert "That subgroup is full." in text(place(host, people["member"], group))
    assert people["member"].memberships.get(until=None).subgroup == cohort.subgroups.first()


def test_not_into_another_cohorts_group_and_back_to_our_own_pages_only(cohort, people, host, study):
    from tests.people import make_cohort

    elsewhere = make_cohort(study).subgroups.first()
    for group in (elsewhere, "", "x", "²"):
        assert place(host, people["daniel"], group).status_code == 404
    assert not people["daniel"].memberships.exists()
    for back in ("https://evil.example", "//evil.example", "/\\evil.example"):
        answer = place(host, people["daniel"], cohort.subgroups.first(), back=back)
        assert answer.redirect_chain == [(studio("people", cohort), 302)]
    answer = place(host, people["daniel"], cohort.subgroups.first(), back=f"{studio('people', cohort)}?show=unplaced")
    assert answer.redirect_chain == [(f"{studio('people', cohort)}?show=unplaced", 302)]


@pytest.mark.parametrize("name", ["people", "people_export", "place"])
def test_nobody_else_sees_or_places_them(cohort, people, member, partner, other_host, stranger, name):
    more = [people["daniel"].public_id] if name == "place" else []
    data = {"subgroup": cohort.subgroups.first().pk}
    shut_out(studio(name, cohort, *more), [member, partner, other_host, stranger], data, get=name != "place")
    assert not people["daniel"].memberships.exists()


def test_the_roster_costs_the_same_at_any_number(cohort, host, django_assert_max_num_queries):
    browser = english(host)
    for n in range(6):
        enroll(make_person(f"one-{n}", f"멤버 {n}"), cohort)
    with django_assert_max_num_queries(11):
        assert "멤버 5" in text(browser.get(studio("people", cohort)))
