"""A company's seats under contention, and what PostgreSQL holds of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cohorts.models import Cohort, Enrollment, SeatGroup, Seats
from cohorts.services import cohorts, group_seats, seat_groups, seats
from payments.flows import checkout
from payments.flows import refunds as back
from payments.models import Payment, Refund
from payments.services import group_orders, group_returns, joining
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from tests.payments import companies
from tests.payments.buying import LocalStripe, assert_seats_match
from tests.payments.companies import accept, bought, quoted, sell
from tests.people import make_person
from tests.racing import in_turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def selling(host: User, cohort: Cohort) -> Cohort:
    assert sell(host, cohort).status_code == 302
    return cohort


def test_postgresql_keeps_a_nameless_seat_a_companys(selling: Cohort, buyer: Client, member: User) -> None:
    group = quoted(buyer, selling)
    group_orders.accept(group.buyer, group)
    place = group.places.all()[0]
    for values in ({"state": "active"}, {"group": None}, {"state": "reserved", "person": member.pk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Enrollment.objects.filter(pk=place.pk).update(**values)
    for values in ({"size": 1}, {"price": 0}, {"business_number": "12"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SeatGroup.objects.update(**values)


@pytest.mark.django_db(transaction=True)
def test_companies_and_single_buyers_at_once_never_oversell(selling: Cohort, stranger: User) -> None:
    groups, people = _rush(selling, stranger)
    _at_once(groups, people)
    row = Seats.objects.get(cohort=selling)
    assert row.taken == row.capacity == Enrollment.objects.filter(cohort=selling, state="held").count()
    for group in groups:
        assert group.places.count() in (0, group.size)


@pytest.mark.django_db(transaction=True)
def test_without_the_rule_they_would_oversell(selling: Cohort, stranger: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same rush, the seats counted first and taken after."""

    def careless(cohort: Cohort, number: int = 1, **_how: object) -> None:
        row = Seats.objects.get(cohort=cohort)
        if row.free < number:
            raise Refused("full", code="sold_out")
        connection.cursor().execute("SELECT pg_sleep(0.2)")

    groups, people = _rush(selling, stranger)
    monkeypatch.setattr(seats, "take", careless)
    _at_once(groups, people)
    assert Enrollment.objects.filter(cohort=selling, state="held").count() > selling.seats.capacity


@pytest.mark.django_db(transaction=True)
def test_a_quote_accepted_in_two_windows_is_one_payment(selling: Cohort, buyer: Client) -> None:
    group = quoted(buyer, selling)
    accepts = [partial(group_orders.accept, group.buyer, group)] * 2
    assert in_turn(*accepts, table="cohorts_seatgroup") == ["done", "done"]
    assert Payment.objects.get().lines.count() == group.places.count() == 3
    assert_seats_match(selling)


@pytest.fixture
def group(stripe: LocalStripe, selling: Cohort, buyer: Client) -> SeatGroup:
    """Two seats without a name; one of them is kept for whom a letter went to."""
    made = bought(buyer, selling, stripe, size="2")
    group_seats.invite(made.buyer, made, ["a@example.com"])
    return made


DEEDS: dict[str, Callable[[SeatGroup, User], object]] = {
    "by the link": lambda group, person: group_seats.take(person, group.token),
    "by the letter": lambda group, person: group_seats.take(person, group.invitations.get().token),
    "another link": lambda group, _person: group_seats.renew_link(group.buyer, group),
    "letter taken back": lambda group, _person: group_seats.take_back(group.buyer, group.invitations.get()),
    "another letter": lambda group, _person: group_seats.invite(group.buyer, group, ["b@example.com"]),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ("by the link", "by the link", "refused"),
        ("by the link", "by the letter", "done"),
        ("by the link", "another letter", "refused"),
        ("by the letter", "by the letter", "refused"),
        ("by the letter", "letter taken back", "refused"),
        ("another link", "by the link", "refused"),
        ("letter taken back", "by the letter", "refused"),
        ("another letter", "by the link", "refused"),
    ],
)
def test_who_comes_first_has_the_seat(group: SeatGroup, first: str, second: str, outcome: str) -> None:
    deeds = [partial(DEEDS[deed], group, make_person(name, name)) for deed, name in ((first, "one"), (second, "two"))]
    assert in_turn(*deeds, table="cohorts_seatgroup") == ["done", outcome]
    assert group_seats.unnamed(group).count() >= group_seats.asked(group).count()
    assert_seats_match(group.cohort)


@pytest.mark.django_db(transaction=True)
def test_a_seat_that_ends_while_somebody_sits_down_is_not_theirs(group: SeatGroup, stranger: User) -> None:
    place = group_seats.unnamed(group)[0]
    end, sit = partial(seats.release, place, "cancelled"), partial(DEEDS["by the letter"], group, stranger)
    assert in_turn(end, sit) == ["done", "done"]
    assert [one.state for one in group.places.order_by("pk")] == ["cancelled", "active"]
    assert_seats_match(group.cohort)


@pytest.mark.django_db(transaction=True)
def test_one_seat_is_given_back_once(group: SeatGroup) -> None:
    name = group_seats.unnamed(group)[0].public_id
    back = partial(group_returns.give_back, group.buyer, group, [name], seen=group.price)
    assert in_turn(back, back, table="cohorts_seatgroup") == ["done", "refused"]
    assert Refund.objects.get().amount == group.price
    assert_seats_match(group.cohort)


@pytest.mark.django_db(transaction=True)
def test_money_that_arrives_while_a_cohort_is_called_off_goes_back(
    stripe: LocalStripe, selling: Cohort, host: User, buyer: Client
) -> None:
    payment = accept(buyer, quoted(buyer, selling))
    stripe.pay(payment.reference or "")

    def call_off() -> None:
        cohorts.call_off(host, selling)
        back.pay_back(Cohort.objects.get(pk=selling.pk))

    assert in_turn(partial(checkout.look, payment), call_off, table="cohorts_seatgroup") == ["done", "done"]
    assert list(Refund.objects.values_list("cause", "amount")) == [("called_off", 135_000)] * 3
    assert_seats_match(selling)


def _rush(cohort: Cohort, buyer: User) -> tuple[list[SeatGroup], list[User]]:
    groups = [seat_groups.quote(buyer, cohort, size=size, **_told()) for size in (2, 3, 2, 4)]
    return groups, [make_person(f"single-{number}", f"사람 {number}") for number in range(6)]


def _told() -> dict[str, str]:
    told = {name: companies.ASKED[name] for name in ("company", "contact", "contact_email", "language")}
    return {**told, "business_number": ""}


def _at_once(groups: list[SeatGroup], people: list[User]) -> None:
    def closing(verb: object) -> None:
        try:
            verb()  # type: ignore[operator]
        except Refused:
            pass
        finally:
            connection.close()

    verbs = [lambda group=group: group_orders.accept(group.buyer, group) for group in groups]
    verbs += [lambda person=person: joining.open_for(person, groups[0].cohort) for person in people]
    with ThreadPoolExecutor(len(verbs)) as pool:
        list(pool.map(closing, verbs))
