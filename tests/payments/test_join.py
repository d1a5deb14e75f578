"""Joining, up to the door of the payment company; free cohorts all the way."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Price, Seats, Session
from cohorts.services import seats
from payments.models import LedgerEntry, Payment
from studyplatform.accounts.models import Consent, User
from studyplatform.mail.models import Letter
from tests.people import enroll, make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


def join_url(cohort: Cohort) -> str:
    return reverse("join", args=[cohort.study.slug, cohort.number])


@pytest.fixture
def free(study: object) -> Cohort:
    return make_cohort(study, amount=0, capacity=4)


def test_anybody_reads_what_it_costs_and_how_refunds_go(cohort: Cohort) -> None:
    page = Client().get(join_url(cohort), headers={"Accept-Language": "en"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert "₩150,000" in text
    assert "₩112,500" in text  # after the first of four sessions
    assert "소모임 1" in text
    assert "한상우" in text
    assert "Seoul time" in text
    assert "checked" not in text.split('name="terms"')[1].split(">")[0]


def test_who_pays_nothing_agrees_to_no_refund_rule(free: Cohort) -> None:
    text = Client().get(join_url(free), headers={"Accept-Language": "en"}).content.decode()
    assert "I agree to the terms<" in text
    assert "refund rule" not in text


def test_a_reader_elsewhere_sees_their_own_clock(cohort: Cohort, stranger: User) -> None:
    text = sign_in(stranger).get(join_url(cohort)).content.decode()
    assert "for you Thursday 12:00, London time" in text


def test_a_draft_cohort_is_not_there(study: object) -> None:
    draft = make_cohort(study, state=Cohort.State.DRAFT)
    assert Client().get(join_url(draft)).status_code == 404


def test_nothing_typed_is_lost_on_the_way_through_sign_up(free: Cohort, stranger: User) -> None:
    browser = Client()
    group = free.subgroups.all()[1]
    typed = {"subgroup": group.pk, "introduction": "Prints posters in Leith", "terms": "on", "came_from": "abcdefghjk"}
    away = browser.post(join_url(free), typed)
    assert away.status_code == 302
    assert away.url.startswith(reverse("account_signup"))
    assert reverse("join", args=[free.study.slug, free.number]) in away.url.replace("%2F", "/")
    assert not Enrollment.objects.exists()
    browser.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    form = browser.get(join_url(free)).context["form"]
    assert form["introduction"].value() == "Prints posters in Leith"
    assert str(form["subgroup"].value()) == str(group.pk)
    assert form["terms"].value() is True
    assert form["recording"].value() is False
    assert form["came_from"].value() == "abcdefghjk"


def test_a_free_seat_is_given_at_once_and_once(free: Cohort, stranger: User) -> None:
    browser = sign_in(stranger)
    typed = {"subgroup": free.subgroups.first().pk, "introduction": "Hi", "terms": "on", "recording": "on"}
    first = browser.post(join_url(free), typed)
    payment = Payment.objects.get()
    assert first.url == reverse("checkout_return", args=[payment.public_id])
    assert browser.post(join_url(free), typed).status_code == 409  # already in
    enrollment = Enrollment.objects.get()
    assert (enrollment.state, enrollment.introduction) == ("active", "Hi")
    assert Seats.objects.get(cohort=free).taken == 1
    assert payment.state == Payment.State.PAID
    assert not LedgerEntry.objects.exists()
    assert {c.kind for c in Consent.objects.filter(person=stranger)} == {"terms", "recording"}
    assert Letter.objects.filter(recipient=stranger).count() == 1


def test_who_has_joined_meets_people_first_and_says_hello(free: Cohort, stranger: User) -> None:
    enroll(make_person("early", "문혜진"), free, free.subgroups.first())
    browser = sign_in(stranger)
    browser.post(join_url(free), {"subgroup": free.subgroups.first().pk, "terms": "on"})
    url = reverse("checkout_return", args=[Payment.objects.get().public_id])
    text = browser.get(url).content.decode()
    assert "Daniel Cho, you are in cohort 1" in text
    assert "반가워요. 목요일에 만나요." in text
    assert "문혜진" in text
    assert text.index("문혜진") < text.index('id="receipt"')
    browser.post(url, {"introduction": "  Prints   posters "})
    assert Enrollment.objects.get(person=stranger).introduction == "Prints posters"


def test_a_price_that_changed_on_the_way_is_shown_before_anything_is_held(cohort: Cohort, stranger: User) -> None:
    """I-19: what the page showed is what is charged, or the page is shown again."""
    browser = sign_in(stranger)
    offer = browser.get(join_url(cohort)).context["offer"]
    Price.objects.filter(cohort=cohort).update(amount=180_000)
    again = browser.post(join_url(cohort), {"terms": "on", "introduction": "Prints posters", "offer": offer})
    text = again.content.decode()
    assert again.status_code == 409
    assert "has just changed" in text
    assert "Prints posters" in text
    assert "Go on and pay ₩180,000" in text
    assert not Enrollment.objects.exists()
    assert not Payment.objects.exists()
    assert again.context["offer"] != offer


def test_who_wants_to_be_placed_after_all_leaves_the_subgroup(cohort: Cohort, stranger: User) -> None:
    group = cohort.subgroups.first()
    seats.hold(stranger, cohort, subgroup=group)
    seats.hold(stranger, cohort)
    group.refresh_from_db()
    assert group.taken == 0
    assert not Enrollment.objects.get().memberships.filter(until=None).exists()


def test_terms_must_be_ticked_and_the_rest_stays(free: Cohort, stranger: User) -> None:
    page = sign_in(stranger).post(join_url(free), {"introduction": "Prints posters"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "Prints posters" in text
    assert "Tick this" in text
    assert not Enrollment.objects.exists()


def test_a_subgroup_of_another_cohort_cannot_be_chosen(free: Cohort, cohort: Cohort, stranger: User) -> None:
    other = cohort.subgroups.first()
    page = sign_in(stranger).post(join_url(free), {"subgroup": other.pk, "terms": "on"})
    assert page.status_code == 422
    assert not Enrollment.objects.exists()


def test_a_full_subgroup_is_told_apart_from_a_full_cohort(study: object, stranger: User) -> None:
    cohort = make_cohort(study, amount=0, capacity=4)
    group = cohort.subgroups.first()
    for name in ("a", "b"):
        enroll(make_person(f"full-{name}", name), cohort, group)
    page = sign_in(stranger).post(join_url(cohort), {"subgroup": group.pk, "terms": "on"})
    assert page.status_code == 409
    assert "That subgroup is full" in page.content.decode()
    assert Seats.objects.get(cohort=cohort).taken == 2


@pytest.mark.parametrize("ending", ["member", "sold_out", "being_paid", "closed", "called_off"])
def test_each_reason_not_to_join_has_its_page(study: object, stranger: User, ending: str) -> None:
    cohort = make_cohort(study, amount=0, capacity=1)
    sentence = {
        "member": "You are already in",
        "sold_out": "Every seat is taken",
        "being_paid": "The last seat is being paid for",
        "closed": "This cohort is not taking members now",
        "called_off": "This cohort does not take place",
    }[ending]
    other = stranger if ending == "member" else make_person("other", "Other")
    if ending in ("member", "sold_out"):
        enroll(other, cohort)
    if ending == "being_paid":
        seats.hold(other, cohort)
    if ending == "closed":
        Cohort.objects.filter(pk=cohort.pk).update(closes_at=timezone.now() - datetime.timedelta(hours=1))
    if ending == "called_off":
        Cohort.objects.filter(pk=cohort.pk).update(state="called_off")
    browser = sign_in(stranger)
    assert sentence in browser.get(join_url(cohort)).content.decode()
    refused = browser.post(join_url(cohort), {"terms": "on"})
    assert refused.status_code == 409
    assert sentence in refused.content.decode()
    assert not Payment.objects.filter(buyer=stranger).exists()


@pytest.mark.parametrize(
    ("address", "referrer", "kept"),
    [
        ("?from=abcdefghjk", "", ("case_study", "abcdefghjk")),
        ("", "http://testserver/studies/x/cohorts/1/?from=mnpqrstuvw", ("case_study", "mnpqrstuvw")),
        ("", "https://elsewhere.example/?from=mnpqrstuvw", ("", "")),
        ("?from=<script>", "", ("", "")),
    ],
)
def test_what_led_here_is_kept_with_the_seat(
    free: Cohort, stranger: User, address: str, referrer: str, kept: tuple[str, str]
) -> None:
    browser = sign_in(stranger)
    form = browser.get(join_url(free) + address, headers={"Referer": referrer}).context["form"]
    browser.post(join_url(free), {"terms": "on", "came_from": form["came_from"].value()})
    enrollment = Enrollment.objects.get()
    assert (enrollment.came_from_kind, enrollment.came_from_id) == kept


def test_a_payment_is_shown_to_its_buyer_only(free: Cohort, stranger: User, host: User) -> None:
    sign_in(stranger).post(join_url(free), {"terms": "on"})
    for name in ("checkout_return", "checkout_page", "checkout_give_up"):
        url = reverse(name, args=[Payment.objects.get().public_id])
        assert Client().post(url).url.startswith(reverse("account_login"))
        assert sign_in(host).post(url).status_code == 404
    assert sign_in(stranger).get(reverse("checkout_return", args=[Payment.objects.get().public_id])).status_code == 200


def test_the_page_costs_the_same_queries_with_many_subgroups(
    study: object, stranger: User, django_assert_max_num_queries: object
) -> None:
    cohort = make_cohort(study, subgroups=20, capacity=60)
    assert Session.objects.filter(cohort=cohort).exists()
    browser = sign_in(stranger)
    with django_assert_max_num_queries(13):
        browser.get(join_url(cohort))
