"""The world of `make demo`, made into the test's database and looked at by the people who live in it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Seats, Session, Thanks
from cohorts.policies import enrollments_in
from cohorts.services import contributions
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction, Payment, Payout, PayoutBatch, Receipt
from showcase.models import CaseStudy, Comment
from studyplatform.accounts.models import User
from studyplatform.demo.world import data, pictures
from studyplatform.demo.world.build import build
from studyplatform.demo.world.world import World
from studyplatform.kit import queue
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.demo import tour
from tests.payments.buying import LocalStripe, balance
from tests.people import sign_in

pytestmark = pytest.mark.django_db


@dataclass
class Made:
    """A world, what the same world was when it was made once before, and the local Stripe that took its money."""

    world: World
    once: list[Any]
    stripe: LocalStripe
    before: dict[str, int]

    def browser(self, name: str) -> Client:
        return sign_in(self.world.people[name])


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("media")
    with (
        closing(LocalStripe(tmp_path_factory.mktemp("stripe"))) as stripe,
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder, STRIPE_API_BASE=stripe.address),
    ):
        with taken_back():
            build()
            once = told()
        before = {currency: stripe.balance(currency) for currency in ("KRW", "USD")}
        with taken_back():
            yield Made(build(), once, stripe, before)


class taken_back(transaction.Atomic):  # noqa: N801 - reads as what it does
    """A transaction of the test's own, rolled back at its end."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)
        self._from_testcase = True

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        super().__exit__(*error)


def told() -> list[Any]:
    """What of a world can be written down: ids, titles, amounts, places, numbers."""
    return [
        list(CaseStudy.objects.order_by("public_id").values_list("public_id", "title", "state", "visibility")),
        list(Session.objects.order_by("public_id").values_list("public_id", "number", "cohort__study__slug")),
        list(Payment.objects.order_by("public_id").values_list("public_id", "buyer__email", "amount", "state")),
        list(Enrollment.objects.order_by("public_id").values_list("public_id", "person__email", "state")),
        list(Receipt.objects.order_by("number").values_list("number", "payment__public_id")),
        list(Payout.objects.order_by("pk").values_list("payee__person__email", "amount", "state")),
    ]


