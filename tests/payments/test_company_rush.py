"""A company's seats under contention, and what PostgreSQL holds of them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cohorts.models import Cohort, Enrollment, SeatGroup, Seats
from cohorts.services import seat_groups, seats
from payments.services import group_orders, joining
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from tests.payments import companies
from tests.payments.companies import quoted, sell
from tests.people import make_person

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
