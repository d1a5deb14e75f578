"""A refund that cannot go back through Stripe: taken out of the queue, sent from the bank, written down once."""

import datetime
import threading

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from payments.models import LedgerTransaction, Refund
from payments.services import elsewhere, ledger, refunds
from payments.truth import MoneyBack
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.admin.desk import page_of, press, staff, text
from tests.payments.money_world import everything, paid_seat
from tests.people import sign_in

pytestmark = pytest.mark.django_db
TABLE = "payments.refund"
RIGHTS = ("payments.view_refund", "payments.handle_refunds")
Kind = ledger.Kind


@pytest.fixture
def desk(db: None) -> Client:
    return sign_in(staff("mender", *RIGHTS, language="en"))


@pytest.fixture
def owed(cohort: Cohort, stranger: User) -> Refund:
    return refunds.owe(paid_seat(stranger, cohort), 150_000, "left")


@pytest.fixture
def manual(owed: Refund, desk: Client) -> Refund:
    press(desk, TABLE, "by_hand", owed, apply="1")
    owed.refresh_from_db()
    return owed


def today() -> str:
    return timezone.localdate().isoformat()


def standing(kind: str, person: User | None = None) -> int:
    return ledger.balance(ledger.account(kind, "KRW", person=person))


def test_from_owed_to_sent_from_the_bank(desk: Client, owed: Refund, stranger: User) -> None:
    page = text(press(desk, TABLE, "by_hand", owed))
    for words in ("It is not sent to Stripe.", "₩150,000", stranger.email):
        assert words in page
    assert Refund.objects.get().state == "owed"
    press(desk, TABLE, "by_hand", owed, apply="1")
    assert Refund.objects.get().state == "manual"
    queue.drain("payments.drain_refunds")  # would ask Stripe, which is not there
    owed.refresh_from_db()
    assert (owed.state, owed.attempts) == ("manual", 0)
    asked = text(press(desk, TABLE, "sent_by_hand", owed))
    assert 'name="on"' in asked
    assert 'name="reference"' in asked
    assert (standing(Kind.BANK), standing(Kind.PAYING, stranger)) == (0, -150_000)
    press(desk, TABLE, "sent_by_hand", owed, apply="1", on=today(), reference="TR-77")
    owed.refresh_from_db()
    assert (owed.state, owed.reference) == ("succeeded", f"bank:{today()}:TR-77")
    assert (standing(Kind.BANK), standing(Kind.PAYING, stranger)) == (-150_000, 0)
    assert LedgerTransaction.objects.filter(cause=f"refund:{owed.pk}").count() == 1
    assert everything() == 0
    letter = Letter.objects.get(recipient=stranger, key=f"refund_by_hand:{owed.pk}")
    assert "₩150,000 is on its way to your bank account" in letter.subject
    assert Change.objects.filter(to_state="succeeded", note=f"{today()} TR-77", actor__handle="mender").exists()
    again = text(press(desk, TABLE, "sent_by_hand", owed, apply="1", on=today(), reference="TR-78"))
    assert "not one to make by hand any more" in again
    assert standing(Kind.BANK) == -150_000


def test_one_that_failed_is_made_anew_by_hand_and_not_twice(desk: Client, owed: Refund, stranger: User) -> None:
    Refund.objects.filter(pk=owed.pk).update(state="failed")
    press(desk, TABLE, "by_hand", owed, apply="1")
    anew = Refund.objects.get(cause=f"retry:{owed.pk}")
    assert (anew.state, anew.amount) == ("manual", 150_000)
    assert "sent again already" in text(press(desk, TABLE, "by_hand", owed, apply="1"))
    press(desk, TABLE, "sent_by_hand", anew, apply="1", on=today(), reference="TR-1")
    assert (standing(Kind.BANK), standing(Kind.PAYING, stranger)) == (-150_000, 0)


@pytest.mark.parametrize("state", ["sending", "unknown", "pending", "succeeded", "void", "manual"])
def test_what_is_on_its_way_or_over_is_not_taken_out(desk: Client, owed: Refund, state: str) -> None:
    Refund.objects.filter(pk=owed.pk).update(state=state)
    assert "owed or failed can be made by hand" in text(press(desk, TABLE, "by_hand", owed, apply="1"))
    assert [(row.state) for row in Refund.objects.all()] == [state]


