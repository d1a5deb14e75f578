"""Seats paid for elsewhere: a host's list, looked at line by line, then brought in; the money is never ours."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Seats, Study, Subgroup
from cohorts.services import seats, waiting
from payments.models import LedgerEntry, LedgerTransaction, Payment, Receipt, Refund
from payments.services import audits, moving, outside, payouts, refunds, releases
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from tests.accounts.test_joining import code_in, newest
from tests.payments.buying import LocalStripe, assert_seats_match, balance, drain, hurry
from tests.payments.test_moving import make_later, plain
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db
HEAD = "email,name,amount,subgroup,reference"
TWO = (HEAD, "minji@example.org,김민지,120000,소모임 1,A-1", 'jun@example.org,이준,"150,000",,A-2')


@pytest.fixture
def studio(host: User) -> Client:
    return sign_in(host)


def url(cohort: Cohort) -> str:
    return reverse("studio_outside", args=[cohort.study.slug, cohort.number])


def look(studio: Client, cohort: Cohort, *lines: str, encoding: str = "utf-8") -> HttpResponse:
    return studio.post(url(cohort), {"file": SimpleUploadedFile("list.csv", "\n".join(lines).encode(encoding))})


def bring(studio: Client, cohort: Cohort, *lines: str) -> HttpResponse:
    return studio.post(url(cohort), {"lines": "\n".join(lines), "sure": "1"}, follow=True)


def member_of(cohort: Cohort, email: str) -> Client:
    return sign_in(cohort.enrollments.get(person__email=email, state="active").person)


def assert_books_know_nothing() -> None:
    assert not LedgerEntry.objects.exists()
    assert not LedgerTransaction.objects.exists()
    assert [found for check in audits.CHECKS.values() for found in check()] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_the_list_is_looked_at_first(studio: Client, cohort: Cohort, encoding: str) -> None:
    page = look(studio, cohort, *TWO, encoding=encoding).content.decode()
    for words in ("김민지", "120,000", "2명에게 자리 주기"):
        assert words in page
    assert not Payment.objects.exists()
    assert not User.objects.filter(email="minji@example.org").exists()


@pytest.mark.parametrize("mark", [";", "\t"])
def test_cells_may_be_parted_by_other_marks_and_named_in_korean(studio: Client, cohort: Cohort, mark: str) -> None:
    lines = (mark.join(["이름", "결제 금액", "이메일"]), mark.join(["김민지", "₩120,000", "minji@example.org"]))
    bring(studio, cohort, *lines)
    assert Payment.objects.get().amount == 120_000


def test_each_gets_a_seat_a_letter_and_no_money_is_booked(studio: Client, cohort: Cohort) -> None:
    for _n in range(2):  # the same list again changes nothing
        bring(studio, cohort, *TWO)
    assert Payment.objects.filter(provider="outside", state="paid").count() == 2
    place = Enrollment.objects.get(person__email="minji@example.org")
    assert (place.state, place.price, place.person.name) == ("active", 120_000, "김민지")
    assert place.memberships.get(until=None).subgroup.topic == "소모임 1"
    assert Letter.objects.filter(key__startswith="brought-in").count() == 2
    assert not Receipt.objects.exists()
    assert_books_know_nothing()
    assert_seats_match(cohort)
    paid = plain(sign_in(place.person).get(reverse("payments")))
    assert "120,000원" in paid
    assert "정은혜" in paid
    assert "김민지" in studio.get(url(cohort)).content.decode()


def test_who_had_no_account_comes_in_by_one_code(studio: Client, cohort: Cohort) -> None:
    bring(studio, cohort, *TWO)
    letter = Letter.objects.get(key__startswith="brought-in", recipient__email="minji@example.org")
    assert reverse("account_request_login_code") in letter.text
    browser = Client()
    browser.post(reverse("account_request_login_code"), {"email": "minji@example.org"})
    browser.post(reverse("account_confirm_login_code"), {"code": code_in(newest("minji@example.org"))})
    space = reverse("space", args=[cohort.study.slug, cohort.number])
    browser.post(browser.get(space).headers["Location"])  # what holds is agreed to first (test_agreeing.py)
    assert browser.get(space).status_code == 200


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("nobody,김,1000,,", "이메일"),
        ("a@example.org,,1000,,", "이름"),
        ("a@example.org,김,많이,,", "금액"),
        ("a@example.org,김,0,,", "금액"),
        ("a@example.org,김,-5,,", "금액"),
        ("a@example.org,김,99999999999,,", "금액"),
        ("a@example.org,김", "금액"),
        ("a@example.org,김,1000,없는 모임,", "없는 모임"),
        ("member@example.com,배소라,1000,,", "이미"),
        ("MINJI@example.org,김민지,120000,,A-9", "두 번"),
        ("a@example.org,김,1000,,A-1", "두 번"),
    ],
)
def test_a_line_that_cannot_be_is_named_beside_the_field_and_the_others_go_on(
    studio: Client, cohort: Cohort, member: User, line: str, sentence: str
) -> None:
    lines = (*TWO, "", line)
    seen = plain(look(studio, cohort, *lines))
    done = bring(studio, cohort, *lines)
    for words in (seen, plain(done)):
        assert "5번째 줄" in words  # as a spreadsheet counts, the empty one too
        assert sentence in words
    assert done.context["form"]["lines"].value() == "\n".join(lines)
    assert Payment.objects.filter(provider="outside").count() == 2


def test_a_reference_is_one_persons(studio: Client, cohort: Cohort) -> None:
    bring(studio, cohort, *TWO)
    page = plain(bring(studio, cohort, HEAD, "other@example.org,다른 사람,1000,,A-1"))
    assert "다른 사람의" in page
    assert not User.objects.filter(email="other@example.org").exists()


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("a,b", "1,2"),
        (HEAD,),
        (HEAD, *[f"a{n}@example.org,김,1000,," for n in range(501)]),
        (HEAD, 'a@example.org,"김,1000,,', "b@example.org,이,1000,,"),  # what is not closed would swallow the rest
    ],
)
def test_what_is_no_list_is_refused(studio: Client, cohort: Cohort, lines: tuple[str, ...]) -> None:
    assert look(studio, cohort, *lines).status_code == 422
    assert not Payment.objects.exists()


def test_a_file_that_is_no_text_is_refused(studio: Client, cohort: Cohort) -> None:
    for content in (b"PK\x03\x04\xff\xfe\x00\x81", b"x" * 200_001):
        answer = studio.post(url(cohort), {"file": SimpleUploadedFile("list.csv", content)})
        assert answer.status_code == 422


def test_what_looks_like_a_formula_or_a_page_is_text(studio: Client, cohort: Cohort) -> None:
    bring(
        studio,
        cohort,
        HEAD,
        '"a@example.org","=HYPERLINK(""http://x"")",1000,,',
        "b@example.org,<script>x</script>,1000,,",
    )
    page = studio.get(url(cohort)).content.decode()
    assert "<script>x" not in page
    assert User.objects.get(email="a@example.org").name.startswith("HYPERLINK")


def test_never_more_than_there_are_seats_and_nobody_in_line_is_overtaken(studio: Client, cohort: Cohort) -> None:
    Seats.objects.filter(cohort=cohort).update(capacity=1)
    assert "1명에게 자리 주기" in look(studio, cohort, *TWO).content.decode()
    assert "3번째 줄" in plain(bring(studio, cohort, *TWO))
    assert Enrollment.objects.filter(cohort=cohort, state="active").count() == 1
    first = make_person("next", "다음")
    waiting.wait(first, cohort)
    Seats.objects.filter(cohort=cohort).update(capacity=3)
    bring(studio, cohort, HEAD, "third@example.org,셋째,1000,,", "next@example.com,다음,1000,,")
    assert not Enrollment.objects.filter(person__email="third@example.org").exists()
    assert Enrollment.objects.get(person=first).state == "waitlisted"
    assert_seats_match(cohort)


def test_a_full_subgroup_is_no_room(studio: Client, cohort: Cohort) -> None:
    Subgroup.objects.filter(cohort=cohort, position=0).update(capacity=1)
    lines = (HEAD, "a@example.org,김,1000,소모임 1,", "b@example.org,이,1000,소모임 1,")
    assert "1명에게 자리 주기" in look(studio, cohort, *lines).content.decode()
    bring(studio, cohort, *lines)
    assert Payment.objects.count() == 1


def test_who_is_paying_keeps_their_own_seat(studio: Client, cohort: Cohort, stranger: User) -> None:
    held = seats.hold(stranger, cohort)
    bring(studio, cohort, HEAD, f"{stranger.email},이방인,1000,,")
    held.refresh_from_db()
    assert (held.state, held.price) == ("held", 150_000)
    assert not Payment.objects.filter(provider="outside").exists()


def test_a_closed_cohort_and_a_closed_account_take_nobody(studio: Client, cohort: Cohort, stranger: User) -> None:
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    bring(studio, cohort, HEAD, f"{stranger.email},이방인,1000,,")
    Cohort.objects.filter(pk=cohort.pk).update(state=Cohort.State.CLOSED)
    assert "자리 주기" not in look(studio, cohort, *TWO).content.decode()
    bring(studio, cohort, *TWO)
    assert not Payment.objects.exists()


def test_sessions_and_payouts_bring_nothing_of_it(studio: Client, cohort: Cohort) -> None:
    bring(studio, cohort, *TWO)
    releases.release(cohort.sessions.get(number=1, subgroup=None))
    payouts.run()
    assert_books_know_nothing()


def test_who_leaves_gets_it_back_from_the_host(studio: Client, cohort: Cohort, host: User) -> None:
    bring(studio, cohort, *TWO)
    own = member_of(cohort, "jun@example.org")
    leave = reverse("leave", args=[cohort.study.slug, cohort.number])
    assert "정은혜" in plain(own.get(leave))
    own.post(leave, {"seen": "150000"})
    queue.drain("payments.drain_refunds")
    refund = Refund.objects.get()
    assert (refund.state, refund.amount, refund.line.refunded) == ("outside", 150_000, 150_000)
    assert_books_know_nothing()
    assert "150,000원" in Letter.objects.get(recipient=host, key__startswith="give-back-outside").subject
    told = Letter.objects.get(recipient__email="jun@example.org", key__startswith="left").text
    assert "정은혜" in told
    assert "결제하신 방법" not in told
    assert "정은혜" in plain(own.get(reverse("checkout_return", args=[refund.line.payment.public_id])))
    assert "돌려줬어요" in plain(studio.get(url(cohort)))
    bring(studio, cohort, *TWO)  # an old list gives no seat again
    assert_seats_match(cohort)


def test_a_host_ticks_off_what_was_given_back(studio: Client, cohort: Cohort, other_host: User) -> None:
    bring(studio, cohort, *TWO)
    member_of(cohort, "jun@example.org").post(
        reverse("leave", args=[cohort.study.slug, cohort.number]), {"seen": "150000"}
    )
    refund = Refund.objects.get()
    assert sign_in(other_host).post(url(cohort), {"given": refund.pk}).status_code == 404
    for strange in ("0", "x", "²", "9" * 25, "9" * 5_000):
        assert studio.post(url(cohort), {"given": strange}).status_code == 404
    studio.post(url(cohort), {"given": refund.pk})
    refund.refresh_from_db()
    assert refund.state == "succeeded"
    assert studio.post(url(cohort), {"given": refund.pk}).status_code == 404
    assert_books_know_nothing()


def test_a_host_gives_back_a_part_by_hand(studio: Client, cohort: Cohort) -> None:
    bring(studio, cohort, *TWO)
    place = cohort.enrollments.get(person__email="jun@example.org")
    asked = {"amount": "50,000", "reason": "늦게 시작해서요", "key": "2222222222"}
    refund = reverse("member_refund", args=[place.public_id])
    assert "직접" in plain(studio.post(refund, asked))
    studio.post(refund, {**asked, "sure": "1"})
    assert (Refund.objects.get().state, Refund.objects.get().amount) == ("outside", 50_000)
    assert "정은혜" in Letter.objects.get(recipient=place.person, key__startswith="refund_owed").text
    assert_books_know_nothing()


def test_more_than_was_paid_elsewhere_is_never_owed(studio: Client, cohort: Cohort) -> None:
    bring(studio, cohort, *TWO)
    line = Payment.objects.get(buyer__email="jun@example.org").lines.get()
    refunds.owe(line, 100_000, "one")
    for amount in (50_001, 0):
        with pytest.raises(Refused):
            refunds.owe(line, amount, "two")
    assert Refund.objects.get().amount == 100_000


def test_a_called_off_cohort_owes_it_too(studio: Client, cohort: Cohort, host: User) -> None:
    bring(studio, cohort, *TWO)
    off = reverse("studio_call_off", args=[cohort.study.slug, cohort.number])
    asked = plain(studio.get(off))
    assert "270,000원" in asked
    assert "직접 돌려주세요" in asked
    studio.post(off)
    queue.drain("cohorts.drain_cohort_news")
    queue.drain("payments.drain_called_off")
    assert list(Refund.objects.values_list("state", flat=True)) == ["outside", "outside"]
    assert Letter.objects.filter(recipient=host, key__startswith="give-back-outside").count() == 1
    assert Letter.objects.filter(key__startswith="refund_owed").count() == 2
    assert_books_know_nothing()


def test_moving_to_a_cheaper_cohort_leaves_the_rest_with_the_host(studio: Client, cohort: Cohort, study: Study) -> None:
    bring(studio, cohort, *TWO)
    place = cohort.enrollments.get(person__email="jun@example.org")
    later = make_later(study, 100_000)
    own, there = sign_in(place.person), reverse("move", args=[study.slug, cohort.number])
    assert "정은혜" in plain(own.get(f"{there}?to={later.number}"))
    own.post(there, {"to": later.number, "seen": moving.quote(place, later).word})
    assert (Refund.objects.get().state, Refund.objects.get().amount) == ("outside", 50_000)
    assert Payment.objects.get(buyer=place.person).lines.get(enrollment__cohort=later).amount == 100_000
    assert "정은혜" in Letter.objects.get(recipient=place.person, key__startswith="moved").text
    assert_books_know_nothing()


def test_moving_to_a_dearer_cohort_keeps_both_moneys_apart(
    stripe: LocalStripe, studio: Client, cohort: Cohort, study: Study
) -> None:
    bring(studio, cohort, *TWO)
    place = cohort.enrollments.get(person__email="jun@example.org")
    later = make_later(study, 180_000)
    own, there = sign_in(place.person), reverse("move", args=[study.slug, cohort.number])
    own.post(there, {"to": later.number, "seen": moving.quote(place, later).word})
    payment = Payment.objects.get(provider="stripe")
    stripe.pay(payment.reference)
    hurry()
    drain()
    assert -balance("escrow", "KRW") + sum_of("fee:") == 30_000
    leave = reverse("leave", args=[study.slug, later.number])
    page = plain(own.get(leave))
    assert "150,000원" in page
    assert "30,000원" in page
    own.post(leave, {"seen": "180000"})
    hurry()
    drain()
    assert sorted(Refund.objects.values_list("state", "amount")) == [("outside", 150_000), ("succeeded", 30_000)]
    assert [found for check in audits.CHECKS.values() for found in check()] == []


def sum_of(cause: str) -> int:
    found = LedgerEntry.objects.filter(transaction__cause__startswith=cause, amount__gt=0)
    return sum(found.values_list("amount", flat=True))


def test_other_hosts_do_not_find_it(cohort: Cohort, other_host: User) -> None:
    assert sign_in(other_host).get(url(cohort)).status_code == 404
    assert bring(sign_in(other_host), cohort, *TWO).status_code == 404
    assert not Payment.objects.exists()


def test_a_long_list_goes_on_with_the_next_press(
    studio: Client, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "SLICE", 0)
    assert "1명 계속하기" in plain(bring(studio, cohort, *TWO))
    assert Payment.objects.count() == 1
    monkeypatch.undo()
    assert bring(studio, cohort, *TWO).redirect_chain
    assert Payment.objects.count() == 2


def test_three_hundred_of_a_list(studio: Client, cohort: Cohort, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "SLICE", 600)
    Seats.objects.filter(cohort=cohort).update(capacity=300)
    lines = (HEAD, *[f"p{n}@example.org,이 {n},1000,,R{n}" for n in range(301)])
    page = plain(bring(studio, cohort, *lines))
    assert "302번째 줄" in page
    assert Enrollment.objects.filter(cohort=cohort, state="active").count() == 300
    assert_seats_match(cohort)
