"""What a company may see of its people, only with their yes; and what an accountant gets for tax invoices."""

import csv
import datetime
import io

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Contribution, SeatGroup
from payments.models import Payment
from payments.services import kindness
from studyplatform.accounts.models import Consent, User
from tests.admin.desk import staff
from tests.payments.buying import LocalStripe
from tests.payments.companies import at, bought, quoted, sell, sit
from tests.payments.money_world import payee_for
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db
SOON = datetime.timedelta(minutes=5)


@pytest.fixture
def group(host: User, cohort: Cohort, buyer: Client, stripe: LocalStripe) -> SeatGroup:
    sell(host, cohort, invoice_days="20")
    return bought(buyer, cohort, stripe)


def seated(group: SeatGroup, name: str, **more: str) -> User:
    person = make_person(name, f"동료 {name}")
    assert sit(person, group.token, **more).status_code == 302
    return person


def go_in(person: User, cohort: Cohort, number: int, after: datetime.timedelta = SOON) -> None:
    """Press the button of a session so long after it began."""
    session = cohort.sessions.get(number=number)
    with time_machine.travel(session.starts_at + after):
        sign_in(person).get(reverse("session_enter", args=session.address_parts))


def table(answer: object) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def report(group: SeatGroup) -> list[list[str]]:
    return table(sign_in(group.buyer).get(at("seat_group_attendance", group, "csv")))


def test_who_goes_in_while_the_door_is_open_was_there(group: SeatGroup, cohort: Cohort) -> None:
    person = seated(group, "a")
    place = group.places.get(person=person)
    go_in(person, cohort, 1, datetime.timedelta(hours=-5))
    go_in(person, cohort, 1, datetime.timedelta(hours=5))
    assert not Contribution.objects.filter(enrollment=place).exists()
    for _ in range(2):
        go_in(person, cohort, 1)
    assert Contribution.objects.filter(enrollment=place, kind="attendance").count() == 1


def test_a_host_who_goes_in_is_no_member(host: User, group: SeatGroup, cohort: Cohort) -> None:
    go_in(host, cohort, 1)
    assert not Contribution.objects.exists()


def test_the_company_sees_only_who_said_yes(group: SeatGroup, cohort: Cohort) -> None:
    yes, no = seated(group, "yes", attendance="on"), seated(group, "no")
    for person in (yes, no):
        go_in(person, cohort, 1)
    go_in(no, cohort, 2)
    with time_machine.travel(cohort.sessions.get(number=2).ends_at + SOON):
        rows = report(group)[1:]
        page = sign_in(group.buyer).get(group.get_absolute_url()).content.decode()
    assert [(row[0], row[2]) for row in rows] == [(yes.name, "Session 1"), (yes.name, "Session 2")]
    assert [row[4] for row in rows] == ["yes", "no"]
    assert "1 / 2" in page
    assert "2 / 2" not in page


def test_a_yes_is_given_and_taken_back_in_the_space(group: SeatGroup, cohort: Cohort) -> None:
    person = seated(group, "a")
    go_in(person, cohort, 1)
    consent = reverse("group_consent", args=[cohort.study.slug, cohort.number])
    with time_machine.travel(cohort.sessions.get(number=1).ends_at + SOON):
        browser = sign_in(person)
        assert consent in browser.get(reverse("space", args=[cohort.study.slug, cohort.number])).content.decode()
        assert len(report(group)) == 1
        browser.post(consent, {"yes": "1"})
        browser.post(consent, {"yes": "1"})
        assert len(report(group)) == 2
        browser.post(consent, {"yes": "0"})
        assert len(report(group)) == 1
    assert Consent.objects.filter(person=person, kind__startswith="attendance:").count() == 1
    assert Consent.objects.get(person=person, kind__startswith="attendance:").withdrawn_at


def test_who_has_no_companys_seat_has_nothing_to_say(group: SeatGroup, cohort: Cohort, member: User) -> None:
    consent = reverse("group_consent", args=[cohort.study.slug, cohort.number])
    assert sign_in(member).post(consent, {"yes": "1"}).status_code == 404
    assert consent not in sign_in(member).get(reverse("space", args=[cohort.study.slug, 1])).content.decode()


