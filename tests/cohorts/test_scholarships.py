"""Scholarships: offered, asked for in private, answered with one tap; a yes is a price for some days, given once."""

import datetime
import time
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from cohorts.models import Cohort, Enrollment, Scholarship, ScholarshipApplication
from cohorts.services import copies, scholarships, seats
from payments.flows import checkout
from payments.services import leaving
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import english, shut_out, studio, text
from tests.cohorts.scholars import WORDS, answer, ask, ask_url
from tests.cohorts.waiting_line import people
from tests.payments.buying import LocalStripe, assert_books_match, begin, join, join_url
from tests.payments.conftest import local_stripe, stripe  # noqa: F401
from tests.people import enroll, make_cohort, make_person, make_study, sign_in
from tests.racing import at_once, in_turn

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
ASKED = "cohorts_scholarshipapplication"


def test_from_the_offer_to_the_seat_and_back_it_is_one_number(
    stripe: LocalStripe,  # noqa: F811
    offered: Scholarship,
    host: User,
    stranger: User,
    cohort: Cohort,
) -> None:
    before, browser = stripe.balance("KRW"), sign_in(stranger)
    row = ask(stranger, cohort)
    assert "They answer by letter." in text(browser.get(ask_url(cohort)))
    page = text(english(host).get(studio("scholarships", cohort)))
    assert "아르바이트로 지내고 있어요." in page
    assert "<b>꼭</b>" not in page
    assert "has your answer" in text(answer(host, row))
    row.refresh_from_db()
    assert (row.state, row.price) == ("granted", 75_000)
    shown = browser.get(join_url(cohort))
    assert "₩75,000" in text(shown)
    payment = begin(browser, cohort, offer=shown.context["offer"])
    assert payment.amount == stripe.api.v1.checkout.sessions.retrieve(payment.reference).amount_total == 75_000
    stripe.pay(payment.reference or "")
    checkout.advance(payment)
    place = Enrollment.objects.get(person=stranger)
    assert (place.state, place.price, place.price_kind) == ("active", 75_000, "scholarship")
    assert leaving.quote(place).amount == 75_000  # what comes back is what was paid
    assert_books_match(stripe, cohort, before)


def test_a_place_at_nothing_is_a_free_seat(yes: ScholarshipApplication, stranger: User, cohort: Cohort) -> None:
    ScholarshipApplication.objects.update(price=0)
    assert join(sign_in(stranger), cohort).status_code == 302
    assert Enrollment.objects.get(person=stranger).state == "active"


def test_the_words_are_the_hosts_alone(
    offered: Scholarship, cohort: Cohort, host: User, stranger: User, member: User, partner: User, other_host: User
) -> None:
    row = ask(stranger, cohort)
    shut_out(studio("scholarships", cohort), [member, partner, stranger, other_host])
    address = studio("scholarship_answer", cohort, row.public_id)
    shut_out(address, [member, partner, stranger, other_host], {"answer": "yes"}, get=False)
    row.refresh_from_db()
    assert row.state == "asked"
    letter = Letter.objects.get(recipient=host, kind="scholarship_asked")
    assert "아르바이트" not in letter.text + letter.html  # it stands in the studio, not in a mailbox
    assert "아르바이트" not in text(sign_in(member).get(ask_url(cohort)))
    elsewhere = make_cohort(cohort.study)
    wrong = studio("scholarship_answer", elsewhere, row.public_id)
    assert english(host).post(wrong, {"answer": "yes"}).status_code == 404


def test_who_has_no_account_makes_one_and_who_looks_asks_nothing(offered: Scholarship, cohort: Cohort) -> None:
    assert "학생과 구직 중인 분" in text(Client().get(ask_url(cohort)))
    assert Client().post(ask_url(cohort), {"words": WORDS}).url.startswith(reverse("account_signup"))
    assert not ScholarshipApplication.objects.exists()


def test_the_landing_page_leads_there_while_a_place_is_left(
    offered: Scholarship, cohort: Cohort, host: User, client: Client
) -> None:
    assert ask_url(cohort) in text(client.get(cohort.get_absolute_url()))
    english(host).post(studio("scholarships", cohort), {"places": "0", "percent": "50"})
    cache.clear()  # kept pages go after commit, which no test has
    assert ask_url(cohort) not in text(client.get(cohort.get_absolute_url()))
    assert ask_url(make_cohort(cohort.study)) not in text(client.get(make_cohort(cohort.study).get_absolute_url()))


def refused(verb: Any, *args: Any, **more: Any) -> str:
    with translation.override("en"), pytest.raises(Refused) as found:
        verb(*args, **more)
    return found.value.code


