"""A cohort: planned, looked over, opened, closed, opened again, planned once more with the dates moved."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Price, Session, StudyRole, Subgroup, Terms
from cohorts.services import refund_policies
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import at, english, plan, shut_out, studio, text
from tests.people import enroll, make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(host):
    """A study of the host's nobody has seen yet."""
    return make_study(host, slug="walks", title="Walks", state="draft", language="en", for_whom="You walk")


@pytest.fixture
def draft(own, host) -> Cohort:
    """Its first cohort, as the host planned it."""
    answer = english(host).post(reverse("studio_cohort_new", args=[own.slug]), plan())
    assert answer.headers["Location"] == "/studio/walks/cohorts/1/"
    return Cohort.objects.select_related("study", "seats", "policy").get(study=own)


def test_a_plan_is_kept_as_it_was_typed(draft, host):
    assert (draft.number, draft.state, draft.weeks, draft.minutes) == (1, "draft", 4, 90)
    assert (draft.seats.capacity, draft.seats.taken) == (8, 0)
    assert Price.objects.get(cohort=draft).amount == 30_000
    assert draft.policy.preset == "remaining_sessions"
    terms = Terms.objects.get(cohort=draft)
    assert (terms.version, terms.partner_share) == (1, 2000)
    assert draft.closes_at.astimezone(draft.tz).time() == datetime.time(23, 59, 59)
    assert draft.minimum_by.astimezone(draft.tz).date().isoformat() == at(18)
    page = text(english(host).get(studio("cohort_edit", draft)))
    for value in ('value="30,000"', f'value="{at(21)}"', 'value="20:00"', 'value="https://meet.example.com/walks"'):
        assert value in page


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"starts_on": ""}, "starts_on", "This cannot be empty."),
        ({"starts_on": at(-1)}, "starts_on", "Choose a day that is still to come."),
        ({"weeks": "53"}, "weeks", "52"),
        ({"minutes": "5"}, "minutes", "15"),
        ({"capacity": "1"}, "capacity", "2"),
        ({"capacity": "many"}, "capacity", "whole number"),
        ({"minimum": "9"}, "minimum", "It cannot be more than the seats."),
        ({"minimum_by": ""}, "minimum_by", "Say on which day it is decided."),
        ({"minimum_by": at(21)}, "minimum_by", "Choose a day before the first session."),
        ({"closes_on": at(43)}, "closes_on", "Choose a day before the last session."),
        ({"price": "a lot"}, "price", "Write an amount, like"),
        ({"price": "-5"}, "price", "A price is between"),
        ({"price": "10.50"}, "price", "Write an amount, like"),
        ({"price": "50"}, "price", "A price is between"),
        ({"partner_share": "91"}, "partner_share", "At most 90."),
        ({"zone": "Seoul"}, "zone", "Choose one of these"),
        ({"link": "not a link"}, "link", "does not look like a link"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(own, host, changed, field, sentence):
    typed = {"meets_at": "07:35", "turns_per_session": "7", **changed}
    page = text(english(host).post(reverse("studio_cohort_new", args=[own.slug]), plan(**typed)))
    assert sentence in page.split(f'id="id_{field}_error"')[1].split("</p>")[0]
    assert 'value="07:35"' in page
    assert 'name="turns_per_session" value="7"' in page
    assert not Cohort.objects.exists()


def test_the_refund_rules_are_worked_out_in_money_before_anything_is_saved(own, host):
    new = reverse("studio_cohort_new", args=[own.slug])
    page = text(english(host).post(new, {**plan(), "work_out": "1"}))
    for amount in ("₩30,000", "₩22,500", "₩15,000", "₩7,500", "₩20,000"):
        assert amount in page
    assert not Cohort.objects.exists()
    part = text(english(host).get(reverse("studio_refunds", args=[own.slug]), plan(price="40,000")))
    assert "₩40,000" in part
    assert "<html" not in part


def test_a_price_counts_in_its_own_currency(own, host):
    english(host).post(reverse("studio_cohort_new", args=[own.slug]), plan(price="49.50", currency="USD"))
    assert Price.objects.get().amount == 4950
    page = text(english(host).get(studio("cohort_edit", Cohort.objects.get())))
    assert 'name="price" value="49.50"' in page
    assert "$49.50" in page  # in the refunds worked out


def test_before_opening_a_checklist_says_what_is_missing(draft, host):
    page = text(english(host).get(studio("cohort", draft)))
    assert "Ready to open" in page
    Cohort.objects.filter(pk=draft.pk).update(starts_on=timezone.localdate() - datetime.timedelta(days=1))
    draft.study.for_whom = ""
    draft.study.save()
    page = text(english(host).get(studio("cohort", draft)))
    assert "A few things are still missing." in page
    answer = english(host).post(studio("cohort_open", draft), follow=True)
    assert "The study says for whom it is." in text(answer)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_opening_writes_sessions_shows_it_and_gives_the_link(draft, host, client):
    Subgroup.objects.create(cohort=draft, position=0, topic="Early", weekday=3, meets_at="07:00", capacity=8)
    assert client.get(draft.get_absolute_url()).status_code == 404
    page = text(english(host).post(studio("cohort_open", draft), follow=True))
    assert f"http://testserver{draft.get_absolute_url()}" in page
    assert "Walks, cohort 1." in page
    draft.refresh_from_db()
    draft.study.refresh_from_db()
    assert (draft.state, draft.study.state) == ("open", "public")
    starts = [s.starts_at.astimezone(draft.tz) for s in draft.sessions.filter(subgroup=None)]
    assert [s.date().isoformat() for s in starts] == [at(21), at(28), at(35), at(42)]
    assert {s.time() for s in starts} == {datetime.time(20)}
    assert {s.starts_at.astimezone(draft.tz).weekday() for s in draft.sessions.exclude(subgroup=None)} == {3}
    assert client.get(draft.get_absolute_url()).status_code == 200
    assert Letter.objects.get(kind="cohort_opened").recipient == host


def test_who_opens_it_is_kept(draft, host):
    english(host).post(studio("cohort_open", draft))
    moves = Change.objects.filter(subject_type="cohorts.cohort", subject_id=str(draft.pk)).order_by("pk")
    assert list(moves.values_list("from_state", "to_state", "actor")) == [
        ("", "draft", host.pk),
        ("draft", "open", host.pk),
    ]


def test_closing_stops_joining_and_reopening_starts_it_again(cohort, member, host, stranger):
    browser, joiner = english(host), english(stranger)
    join = reverse("join", args=[cohort.study.slug, cohort.number])
    page = text(browser.post(studio("cohort_close", cohort), follow=True))
    assert "Nobody can join now. Everybody who is in stays in." in page
    assert cohort.enrollments.get().state == "active"
    joiner.post(join, {"terms": "on"})
    assert not cohort.enrollments.filter(person=stranger).exists()
    assert "People can join again." in text(browser.post(studio("cohort_reopen", cohort), follow=True))
    assert "Join" in text(joiner.get(join))


def test_it_does_not_reopen_after_its_last_day(cohort, host):
    english(host).post(studio("cohort_close", cohort))
    Cohort.objects.filter(pk=cohort.pk).update(closes_at=timezone.now() - datetime.timedelta(minutes=1))
    page = text(english(host).post(studio("cohort_reopen", cohort), follow=True))
    assert "The day joining closes is past." in page
    cohort.refresh_from_db()
    assert cohort.state == "closed"


@pytest.mark.parametrize(
    ("state", "verb"), [("open", "open"), ("closed", "close"), ("open", "reopen"), ("draft", "close")]
)
def test_a_button_of_an_old_page_changes_nothing(cohort, host, state, verb):
    Cohort.objects.filter(pk=cohort.pk).update(state=state)
    page = text(english(host).post(studio(f"cohort_{verb}", cohort), follow=True))
    assert "Somebody changed this cohort meanwhile. Look at it again." in page
    cohort.refresh_from_db()
    assert cohort.state == state


def test_once_open_what_people_joined_by_stays(cohort, member, host):
    page = text(english(host).get(studio("cohort_edit", cohort)))
    for name in ("starts_on", "meets_at", "zone", "weeks", "minutes", "currency", "minimum"):
        assert f'name="{name}"' not in page
    before = {name: getattr(cohort, name) for name in Cohort.FIXED}
    answer = english(host).post(studio("cohort_edit", cohort), plan(price="200,000", starts_on=at(5), weeks="9"))
    assert answer.status_code == 302
    cohort.refresh_from_db()
    assert {name: getattr(cohort, name) for name in Cohort.FIXED} == before


def test_a_new_price_rule_and_share_count_for_new_seats_only(cohort, member, host, stranger):
    changed = plan(price="200,000", policy="try_first", partner_share="30", capacity="6")
    english(host).post(studio("cohort_edit", cohort), changed)
    old, new = member.enrollments.get(), enroll(stranger, cohort)
    assert (old.price, old.policy.preset, old.terms.partner_share) == (150_000, "remaining_sessions", 2000)
    assert (new.price, new.policy.preset, new.terms.partner_share) == (200_000, "try_first", 3000)
    assert list(cohort.terms.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_never_fewer_seats_than_people(cohort, member, host, stranger):
    enroll(stranger, cohort)
    enroll(make_person("third", "Third"), cohort)
    page = text(english(host).post(studio("cohort_edit", cohort), plan(capacity="2", turns_per_session="7")))
    assert "More people than that hold a seat already." in page.split('id="id_capacity_error"')[1].split("</p>")[0]
    assert 'value="7"' in page
    cohort.refresh_from_db()
    cohort.seats.refresh_from_db()
    assert (cohort.seats.capacity, cohort.turns_per_session) == (6, 5)


def test_a_cohort_that_is_over_keeps_its_plan(cohort, host):
    Cohort.objects.filter(pk=cohort.pk).update(state="finished")
    page = text(english(host).post(studio("cohort_edit", cohort), plan()))
    assert "This cohort is over. Its plan stays as it was." in page
    assert Price.objects.get(cohort=cohort).amount == 150_000


def test_the_next_cohort_starts_from_the_last_with_its_dates_moved(cohort, host):
    Cohort.objects.filter(pk=cohort.pk).update(minimum=5, minimum_by=cohort.closes_at)
    new = reverse("studio_cohort_new", args=[cohort.study.slug])
    page = text(english(host).get(new))
    first = cohort.ends_on + datetime.timedelta(weeks=2)
    first += datetime.timedelta(days=(cohort.starts_on.weekday() - first.weekday()) % 7)
    closes = cohort.closes_at.astimezone(cohort.tz).date() + (first - cohort.starts_on)
    assert f'name="starts_on" value="{first.isoformat()}"' in page
    assert f'name="closes_on" value="{closes.isoformat()}"' in page
    for value in ('name="capacity" value="6"', 'name="price" value="150,000"', 'name="minimum" value="5"'):
        assert value in page
    typed = plan(starts_on=first.isoformat(), closes_on=closes.isoformat(), minimum="0")
    english(host).post(new, typed)
    assert list(Cohort.objects.order_by("number").values_list("number", "state")) == [(1, "open"), (2, "draft")]


def test_a_study_that_ran_elsewhere_begins_with_a_later_number(own, host):
    new = reverse("studio_cohort_new", args=[own.slug])
    assert 'name="first_number" value="1"' in text(english(host).get(new))
    answer = english(host).post(new, plan(first_number="8"))
    assert answer.headers["Location"] == "/studio/walks/cohorts/8/"
    assert "first_number" not in text(english(host).get(new))
    answer = english(host).post(new, plan(first_number="3"))
    assert answer.headers["Location"] == "/studio/walks/cohorts/9/"


def test_a_host_sees_a_draft_as_a_visitor_will_and_nobody_else_does(draft, host, other_host, stranger, client):
    address = studio("preview", draft)
    page = text(english(host).get(address))
    for words in ("This is how visitors will see it.", "₩30,000", "You walk", "Join cohort 1", "8 seats left"):
        assert words in page
    assert 'content="noindex"' in page
    assert "meet.example.com" not in page
    assert reverse("join", args=["walks", 1]) not in page
    assert english(host).get(address).headers["Cache-Control"].startswith("max-age=0")
    shut_out(address, [other_host, stranger])
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_the_preview_is_in_the_studys_language_its_banner_in_the_hosts(draft, host):
    draft.study.language = "ko"
    draft.study.save()
    page = text(english(host).get(studio("preview", draft)))
    assert '<html lang="ko">' in page
    assert "30,000원" in page
    assert '<div class="alert alert-warn" lang="en">' in page
    assert "This is how visitors will see it." in page


def test_the_preview_of_an_open_cohort_is_its_page(cohort, host):
    assert english(host).get(studio("preview", cohort)).headers["Location"] == cohort.get_absolute_url()


@pytest.mark.parametrize("name", ["cohort", "cohort_edit", "cohort_open", "cohort_close", "cohort_reopen", "preview"])
def test_nobody_else_gets_in(cohort, member, partner, other_host, stranger, name):
    before = Cohort.objects.values().get(pk=cohort.pk)
    posts_only = name in ("cohort_open", "cohort_close", "cohort_reopen")
    shut_out(studio(name, cohort), [member, partner, other_host, stranger], plan(), get=not posts_only)
    assert Cohort.objects.values().get(pk=cohort.pk) == before
    assert Price.objects.get(cohort=cohort).amount == 150_000


def test_nobody_plans_a_cohort_in_somebody_elses_study(study, member, other_host):
    shut_out(reverse("studio_cohort_new", args=[study.slug]), [member, other_host], plan())
    shut_out(reverse("studio_refunds", args=[study.slug]), [member, other_host])
    assert study.cohorts.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_hosts_opening_at_once_open_it_once(host, other_host):
    study = make_study(host, state="draft", for_whom="Us")
    StudyRole.objects.create(study=study, person=other_host, kind="co-host")
    cohort = make_cohort(study, state="draft", opened_at=None, policy=refund_policies.preset("try_first"))
    Session.objects.filter(cohort=cohort).delete()
    gate = Barrier(2)

    def press(browser: Client) -> None:
        gate.wait()
        browser.post(studio("cohort_open", cohort))
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, [sign_in(host), sign_in(other_host)]))
    assert cohort.sessions.filter(subgroup=None).count() == cohort.weeks
    moves = Change.objects.filter(subject_type="cohorts.cohort", subject_id=str(cohort.pk))
    assert list(moves.values_list("from_state", "to_state")) == [("draft", "open")]
    assert Letter.objects.filter(kind="cohort_opened").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_cohorts_planned_at_once_get_two_numbers(host):
    study, gate = make_study(host), Barrier(2)

    def press(browser: Client) -> int:
        gate.wait()
        answer = browser.post(reverse("studio_cohort_new", args=[study.slug]), plan())
        connection.close()
        return answer.status_code

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(press, [sign_in(host), sign_in(host)])) == [302, 302]
    assert sorted(study.cohorts.values_list("number", flat=True)) == [1, 2]