def test_another_company_sees_nothing(group: SeatGroup, cohort: Cohort, buyer: Client, member: User) -> None:
    seated(group, "a", attendance="on")
    assert sign_in(member).get(at("seat_group_attendance", group, "csv")).status_code == 404
    other = quoted(buyer, cohort)
    with time_machine.travel(cohort.sessions.get(number=1).ends_at + SOON):
        assert len(report(other)) == 1


def test_who_was_there_is_not_replaced(group: SeatGroup, cohort: Cohort, buyer: Client) -> None:
    person = seated(group, "a")
    place = group.places.get(person=person)
    go_in(person, cohort, 1)
    buyer.post(at("seat_group_replace", group, place.public_id))
    place.refresh_from_db()
    assert place.state == "active"


# Tax invoices


def tax_file(person: User, **more: str) -> object:
    asked = {"year": str(timezone.localdate().year), "of": "companies", "ending": "csv", **more}
    return sign_in(person).get(reverse("admin:payments_taxpayer_file"), asked)


@pytest.fixture
def accountant(db: None) -> User:
    return staff("accountant", "payments.view_taxpayer", "payments.see_tax_files", language="en")


def test_the_file_splits_vat_only_where_the_payee_is_a_business(group: SeatGroup, host: User, accountant: User) -> None:
    _head, row = table(tax_file(accountant))
    assert row[1:4] == ["124-81-00998", "한빛상회", "Daniel Cho"]
    assert (row[7], row[10], row[11], row[12]) == (timezone.localdate().isoformat(), "405000", "", "405000")
    payee = payee_for(host)
    _head, row = table(tax_file(accountant))
    assert (row[10], row[11], row[12]) == ("368182", "36818", "405000")
    payee.taxpayer.pays_vat = False
    payee.taxpayer.save()
    _head, row = table(tax_file(accountant))
    assert (row[10], row[11], row[12]) == ("405000", "0", "405000")


def receipt_of(group: SeatGroup) -> str:
    payment = Payment.objects.get(lines__enrollment=group.places.order_by("pk")[0], state="paid")
    page = sign_in(group.buyer).get(reverse("receipt", args=[payment.public_id])).content.decode()
    return " ".join(page.split())


def test_the_receipt_has_one_row_for_seats_bought_together(group: SeatGroup, host: User) -> None:
    page = receipt_of(group)
    assert page.count("3 × ₩135,000") == page.count(group.cohort.full_name) == 1
    assert "₩405,000" in page
    assert "한빛상회" in page
    kindness.give(host, group.places.all()[0], 5_000, reason="x", key="a")
    assert "−₩5,000" in receipt_of(group)
    listed = sign_in(group.buyer).get(reverse("payments")).content.decode()
    assert listed.count("3 × ₩135,000") == 1
    assert listed.count("₩5,000") == 1


def test_why_vat_is_not_known_is_said_to_the_company_and_what_to_do_to_the_host(group: SeatGroup, host: User) -> None:
    assert "has named no business here yet" in receipt_of(group)
    asked = reverse("payee_tax")
    assert asked in sign_in(host).get(reverse("earnings")).content.decode()
    payee_for(host)
    assert "₩36,818" in receipt_of(group)
    assert "has named no business" not in receipt_of(group)
    assert "tax invoices" not in sign_in(host).get(reverse("earnings")).content.decode()


def test_who_sold_nothing_to_companies_is_asked_nothing(host: User, cohort: Cohort) -> None:
    assert "tax invoices" not in sign_in(host).get(reverse("earnings")).content.decode()


def test_what_went_back_is_not_invoiced_and_what_is_owed_stands_there(
    group: SeatGroup, host: User, cohort: Cohort, buyer: Client, accountant: User
) -> None:
    kindness.give(host, group.places.all()[0], 5_000, reason="x", key="a")
    owing = quoted(buyer, cohort, company="=cmd()")
    buyer.post(at("seat_group_accept", owing), {"how": "invoice"})
    quoted(buyer, cohort)
    rows = table(tax_file(accountant))[1:]
    assert [row[12] for row in rows] == ["400000", "405000"]
    assert (rows[1][2], rows[1][7]) == ("'=cmd()", "")
    assert table(tax_file(accountant, year="2021"))[1:] == []


def test_only_who_may_see_tax_files_gets_it(group: SeatGroup, host: User) -> None:
    viewer = staff("viewer", "payments.view_taxpayer")
    assert tax_file(viewer).status_code == 403  # type: ignore[attr-defined]
    assert tax_file(host).status_code == 302  # type: ignore[attr-defined]