def text_of(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_posts_name_people_cohorts_and_pictures_that_are_there() -> None:
    cohorts = {cohort["key"] for study in data.studies() for cohort in study["cohort"]}
    for name, post in data.posts().items():
        assert post["author"] in data.people(), name
        assert post["in"] in cohorts, name
        for picture in pictures.NAMED.findall(post["html"]):
            assert data.picture(picture), name


def test_it_is_the_same_world_each_time(made: Made) -> None:
    assert told() == made.once


def test_everybody_can_sign_in_with_the_password_demo(made: Made) -> None:
    for name in data.people():
        person = authenticate(email=f"{name}@example.com", password="demo")
        assert person is not None, name
        assert person.emailaddress_set.get().verified
    assert set(User.objects.filter(is_superuser=True).values_list("handle", flat=True)) == {"admin", "admin2"}


def test_a_visitor_finds_posts_and_open_cohorts(made: Made) -> None:
    front = text_of(Client(), "/")
    newest = CaseStudy.objects.filter(state="published", visibility="public", language="ko").latest("published_at")
    assert newest.title in front
    assert "/faces/" in front or "/media/" in front
    assert "Plain Words at Work" in text_of(Client(), "/en/")
    landing = text_of(Client(), made.world.cohorts["work-3"].get_absolute_url())
    for group in made.world.cohorts["work-3"].subgroups.all():
        assert group.topic in landing
        assert group.chat_link not in landing


def test_every_public_post_can_be_read_and_no_other(made: Made) -> None:
    for post in CaseStudy.objects.select_related("enrollment__cohort__study"):
        status = 200 if post.is_public else 410 if post.state == "removed" else 404
        text = text_of(Client(), reverse("case_study", args=[post.public_id, post.slug]), status)
        assert (post.title in text) == (status == 200), post.title


def test_a_post_for_the_cohort_is_read_by_its_members_only(made: Made) -> None:
    post = made.world.posts["question-box"]
    assert post.title in text_of(made.browser("member"), post.get_absolute_url())
    assert post.title not in text_of(made.browser("newcomer"), post.get_absolute_url(), 403)


def test_remixes_name_whom_they_continue(made: Made) -> None:
    first = made.world.posts["print-shop"]
    names = {post.author.name for post in first.remixes.all()}
    assert names >= {"윤재훈", "강미숙", "황준서", "명경림"}
    for remix in first.remixes.all():
        assert first.title in text_of(Client(), remix.get_absolute_url())


def test_a_sold_out_cohort_takes_nobody(made: Made) -> None:
    cohort = made.world.cohorts["numbers-2"]
    assert Seats.objects.get(cohort=cohort).left == 0
    page = made.browser("newcomer").get(reverse("join", args=[cohort.study.slug, cohort.number]))
    assert page.templates[0].name == "payments/join/sold_out.html"


def test_a_cohort_too_small_was_called_off_by_itself_and_paid_back(made: Made) -> None:
    cohort = made.world.cohorts["numbers-1"]
    cohort.refresh_from_db()
    assert cohort.state == Cohort.State.CALLED_OFF
    for payment in Payment.objects.filter(lines__enrollment__cohort=cohort):
        assert [refund.state for refund in payment.lines.get().refunds.all()] == ["succeeded"]
        assert payment.lines.get().refunded == payment.amount


def test_the_member_sees_their_week(made: Made) -> None:
    browser, cohort = made.browser("member"), made.world.cohorts["work-2"]
    assert cohort.study.title in text_of(browser, "/home/")
    mine, other = cohort.subgroups.get(position=0), cohort.subgroups.get(position=1)
    space = text_of(browser, "/c/ai-at-work/9/")
    assert mine.chat_link in space
    assert other.chat_link not in space
    assert made.world.posts["lens-stock"].title in text_of(browser, "/home/posts/")
    turns = text_of(browser, "/c/ai-at-work/9/turns/")
    for name in ("서지원", "남성호", "권다혜"):
        assert name in turns
    assert text_of(made.browser("newcomer"), "/c/ai-at-work/9/", 403)


def test_the_next_session_has_ready_turns_and_a_free_one(made: Made) -> None:
    coming = made.world.cohorts["work-2"].sessions.get(subgroup=None, number=4)
    states = sorted(coming.presentations.values_list("state", flat=True))
    assert states == ["claimed", "ready", "ready", "ready"]
    assert coming.turns == 5


def test_everybody_who_completed_a_cohort_shows_two_posts(made: Made) -> None:
    finished = Cohort.objects.filter(state=Cohort.State.FINISHED, posts_needed__gt=0)
    assert finished.count() == 2
    for cohort in finished:
        completed = enrollments_in(cohort).filter(state=Enrollment.State.COMPLETED)
        assert completed.count() >= 5
        for enrollment in completed:
            out = enrollment.case_studies.filter(state="published")
            assert out.count() == contributions.count(enrollment, contributions.POST) >= 2, enrollment.person


def test_the_running_cohort_is_the_ninth_with_three_hundred_in_twenty_groups(made: Made) -> None:
    cohort = made.world.cohorts["work-2"]
    assert cohort.number == 9
    assert enrollments_in(cohort).count() == 300
    groups = cohort.subgroups.all()
    assert groups.count() == 20
    for group in groups:
        people = enrollments_in(cohort).filter(memberships__subgroup=group, memberships__until=None)
        assert people.count() == group.taken >= 8
        hellos = list(people.exclude(introduction="").values_list("introduction", flat=True))
        assert len(set(hellos)) == len(hellos) >= 8
        assert group.leaderships.get().partner.state == "approved"
    names = list(enrollments_in(cohort).values_list("person__profile__pen_name", flat=True))
    assert len(names) == len(set(names))


COLUMNS = {  # what two people's rows cannot share
    *("id", "public_id", "person", "person_id", "buyer_id", "key", "reference", "address", "intent", "introduction"),
    *("number", "joined_at", "created_at", "paid_at", "done_at", "due_at", "expires_at", "at", "issued_at", "since"),
    *("enrollment_id", "payment_id", "subgroup_id", "transaction_id", "text", "html", "subject", "recipient_id"),
    *(
        "about",
        "user_id",
        "email",
        "handle",
        "calendar_token",
        "mail_token",
        "date_joined",
        "letters_seen_at",
        "line_id",
    ),
    *("withdrawn_at", "password", "came_from_kind", "came_from_id", "actor_id", "subject_id", "cause"),
}
WORDS = {"pen_name", "work", "field", "about", "can_help", "looking_for", "picture"}


def alike(row: Any) -> dict[str, Any]:
    """What of a row is the same for everybody, and of the rest whether it is there at all."""
    columns = {name: value for name, value in vars(row).items() if not name.startswith("_") and name not in WORDS}
    return {name: bool(value) if name in COLUMNS else value for name, value in columns.items()}


def rows_of(person: User, cohort: Cohort) -> dict[str, Any]:
    """Everything joining a cohort wrote about a person."""
    place = person.enrollments.get(cohort=cohort)
    line = place.payment_lines.get()
    payment = line.payment
    first = LedgerTransaction.objects.filter(line=line, cause__in=(f"sale:{line.pk}", f"fee:{line.pk}"))
    history = Change.objects.filter(subject_type__in=("cohorts.enrollment", "payments.payment"))
    return {
        "person": [alike(row) for row in (person, person.profile, person.emailaddress_set.get())],
        "consents": sorted(person.consents.values_list("kind", "version", "withdrawn_at")),
        "place": [alike(place), alike(place.memberships.get())],
        "payment": [alike(payment), alike(line), alike(payment.receipt)],
        "ledger": [
            (booked.cause.partition(":")[0], list(booked.entries.order_by("amount").values_list("account", "amount")))
            for booked in first.order_by("pk")
        ],
        "history": [
            (one.subject_type, one.from_state, one.to_state, one.actor_id in (person.pk,))
            for one in history.filter(subject_id__in=(place.pk, payment.pk)).order_by("pk")
            if one.subject_id == str({"cohorts.enrollment": place, "payments.payment": payment}[one.subject_type].pk)
        ],
        "letters": [alike(letter) for letter in Letter.objects.filter(key=f"joined:{payment.pk}")],
    }


def test_the_crowds_rows_are_those_of_the_verbs(made: Made) -> None:
    cohort, verbs = made.world.cohorts["work-2"], made.world.people["jiwon"]
    told = rows_of(User.objects.get(pk=verbs.pk), cohort)
    crowd = [name for name in made.world.people if name[-1].isdigit()]
    assert len(crowd) > 250
    for name in crowd[60::50]:
        rows = rows_of(User.objects.get(handle=name), cohort)
        for what, row in rows.items():
            same = sorted(row) == sorted(told[what]) if what == "history" else row == told[what]
            assert same, (name, what, row, told[what])


def test_books_balance_and_match_stripe(made: Made) -> None:
    for currency in ("KRW", "USD"):
        entries = LedgerEntry.objects.filter(account__currency=currency).values_list("amount", flat=True)
        assert entries
        assert sum(entries) == 0
        assert balance("stripe", currency) == made.stripe.balance(currency) - made.before[currency]
    for cohort in Cohort.objects.filter(state="finished"):
        escrow = LedgerAccount.objects.get(kind="escrow", cohort=cohort)
        assert sum(escrow.entries.values_list("amount", flat=True)) == 0  # all of it was released


def test_seats_are_the_people_who_sit(made: Made) -> None:
    for seats in Seats.objects.select_related("cohort"):
        assert seats.taken == seats.cohort.enrollments.filter(state__in=Enrollment.SEATED).count()
        for group in seats.cohort.subgroups.all():
            assert group.taken == group.memberships.filter(until=None).count()


def test_one_batch_is_paid_and_one_waits_for_a_second_person(made: Made) -> None:
    closed, waiting = PayoutBatch.objects.order_by("pk")
    assert (closed.state, waiting.state) == ("closed", "draft")
    assert (closed.maker.handle, closed.checker.handle) == ("admin", "admin2")
    assert set(closed.payouts.values_list("state", flat=True)) == {"paid"}
    paid = closed.payouts.get(payee__person=made.world.people["host"])
    assert f"{paid.amount:,}" in text_of(made.browser("host"), "/studio/money/")
    assert text_of(made.browser("admin2"), reverse("admin:payments_payoutbatch_change", args=[waiting.pk]))


def test_partners_find_their_groups(made: Made) -> None:
    assert "가게와 단골" in text_of(made.browser("partner"), "/partner/")


def test_nothing_is_overdue_and_no_old_letter_leaves(made: Made) -> None:
    assert {one.name: waited for one, waited in queue.oldest_due() if waited and waited > 0} == {}
    assert Letter.objects.count() > 50
    assert not Letter.objects.filter(done_at=None).exists()
    sent = {delivery["state"] for delivery in made.stripe.ask("GET", "deliveries")["deliveries"]}
    assert sent <= {"dropped"}


def test_the_tour_can_be_followed(made: Made, settings: Any) -> None:
    """docs/tour.md by chapter: what it opens is there, what it presses can be pressed, what it names is seen."""
    told = tour.chapters(Path(settings.BASE_DIR, "docs", "tour.md").read_text())
    assert [who for _title, who, _steps in told] == [None, "newcomer", "member", "partner", "host", "admin", None, None]
    for title, who, steps in told:
        with taken_back():
            assert steps, title
            tour.walk(made.browser(who) if who else Client(), steps)


def test_the_crowd_writes_and_no_search_engine_is_shown_it(made: Made) -> None:
    over, running = made.world.cohorts["work-1"], made.world.cohorts["work-2"]
    crowd = CaseStudy.objects.filter(kept_from_search=True)
    assert crowd.filter(enrollment__cohort=over).count() > 40
    assert not crowd.filter(indexed=True).exists()
    assert set(crowd.filter(enrollment__cohort=running).values_list("visibility", flat=True)) == {"cohort"}
    completed = Enrollment.objects.filter(cohort=over, state=Enrollment.State.COMPLETED)
    assert completed.count() > 20
    assert all(place.case_studies.filter(state="published").count() >= 2 for place in completed)
    assert crowd.values("title").distinct().count() > crowd.count() * 0.9


def test_people_say_something_to_each_other(made: Made) -> None:
    assert Comment.objects.filter(answers=None).count() > 20
    assert Comment.objects.exclude(answers=None).exists()
    assert Thanks.objects.count() > 8
    said = Comment.objects.select_related("case_study").first()
    assert said.text[:20] in text_of(Client(), said.case_study.get_absolute_url())
