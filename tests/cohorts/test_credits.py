"""Credit in the studio: given with a word, watched, taken back with a reason; PostgreSQL keeps what was promised."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohorts.models import Cohort, Credit, CreditUse, Enrollment, Presentation, Study
from cohorts.services import credit_uses, credits, seats
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from tests.admin.desk import press
from tests.cohorts.credit import assert_all_is_somewhere, give, unused
from tests.cohorts.hosting import at, english, shut_out, text
from tests.people import enroll, make_cohort, make_person, make_study, sign_in
from tests.racing import in_turn

pytestmark = pytest.mark.django_db
TYPED = {"amount": "30,000", "words": "세 번이나 발표해 줘서 고마워요.", "ends_on": "", "key": "abcdefghjk"}


@pytest.fixture
def place(cohort: Cohort, member: User) -> Enrollment:
    return Enrollment.objects.get(cohort=cohort, person=member)


def address(place: Enrollment) -> str:
    return reverse("member_credit", args=[place.public_id])


def listed(study: Study) -> str:
    return reverse("studio_credits", args=[study.slug])


def back(credit: Credit) -> str:
    return reverse("studio_credit_back", args=[credit.study.slug, credit.pk])


def test_a_host_gives_it_with_a_letter_once_however_often_it_is_pressed(place: Enrollment, host: User) -> None:
    browser = english(host)
    assert address(place) in text(browser.get(reverse("member", args=[place.public_id])))
    assert "Give" in text(browser.get(address(place)))
    for _ in range(3):
        assert browser.post(address(place), {**TYPED, "ends_on": at(90)}).status_code == 302
    row = Credit.objects.get()
    assert (row.person, row.amount, row.currency, row.given_by) == (place.person, 30_000, "KRW", host)
    assert row.ends_at > timezone.now() + datetime.timedelta(days=89)
    letter = Letter.objects.get(key=f"credit-given:{row.pk}")
    assert TYPED["words"] in letter.text
    assert "30,000" in letter.text
    page = text(browser.get(listed(place.cohort.study)))
    assert place.person.name in page
    assert "₩30,000" in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1.5"}, "amount"),
        ({"amount": "99,000,000"}, "amount"),
        ({"words": ""}, "words"),
        ({"ends_on": at(-1)}, "ends_on"),
    ],
)
def test_what_cannot_be_given_is_refused_beside_its_field(
    place: Enrollment, host: User, typed: dict[str, str], field: str
) -> None:
    answer = english(host).post(address(place), {**TYPED, **typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Credit.objects.exists()


def test_it_is_for_members_of_the_study(cohort: Cohort, host: User, stranger: User) -> None:
    with pytest.raises(Refused):
        credits.give(host, stranger, cohort.study, 1_000, currency="KRW", words="안녕하세요.", key="k")
    assert not Credit.objects.exists()


def test_what_is_not_used_is_taken_back_with_a_reason(study: Study, cohort: Cohort, host: User, stranger: User) -> None:
    row = give(stranger, study, 200_000)
    seats.hold(stranger, cohort, credit=True)
    browser = english(host)
    assert "₩50,000" in text(browser.get(back(row)))
    assert browser.post(back(row), {"reason": ""}).status_code == 422
    assert browser.post(back(row), {"reason": "두 번 드렸어요."}).status_code == 302
    row.refresh_from_db()
    assert (row.spent, row.withdrawn, row.left) == (150_000, 50_000, 0)
    assert "두 번 드렸어요." in Letter.objects.get(key__startswith="credit-taken-back").text
    assert browser.post(back(row), {"reason": "한 번 더"}).status_code == 422
    assert back(row) not in text(browser.get(listed(study)))
    assert_all_is_somewhere()


def test_what_has_run_out_is_not_taken_back(study: Study, cohort: Cohort, host: User, stranger: User) -> None:
    row = give(stranger, study, 50_000, ends_at=timezone.now())
    assert english(host).post(back(row), {"reason": "두 번 드렸어요."}).status_code == 422
    assert Credit.objects.get().withdrawn == 0
    assert not Letter.objects.filter(key__startswith="credit-taken-back").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("order", "outcomes", "withdrawn"),
    [
        (("take back", "take back"), ["done", "refused"], 50_000),
        (("take back", "join"), ["done", "done"], 50_000),
        (("join", "take back"), ["done", "refused"], 0),
    ],
)
def test_what_somebody_uses_in_that_moment_is_not_taken_back(
    study: Study,
    cohort: Cohort,
    host: User,
    stranger: User,
    order: tuple[str, ...],
    outcomes: list[str],
    withdrawn: int,
) -> None:
    row = give(stranger, study, 50_000)
    deeds = {
        "take back": lambda: credits.take_back(host, row, reason="두 번 드렸어요."),
        "join": lambda: seats.hold(stranger, cohort, credit=True),
    }
    assert in_turn(*[deeds[one] for one in order], table="cohorts_credit") == outcomes
    assert Credit.objects.get().withdrawn == withdrawn
    assert [place.price for place in cohort.enrollments.filter(state="held")] == (
        [] if "join" not in order else [150_000] if withdrawn else [100_000]
    )
    assert Letter.objects.filter(key__startswith="credit-taken-back").count() == bool(withdrawn)
    assert_all_is_somewhere()


def many(cohort: Cohort) -> str:
    return reverse("studio_cohort_credit", args=[cohort.study.slug, cohort.number])


@pytest.fixture
def presented(place: Enrollment) -> Enrollment:
    """The member has had a turn; another member has not."""
    enroll(make_person("quiet", "조용한 이"), place.cohort)
    session = place.cohort.sessions.filter(subgroup=None)[0]
    Presentation.objects.create(session=session, enrollment=place, position=1, state=Presentation.State.DONE)
    return place


@pytest.mark.parametrize(("whom", "count"), [("presented", 1), ("all", 2)])
def test_many_get_it_at_once_after_a_look_at_who_they_are(
    presented: Enrollment, host: User, whom: str, count: int
) -> None:
    cohort, browser = presented.cohort, english(host)
    assert many(cohort) in text(browser.get(reverse("studio_people", args=[cohort.study.slug, cohort.number])))
    assert browser.get(many(cohort)).status_code == 200
    page = text(browser.post(many(cohort), {**TYPED, "whom": whom}))
    assert presented.person.name in page
    assert ("조용한 이" in page) == (whom == "all")
    assert f"₩{30_000 * count:,} off" in page
    assert not Credit.objects.exists()
    for _ in range(2):
        assert browser.post(many(cohort), {**TYPED, "whom": whom, "sure": "1"}).status_code == 302
    assert [row.amount for row in Credit.objects.all()] == [30_000] * count
    assert Letter.objects.filter(key__startswith="credit-given:").count() == count


def test_nobody_who_presented_is_nobody_who_gets_it(place: Enrollment, host: User) -> None:
    browser, asked = english(host), {**TYPED, "whom": "presented"}
    assert "Nobody presented yet" in text(browser.post(many(place.cohort), asked))
    refused = browser.post(many(place.cohort), {**asked, "sure": "1"})
    assert refused.status_code == 422
    assert refused.context["form"].errors["whom"]
    assert not Credit.objects.exists()


def test_all_of_them_or_nobody(presented: Enrollment, host: User) -> None:
    answer = english(host).post(many(presented.cohort), {**TYPED, "whom": "all", "amount": "99,000,000", "sure": "1"})
    assert answer.status_code == 422
    assert not Credit.objects.exists()


def test_the_desk_takes_it_back_after_a_look(study: Study, cohort: Cohort, admin: User, stranger: User) -> None:
    row = give(stranger, study, 50_000)
    browser = sign_in(admin)
    assert "50,000" in text(browser.get(reverse("admin:cohorts_credit_change", args=[row.pk])))
    press(browser, "cohorts.credit", "take_back", row, apply="1", note="두 번 드렸어요.")
    assert unused(stranger) == 0
    assert "두 번 드렸어요." in Letter.objects.get(key__startswith="credit-taken-back").text


def test_it_is_nobody_elses_business(
    place: Enrollment, cohort: Cohort, member: User, partner: User, stranger: User, other_host: User
) -> None:
    row = give(member, cohort.study, 1_000)
    others = [member, partner, stranger, other_host]
    shut_out(address(place), others, TYPED)
    shut_out(listed(cohort.study), others)
    shut_out(many(cohort), others, {**TYPED, "whom": "all", "sure": "1"})
    shut_out(back(row), others, {"reason": "그냥"})
    assert Credit.objects.get() == row
    assert unused(member) == 1_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 60_000},
        {"currency": "USD"},
        {"spent": 1},
        {"withdrawn": 50_001},
        {"expired": 50_001},
        {"key": "another"},
    ],
)
def test_the_database_keeps_what_was_promised(study: Study, cohort: Cohort, stranger: User, wrong: Any) -> None:
    row = give(stranger, study, 50_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        Credit.objects.filter(pk=row.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cohorts_credit WHERE id = %s", [row.pk])


def test_the_database_refuses_credit_in_a_currency_the_study_does_not_have(study: Study, stranger: User) -> None:
    make_cohort(study)
    for wrong in ({"currency": "USD"}, {"amount": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Credit.objects.create(
                **{
                    "person": stranger,
                    "study": study,
                    "amount": 1_000,
                    "currency": "KRW",
                    "words": "고마워요.",
                    "given_by": study.payee,
                    "key": "k",
                    **wrong,
                }
            )


def test_the_database_counts_every_use_and_refuses_one_too_many(
    study: Study, cohort: Cohort, host: User, stranger: User
) -> None:
    row = give(stranger, study, 50_000)
    mine, theirs = seats.hold(stranger, cohort), seats.hold(make_person("x", "x"), cohort)
    elsewhere = seats.hold(stranger, make_cohort(make_study(host, slug="other")))
    use = CreditUse.objects.create(credit=row, enrollment=mine, amount=30_000)
    row.refresh_from_db()
    assert row.spent == 30_000
    for place, amount in ((mine, 20_001), (theirs, 1), (elsewhere, 1), (mine, 0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            CreditUse.objects.create(credit=row, enrollment=place, amount=amount)
    CreditUse.objects.filter(pk=use.pk).update(returned=10_000)
    for wrong in ({"returned": 9_999}, {"returned": 30_001}, {"amount": 1}, {"enrollment": theirs}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CreditUse.objects.filter(pk=use.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        use.delete()
    row.refresh_from_db()
    assert row.spent == 20_000
    assert_all_is_somewhere()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.integers(1, 200_000)),
        st.tuples(st.sampled_from(["join", "lose", "return", "withdraw", "wait"]), st.integers(0, 4)),
    ),
    min_size=3,
    max_size=15,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_all_of_it_is_somewhere(study: Study, stranger: User, steps: Any) -> None:
    """Given is unused, used, taken back or run out; what a seat uses is what was taken off its price, less what came
    back."""
    with transaction.atomic():
        runs = [make_cohort(study, subgroups=0) for _ in range(3)]
        for what, how in steps:
            _step(study, stranger, runs, what, how)
            assert_all_is_somewhere()
        transaction.set_rollback(True)


def _step(study: Study, person: User, runs: list[Cohort], what: str, how: int) -> None:
    held = Enrollment.objects.filter(person=person, state="held").order_by("pk").last()
    if what == "give":
        give(person, study, how, ends_at=timezone.now() + datetime.timedelta(days=1) if how % 2 else None)
    elif what == "join":
        run = runs[how % 3]
        if not run.enrollments.filter(person=person, state__in=Enrollment.LIVE).exists():
            place = seats.hold(person, run, credit=True)
            assert place.price + place.credit == 150_000
            assert credit_uses.used_for(place) == place.credit
            if how > 2:
                seats.settle(place)
    elif what == "lose" and held:
        seats.expire(Enrollment.objects.get(pk=held.pk)) or seats.release(held, "expired")
        assert credit_uses.used_for(held) == 0
    elif what == "return":
        for place in Enrollment.objects.filter(person=person, state="active", credit__gt=0):
            credit_uses.give_back(place, credit_uses.WHOLE * how / 4)
    elif what == "withdraw":
        for row in Credit.objects.filter(person=person)[:how]:
            if row.left and not row.is_over:
                credits.take_back(study.payee, row, reason="그냥")
    elif what == "wait":
        Credit.objects.filter(person=person, ends_at__isnull=False).update(ends_at=timezone.now())


def test_the_page_is_empty_and_kind_before(cohort: Cohort, host: User, client: Client) -> None:
    assert 'class="empty"' in text(english(host).get(listed(cohort.study)))
    assert client.get(listed(cohort.study)).status_code == 302