@pytest.mark.parametrize("state", ["owed", "sending", "unknown", "pending", "failed", "void"])
def test_only_one_to_make_by_hand_is_finished_by_hand(desk: Client, owed: Refund, state: str) -> None:
    Refund.objects.filter(pk=owed.pk).update(state=state)
    press(desk, TABLE, "sent_by_hand", owed, apply="1", on=today(), reference="TR-1")
    assert Refund.objects.get().state == state
    assert standing(Kind.BANK) == 0


def test_a_day_to_come_no_reference_and_a_reference_of_another_are_refused(
    desk: Client, manual: Refund, cohort: Cohort, partner: User
) -> None:
    tomorrow = (timezone.localdate() + datetime.timedelta(days=1)).isoformat()
    assert "still to come" in text(press(desk, TABLE, "sent_by_hand", manual, apply="1", on=tomorrow, reference="TR-1"))
    assert press(desk, TABLE, "sent_by_hand", manual, apply="1", on=today(), reference=" ").status_code == 422
    assert press(desk, TABLE, "sent_by_hand", manual, apply="1", on="", reference="TR-1").status_code == 422
    other = refunds.owe(paid_seat(partner, cohort), 1_000, "left")
    press(desk, TABLE, "by_hand", other, apply="1")
    press(desk, TABLE, "sent_by_hand", other, apply="1", on=today(), reference="TR-1")
    page = text(press(desk, TABLE, "sent_by_hand", manual, apply="1", on=today(), reference="TR-1"))
    assert "written down for another refund" in page
    assert Refund.objects.get(pk=manual.pk).state == "manual"


def test_one_that_stripe_sends_after_all_is_not_sent_from_the_bank_too(desk: Client, manual: Refund) -> None:
    elsewhere.record(manual.line.payment, MoneyBack("re_9", "pending", 150_000, "KRW", "pi", ""))
    page = text(press(desk, TABLE, "sent_by_hand", manual, apply="1", on=today(), reference="TR-1"))
    assert "not one to make by hand any more" in page
    assert standing(Kind.BANK) == 0


def test_looking_is_not_handling(owed: Refund, manual: Refund, host: User) -> None:
    looks = sign_in(staff("looks", "payments.view_refund", language="en"))
    for who in (looks, sign_in(host)):
        press(who, TABLE, "sent_by_hand", manual, apply="1", on=today(), reference="TR-1")
    Refund.objects.filter(pk=owed.pk).update(state="owed")
    press(looks, TABLE, "by_hand", owed, apply="1")
    assert Refund.objects.get().state == "owed"


def test_each_page_offers_what_fits_and_the_front_page_lists_what_waits(desk: Client, owed: Refund) -> None:
    def offered() -> list[str]:
        page = text(desk.get(page_of(TABLE, owed)))
        return [name for name in ("send_again", "by_hand", "sent_by_hand") if f'value="{name}"' in page]

    assert offered() == ["by_hand"]
    assert "Refunds to make by hand" not in text(desk.get(reverse("admin:index")))
    press(desk, TABLE, "by_hand", owed, apply="1")
    assert offered() == ["sent_by_hand"]
    front = text(desk.get(reverse("admin:index")))
    assert "Refunds to make by hand" in front
    assert f'href="{reverse("admin:payments_refund_changelist")}?state__exact=manual"' in front
    press(desk, TABLE, "sent_by_hand", owed, apply="1", on=today(), reference="TR-1")
    assert offered() == []
    assert "Refunds to make by hand" not in text(desk.get(reverse("admin:index")))


@pytest.mark.django_db(transaction=True)
def test_two_admins_at_once_book_it_once(manual: Refund, stranger: User) -> None:
    browsers = [sign_in(staff(f"desk-{n}", *RIGHTS, language="en")) for n in range(2)]
    ready = threading.Barrier(2)

    def go(browser: Client, reference: str) -> None:
        ready.wait()
        press(browser, TABLE, "sent_by_hand", manual, apply="1", on=today(), reference=reference)
        connections.close_all()

    threads = [threading.Thread(target=go, args=(browser, f"TR-{n}")) for n, browser in enumerate(browsers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Change.objects.filter(subject_type="payments.refund", to_state="succeeded").count() == 1
    assert standing(Kind.BANK) == -150_000
    assert Letter.objects.filter(recipient=stranger, key__startswith="refund_by_hand").count() == 1
