"""Who is here: seen by who belongs, found by a word or a subgroup, introduced in their own line, never counted."""

import pytest

from cohorts.services import seats
from tests.cohorts.meeting import page, queries, seat
from tests.people import enroll, make_person, sign_in

PAGE = "/c/ai-at-work/1/people/"


@pytest.fixture
def neighbour(cohort):
    person = make_person("neighbour", "신하나")
    person.profile.work, person.profile.can_help = "구청 민원 창구", "공문 쉽게 쓰기"
    person.profile.save()
    enroll(person, cohort, cohort.subgroups.last())
    return person


def test_members_partner_and_host_see_everybody_a_stranger_nobody(member, partner, host, stranger, neighbour):
    for person in (member, partner, host):
        text = page(sign_in(person), PAGE)
        assert all(words in text for words in ("배소라", "신하나", "공문 쉽게 쓰기", "한상우", "정은혜"))
    assert "신하나" not in page(sign_in(stranger), PAGE, 403)


def test_who_left_is_gone_from_the_list(member, neighbour):
    seats.release(neighbour.enrollments.get(), "cancelled", neighbour)
    assert "신하나" not in page(sign_in(member), PAGE)
    assert "배소라" not in page(sign_in(neighbour), PAGE, 403)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=공문", ["신하나"]),
        ("q=신하", ["신하나"]),
        ("group=0", ["배소라"]),
        ("q=공문&group=0", []),
        ("group=x", None),
    ],
)
def test_people_are_found_by_what_they_say_and_where_they_sit(member, neighbour, query, found):
    shown = sign_in(member).get(f"{PAGE}?{query}").context["page"].object_list
    names = sorted(place.person.name for place in shown)
    assert names == (["배소라", "신하나"] if found is None else found)


def test_nothing_found_keeps_the_word_and_leads_back(host, member):
    host.language = "en"
    host.save()
    text = page(sign_in(host), f"{PAGE}?q=없는말")
    assert "Nobody matches what you look for." in text
    assert 'value="없는말"' in text


def test_an_empty_cohort_says_so(host, cohort):
    host.language = "en"
    host.save()
    assert "Nobody has joined yet" in page(sign_in(host), PAGE)


def test_a_member_says_hello_and_the_others_read_it(member, neighbour):
    browser = sign_in(member)
    assert browser.post(PAGE, {"introduction": "  안경점을   해요 "}).status_code == 302
    assert "“안경점을 해요”" in page(sign_in(neighbour), PAGE)
    too_long = "가" * 201
    response = browser.post(PAGE, {"introduction": too_long})
    assert response.status_code == 422
    assert too_long in response.content.decode()
    assert member.enrollments.get().introduction == "안경점을 해요"


def test_who_is_no_member_cannot_say_hello(host, stranger, member):
    assert 'name="introduction"' not in page(sign_in(host), PAGE)
    sign_in(host).post(PAGE, {"introduction": "주최자예요"})
    assert sign_in(stranger).post(PAGE, {"introduction": "안녕"}).status_code == 403
    assert member.enrollments.get().introduction == ""


def test_no_member_page_says_who_has_not_presented(member, neighbour, host):
    host.language = member.language = "en"
    member.save()
    for address in (PAGE, "/c/ai-at-work/1/", "/c/ai-at-work/1/turns/", "/partner/", "/home/"):
        assert "Has not presented" not in page(sign_in(member), address)


def test_it_costs_the_same_with_many_people(member, cohort):
    browser = sign_in(member)
    few = queries(browser, PAGE)
    seat(12, cohort, cohort.subgroups.last())
    assert queries(browser, PAGE) == few
