"""A resident number goes when its day comes, and only then, whatever happens in the same moment."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from payments.models import Payee, Taxpayer
from payments.sealed import RESIDENT, open_seal
from payments.services import payouts, taxes
from payments.tasks import drain_residents
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.models import Change
from tests.payments.money_world import payee_for
from tests.payments.test_taxes import BUSINESS, NUMBER, earn
from tests.racing import in_turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def payee(host: User) -> Payee:
    """The host is paid as a person and has a million won to be paid."""
    earn(host, 1_000_000)
    return payee_for(host, business=False)


def test_a_number_is_erased_when_its_day_comes(payee: Payee, host: User) -> None:
    begun = datetime.datetime(2027, 3, 1, tzinfo=datetime.UTC)
    with time_machine.travel(begun, tick=False):
        taxes.name_resident(host, NUMBER)
    with time_machine.travel(begun + datetime.timedelta(days=89), tick=False):
        assert drain_residents() == 0
        payouts.run()  # it is used: until 10 June after the year
    for day, erased in (("2028-06-09 14:59:00Z", 0), ("2028-06-09 15:00:00Z", 1)):
        with time_machine.travel(day, tick=False):
            assert drain_residents() == erased
            assert drain_residents() == 0
    row = Taxpayer.objects.get()
    assert (row.resident_sealed, row.resident_last, row.resident_until) == ("", "", None)
    assert Change.objects.filter(to_state="number erased").count() == 1


def test_a_number_nothing_was_paid_under_goes_after_ninety_days(host: User) -> None:
    payee_for(host, business=False)
    taxes.name_resident(host, NUMBER)
    with time_machine.travel(timezone.now() + taxes.UNUSED):
        assert drain_residents() == 1
    assert not Taxpayer.objects.exclude(resident_sealed="").exists()
    assert "payments.drain_residents" in queue.QUEUES


def test_what_is_written_in_december_is_kept_as_what_is_paid_in_january() -> None:
    with time_machine.travel("2027-12-20 00:00:00Z", tick=False):
        assert taxes.kept_until().astimezone(timezone.get_default_timezone()).isoformat()[:10] == "2029-06-10"
    with time_machine.travel("2027-11-20 00:00:00Z", tick=False):
        assert taxes.kept_until().astimezone(timezone.get_default_timezone()).isoformat()[:10] == "2028-06-10"


@pytest.fixture
def numbered(host: User) -> Taxpayer:
    """The host has named a number whose day has come."""
    payee_for(host, business=False)
    row = taxes.name_resident(host, NUMBER)
    Taxpayer.objects.update(resident_until=timezone.now())
    return row


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("named_first", [True, False])
def test_a_number_named_anew_while_the_old_ones_day_comes_stays(
    numbered: Taxpayer, host: User, named_first: bool
) -> None:
    works = [lambda: taxes.name_resident(host, "8512315234567"), lambda: taxes.forget(numbered)]
    assert in_turn(*(works if named_first else works[::-1]), table="payments_taxpayer") == ["done", "done"]
    row = Taxpayer.objects.get()
    assert open_seal(row.resident_sealed, RESIDENT) == "8512315234567"
    assert row.resident_until
    assert row.resident_until > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_who_becomes_a_business_brings_no_erased_number_back(numbered: Taxpayer, host: User) -> None:
    def become() -> None:
        taxes.as_business(host, number=BUSINESS, name="한빛상회", pays_vat=True)

    assert in_turn(lambda: taxes.forget(numbered), become, table="payments_taxpayer") == ["done", "done"]
    assert Taxpayer.objects.values_list("kind", "resident_sealed").get() == ("business", "")


@pytest.mark.django_db(transaction=True)
def test_a_business_of_this_moment_names_no_number(host: User) -> None:
    payee_for(host, business=False)
    taxes.as_person(host)

    def become() -> None:
        taxes.as_business(host, number=BUSINESS, name="한빛상회", pays_vat=True)

    assert in_turn(become, lambda: taxes.name_resident(host, NUMBER), table="payments_taxpayer") == ["done", "refused"]
    assert Taxpayer.objects.values_list("kind", "resident_sealed").get() == ("business", "")