def test_one_question_each_and_not_again_after_a_no(
    offered: Scholarship, cohort: Cohort, host: User, stranger: User, member: User
) -> None:
    row = ask(stranger, cohort)
    assert refused(scholarships.ask, stranger, cohort, WORDS) == "asked"
    assert scholarships.withdraw(stranger, row)
    row = ask(stranger, cohort)
    scholarships.decline(host, row, words="다음에 꼭 같이 해요.")
    assert refused(scholarships.ask, stranger, cohort, WORDS) == "asked"
    assert refused(scholarships.ask, member, cohort, WORDS) == "already_in"
    scholarships.offer(host, cohort, places=0, percent=50)
    assert refused(scholarships.ask, make_person("late", "늦은 이"), cohort, WORDS) == "closed"
    Cohort.objects.update(state="closed")
    cohort.refresh_from_db()
    scholarships.offer(host, cohort, places=2, percent=50)
    assert refused(scholarships.ask, make_person("later", "더 늦은 이"), cohort, WORDS) == "closed"


def test_nobody_asks_or_is_answered_where_nothing_is_to_be_had(
    yes: ScholarshipApplication, cohort: Cohort, host: User, other_host: User
) -> None:
    asked = ask(other_host, cohort)
    scholarships.offer(host, cohort, places=1, percent=50)
    assert refused(scholarships.ask, make_person("late", "늦은 이"), cohort, WORDS) == "all_given"
    assert refused(scholarships.decline, host, yes, words="다음에 꼭 같이 해요.") == "moved_on"
    scholarships.offer(host, cohort, places=2, percent=50)
    Cohort.objects.update(state="closed")
    assert refused(scholarships.grant, host, asked, percent=50) == "closed"
    yes.refresh_from_db()
    assert (yes.state, Scholarship.objects.get().used) == ("granted", 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("then", ["yes", "no"])
def test_two_hosts_answer_at_once_and_only_one_answer_counts(study: Any, host: User, stranger: User, then: str) -> None:
    cohort = make_cohort(study)
    scholarships.offer(host, cohort, places=5, percent=50)
    row = scholarships.ask(stranger, cohort, WORDS)
    no = partial(scholarships.decline, host, row, words="다음에 꼭 같이 해요.")
    yes = partial(scholarships.grant, host, row, percent=50)
    assert in_turn(yes, yes if then == "yes" else no, table=ASKED) == ["done", "refused"]
    assert Scholarship.objects.get().used == 1
    assert Letter.objects.filter(recipient=stranger).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_free_a_place_once(study: Any, host: User, stranger: User) -> None:
    cohort = make_cohort(study)
    scholarships.offer(host, cohort, places=5, percent=50)
    for person in (stranger, make_person("kept", "남은 이")):
        scholarships.grant(host, scholarships.ask(person, cohort, WORDS), percent=50)
    row = ScholarshipApplication.objects.get(person=stranger)
    ScholarshipApplication.objects.filter(pk=row.pk).update(until=timezone.now())
    at_once(*[partial(scholarships.lapse, row)] * 4)
    assert Scholarship.objects.get().used == 1


@pytest.mark.django_db(transaction=True)
def test_a_yes_cannot_be_taken_back_while_its_seat_is_being_held(study: Any, host: User, stranger: User) -> None:
    cohort = make_cohort(study)
    scholarships.offer(host, cohort, places=1, percent=50)
    row = scholarships.grant(host, scholarships.ask(stranger, cohort, WORDS), percent=50)
    hold, back = partial(seats.hold, stranger, cohort), partial(scholarships.withdraw, stranger, row)
    assert in_turn(hold, back, table=ASKED) == ["done", "not done"]
    assert (Enrollment.objects.get().price, Scholarship.objects.get().used) == (75_000, 1)


def test_a_no_brings_the_hosts_words_and_holds_no_price(
    offered: Scholarship, cohort: Cohort, host: User, stranger: User
) -> None:
    row = ask(stranger, cohort)
    answer(host, row, answer="no", words=" ")
    row.refresh_from_db()
    assert row.state == "asked"  # never without a word
    answer(host, row, answer="no", words="다음에 꼭 같이 해요. <i>정은혜</i>")
    letter = Letter.objects.get(recipient=stranger, key__startswith="scholarship_declined")
    assert "다음에 꼭 같이 해요." in letter.text
    assert "<i>" not in letter.html
    assert letter.subject == "About your scholarship: 내 일에 AI 쓰기, cohort 1"
    assert "Not this time" in text(sign_in(stranger).get(ask_url(cohort)))
    assert "₩150,000" in text(sign_in(stranger).get(join_url(cohort)))
    assert Scholarship.objects.get().used == 0
    assert refused(scholarships.grant, host, row, percent=50) == "moved_on"


def test_words_are_as_long_as_the_browser_lets_them_be(
    offered: Scholarship, cohort: Cohort, host: User, stranger: User
) -> None:
    """It counts a new line once, and sends two characters for it."""
    row, five = ask(stranger, cohort), "\r\n".join(["가" * 119] * 5)
    answer(host, row, answer="no", words=five + "나다")  # 601
    row.refresh_from_db()
    assert row.state == "asked"
    answer(host, row, answer="no", words=five + "나")  # 600
    row.refresh_from_db()
    assert (row.state, len(row.answer)) == ("declined", 600)


def test_a_yes_says_price_and_deadline_on_the_readers_clock(yes: ScholarshipApplication, stranger: User) -> None:
    letter = Letter.objects.get(recipient=stranger, key__startswith="scholarship_granted")
    assert "₩75,000" in letter.text
    assert "London time" in letter.text
    assert join_url(yes.scholarship.cohort) in letter.text
    assert yes.until
    assert 6 * DAY < yes.until - timezone.now() < 8 * DAY


def test_the_deadline_never_lies_past_the_day_joining_closes_and_counts_from_the_opening(
    offered: Scholarship, cohort: Cohort, host: User, stranger: User, other_host: User
) -> None:
    one, two = ask(stranger, cohort), ask(other_host, cohort)
    opens_at = timezone.now() + 3 * DAY
    Cohort.objects.update(opens_at=opens_at)
    assert scholarships.grant(host, one, percent=50).until == opens_at + scholarships.HOLDS
    Cohort.objects.update(opens_at=None, closes_at=timezone.now() + 2 * DAY)
    cohort.refresh_from_db()
    assert scholarships.grant(host, two, percent=50).until == cohort.closes_at


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_many_yeses_at_once_give_exactly_the_places_there_are(
    study: Any, host: User, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Two hosts press yes for twelve people at once; without the guard, the negative control, too many are given."""
    cohort = make_cohort(study, capacity=30)
    scholarships.offer(host, cohort, places=3, percent=50)
    rows = [scholarships.ask(person, cohort, WORDS) for person in people(12)]
    if not guarded:
        monkeypatch.setattr(scholarships, "_give_place", look_then_write)

    given = at_once(*(partial(scholarships.grant, host, row, percent=50) for row in rows)).count("done")
    granted = ScholarshipApplication.objects.filter(state="granted").count()
    assert (given == granted == Scholarship.objects.get().used == 3) == guarded


def look_then_write(row: ScholarshipApplication) -> bool:
    scholarship = Scholarship.objects.get(pk=row.scholarship_id)
    time.sleep(0.05)
    if scholarship.used >= scholarship.places:
        return False
    Scholarship.objects.filter(pk=scholarship.pk).update(used=scholarship.used + 1)
    return True


def test_both_words_are_erased_when_their_day_comes(
    offered: Scholarship, host: User, stranger: User, other_host: User, cohort: Cohort
) -> None:
    answered, open_one = ask(stranger, cohort), ask(other_host, cohort)
    scholarships.decline(host, answered, words="다음에 꼭 같이 해요.")
    for after, kept in ((29 * DAY, True), (31 * DAY, False)):
        with time_machine.travel(timezone.now() + after):
            queue.drain("cohorts.drain_scholarship_words")
        answered.refresh_from_db()
        assert bool(answered.words) == bool(answered.answer) == kept
    open_one.refresh_from_db()
    assert open_one.words  # until joining has closed for a month
    with time_machine.travel(cohort.closes_at + 31 * DAY):
        queue.drain("cohorts.drain_scholarship_words")
    open_one.refresh_from_db()
    assert not open_one.words


def test_what_is_taken_back_is_erased_at_once_and_free(
    yes: ScholarshipApplication, stranger: User, cohort: Cohort
) -> None:
    held = seats.hold(stranger, cohort)
    assert not scholarships.withdraw(stranger, yes)  # a seat is held at it
    seats.release(held, "expired")
    sign_in(stranger).post(ask_url(cohort, "scholarship_withdraw"))
    yes.refresh_from_db()
    assert (yes.state, yes.words, Scholarship.objects.get().used) == ("withdrawn", "", 0)
    assert not scholarships.withdraw(stranger, yes)


def test_fewer_places_than_were_given_and_free_seats_are_refused(
    yes: ScholarshipApplication, host: User, cohort: Cohort, study: Any
) -> None:
    page = english(host).post(studio("scholarships", cohort), {"places": "0", "percent": "50"})
    assert page.context["form"].errors["places"]
    free = make_cohort(study, amount=0)
    page = english(host).post(studio("scholarships", free), {"places": "1", "percent": "50"})
    assert page.context["form"].errors["places"]
    for wrong in ({"used": 9}, {"percent": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Scholarship.objects.filter(cohort=cohort).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        ScholarshipApplication.objects.update(price=None)


def test_the_studio_says_that_somebody_waits_and_the_next_run_offers_the_same(
    offered: Scholarship, cohort: Cohort, host: User, stranger: User
) -> None:
    ask(stranger, cohort)
    page = text(english(host).get(reverse("studio")))
    assert "1 person asks for a scholarship in cohort 1" in page
    copy = copies.run_again(host, cohort)
    made = Scholarship.objects.get(cohort=copy)
    assert (made.places, made.percent, made.for_whom, made.used) == (2, 50, "학생과 구직 중인 분", 0)


def test_a_hidden_study_offers_nothing(offered: Scholarship, stranger: User) -> None:
    drafted = make_cohort(make_study(offered.cohort.study.payee, slug="x", state="draft"))
    enroll(stranger, make_cohort(offered.cohort.study))
    assert sign_in(stranger).get(ask_url(drafted)).status_code == 404
