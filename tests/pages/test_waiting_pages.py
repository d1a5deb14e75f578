"""Where waiting shows: the cohort's page and its fragment, home, the studio, the API."""

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Seats, Study
from cohorts.services import seats, waiting
from studyplatform.accounts.models import User
from tests.api.test_mine import post, token
from tests.api.test_problems import problem
from tests.cohorts.hosting import english, studio, text
from tests.cohorts.waiting_line import free, full, offer, people, wait, waiting_url
from tests.payments.buying import join_url
from tests.people import make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowded(other_host: User) -> Cohort:
    return full(make_study(other_host, slug="english", title="English study", language="en"), 2)


def fragment(cohort: Cohort, person: User | None = None) -> str:
    browser = sign_in(person) if person else Client()
    browser.cookies["signed_in"] = "1"
    return text(browser.get(f"{cohort.get_absolute_url()}seats/"))


def test_a_full_cohort_offers_to_wait_instead_of_a_dead_end(crowded: Cohort, client: Client) -> None:
    for page in (text(client.get(crowded.get_absolute_url())), fragment(crowded)):
        assert f'href="{waiting_url(crowded)}"' in page
        assert "All seats are taken." in page
        assert f'href="{join_url(crowded)}"' not in page.partition('class="joinbar"')[0]


def test_seats_being_paid_for_stand_apart_and_say_until_when(crowded: Cohort, stranger: User) -> None:
    Seats.objects.filter(cohort=crowded).update(capacity=F("capacity") + 13)
    for n in range(5):
        seats.hold(make_person(f"payer-{n}", f"내는이 {n}"), crowded)
    page = fragment(crowded)
    assert "8 seats left" in page
    assert "5 being paid for right now" in page
    Seats.objects.filter(cohort=crowded).update(capacity=7)
    page = fragment(crowded)
    assert "The last 5 seats are being paid for." in page
    assert "a seat comes free by" in page
    assert "All seats are taken" not in page
    assert {f'href="{url(crowded)}"' in page for url in (waiting_url, join_url)} == {True}
    wait(stranger, crowded)
    page = fragment(crowded)
    assert "1 person waits in line" in page
    assert f'href="{join_url(crowded)}"' not in page  # trying is of no use while somebody waits


def test_the_fragment_follows_ones_way_from_the_line_to_the_seat(crowded: Cohort) -> None:
    first, second = people(2)
    for person in (first, second):
        wait(person, crowded)
    assert "You are first in line" in fragment(crowded, first)
    assert "1 person before you" in fragment(crowded, second)
    free(crowded)
    assert "The seats left go to who waits in line" in fragment(crowded)  # in the minute before they are offered
    offer()
    assert "It is your turn" in fragment(crowded, first)
    seats.hold(first, crowded)
    assert "Go on to payment" in fragment(crowded, first)
    Enrollment.objects.filter(person=first).update(hold_until=timezone.now())
    assert "It is your turn" not in fragment(crowded, first)


def test_a_cohort_with_a_line_is_not_where_others_are_sent(crowded: Cohort, stranger: User) -> None:
    """Its free seat is spoken for: neither the next cohort of the study, nor free for the API, nor in stock."""
    past = make_cohort(crowded.study, state=Cohort.State.FINISHED)
    wait(stranger, crowded)
    free(crowded)
    assert f'href="{crowded.get_absolute_url()}"' not in fragment(past)
    said = Client().get(f"/api/v1/studies/{crowded.study.slug}/cohorts/{crowded.number}/").json()["seats"]
    assert said == {"capacity": 2, "free": 0, "waiting": 1}
    listed = Client().get("/api/v1/cohorts/?free=true").json()["results"]
    assert crowded.number not in [row["number"] for row in listed]
    assert "OutOfStock" in text(Client().get(crowded.get_absolute_url()))


def test_home_shows_the_place_in_line_and_the_seat_that_came(crowded: Cohort, stranger: User) -> None:
    wait(people(1)[0], crowded)
    wait(stranger, crowded)
    browser = sign_in(stranger)
    home = text(browser.get("/home/"))
    assert "1 person before you" in home
    assert waiting_url(crowded) in home
    free(crowded, 2)
    offer()
    home = text(browser.get("/home/"))
    assert "your seat is waiting" in home
    assert "A seat came free" in home
    assert join_url(crowded) in home


def test_the_host_sees_who_waits_in_order_and_what_to_do(study: Study, host: User) -> None:
    cohort = full(study)
    line = people(3)
    for person in line:
        waiting.wait(person, cohort)
    browser = english(host)
    page = text(browser.get(studio("cohort", cohort)))
    assert "3 wait in line" in page
    assert "3 people in line are told so" in page
    assert "3 people who wait in line are told too" in text(browser.get(studio("call_off", cohort)))
    listed = text(browser.get(studio("people", cohort) + "?show=waiting"))
    places = [listed.index(f"Waiter {person.pk}") for person in line]
    assert places == sorted(places)
    assert "Waiter" not in text(browser.get(studio("people", cohort)))
    file = text(browser.get(studio("people_export", cohort) + "?show=waiting"))
    assert file.index(f"Waiter {line[0].pk}") < file.index(f"Waiter {line[2].pk}")
    today = text(browser.get("/studio/"))
    assert "3 people wait for a seat in cohort" in today
    assert studio("cohort_edit", cohort) in today


def test_the_api_names_the_line(crowded: Cohort, stranger: User) -> None:
    key, address = token(stranger, "join"), f"/api/v1/studies/english/cohorts/{crowded.number}/enrollments/"
    sent = {"price": 150_000, "terms": True}
    body = problem(post(address, key, **sent), 409, "sold_out")
    assert body["waiting_list"].endswith(waiting_url(crowded))
    wait(stranger, crowded)
    body = problem(post(address, key, **sent), 409, "waiting")
    assert body["waiting_list"].endswith(waiting_url(crowded))
    mine = Client().get("/api/v1/me/enrollments/", headers=token(stranger, "read")).json()["results"]
    assert [place["state"] for place in mine] == ["waitlisted"]


def test_pages_with_a_line_cost_no_more_than_without(crowded: Cohort, django_assert_max_num_queries: object) -> None:
    for person in people(20):
        waiting.wait(person, crowded)
    with django_assert_max_num_queries(3):
        fragment(crowded)
