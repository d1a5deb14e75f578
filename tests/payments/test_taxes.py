"""Tax on payouts in Korea: 3.3 % of people, tax invoices of businesses, resident numbers only while they are needed."""

import csv
import io
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import numbers
from payments.models import LedgerTransaction, Payee, Payout, Taxpayer
from payments.sealed import ACCOUNT, RESIDENT, InvalidToken, open_seal
from payments.services import batches, ledger, payouts, tax_files, taxes
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change
from studyplatform.kit.months import Month
from studyplatform.mail.models import Letter
from tests.payments.money_world import Kind, everything, owed, payee_for
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db

NUMBER = "9001011234567"
BUSINESS = "1234567891"


def earn(person: User, amount: int, cause: str = "earned") -> None:
    bank = ledger.account(Kind.BANK, "KRW")
    ledger.post(f"{cause}:{person.pk}", {bank: amount, ledger.payable(person.pk, "KRW"): -amount})


@pytest.fixture
def payee(host: User) -> Payee:
    """The host is paid as a person and has a million won to be paid."""
    earn(host, 1_000_000)
    return payee_for(host, business=False)


@pytest.fixture
def checker(db: None) -> User:
    return make_person("checker", "둘째 운영자", is_staff=True, is_superuser=True)


def paid(admin: User, checker: User) -> Payout:
    """Pay what waits, through the bank."""
    batch = batches.make(admin, "KRW")
    batches.approve(checker, batch)
    batches.confirm(admin, batches.export(admin, batch), {})
    return Payout.objects.latest("pk")


def balance(kind: str) -> int:
    return ledger.balance(ledger.account(kind, "KRW"))


@pytest.mark.parametrize(
    ("gross", "income", "local"),
    [  # each tax is cut to ten won
        (1_000_000, 30_000, 3_000),
        (10_000, 300, 30),
        (52_500, 1_570, 150),  # 1,575 and 157
        (33_333, 990, 90),  # 999.99 and 99
        (10_333, 300, 30),  # 309.99
        (10_334, 310, 30),  # 310.02
        (123_456_789, 3_703_700, 370_370),
        (333, 0, 0),
    ],
)
def test_what_is_withheld_is_cut_to_ten_won(gross: int, income: int, local: int) -> None:
    assert taxes.of_person(gross) == taxes.Withheld(income, local)


@pytest.mark.parametrize(("total", "vat"), [(110_000, 10_000), (100_000, 9_090), (10, 0), (11, 1), (270_000, 24_545)])
def test_vat_is_the_eleventh_part_cut_to_a_won(total: int, vat: int) -> None:
    assert taxes.vat_in(total) == vat


def test_a_person_is_paid_what_is_left_and_the_tax_waits_for_the_tax_office(
    payee: Payee, host: User, admin: User, checker: User
) -> None:
    taxes.name_resident(host, NUMBER)
    assert payouts.run() == 1
    payout = paid(admin, checker)
    assert (payout.gross, payout.income_tax, payout.local_tax, payout.amount) == (1_000_000, 30_000, 3_000, 967_000)
    assert ",967000," in batches.file_of(payout.batch)
    assert (owed(host), balance(Kind.INCOME_TAX), balance(Kind.LOCAL_TAX)) == (0, -30_000, -3_000)
    assert balance(Kind.BANK) == 1_000_000 - 967_000
    assert everything() == 0
    letter = Letter.objects.get(key=f"payout-paid:{payout.pk}")
    assert "33,000원" in letter.text


@pytest.mark.parametrize("when", ["with the bank", "after it was paid"])
def test_a_payout_that_comes_back_gives_back_the_tax(
    payee: Payee, host: User, admin: User, checker: User, when: str
) -> None:
    taxes.name_resident(host, NUMBER)
    payouts.run()
    batch = batches.make(admin, "KRW")
    batches.approve(checker, batch)
    batches.export(admin, batch)
    if when == "after it was paid":
        batches.confirm(admin, batch, {})
    payouts.mark_failed(admin, Payout.objects.get(), reason="계좌 없음")
    assert (owed(host), balance(Kind.INCOME_TAX), balance(Kind.LOCAL_TAX)) == (1_000_000, 0, 0)
    assert balance(Kind.PAYING) == 0
    assert payouts.run() == 1
    assert everything() == 0


def test_a_payout_taken_back_before_it_left_gives_back_the_tax(payee: Payee, host: User) -> None:
    taxes.name_resident(host, NUMBER)
    payouts.run()
    Payee.objects.update(currency="USD")
    payouts.run()
    assert (owed(host), balance(Kind.INCOME_TAX), balance(Kind.PAYING)) == (1_000_000, 0, 0)


def test_without_the_number_nothing_is_paid_and_it_is_asked_for_once_a_month(payee: Payee, host: User) -> None:
    with time_machine.travel("2027-03-01 00:00:00Z", tick=False):
        assert (payouts.run(), payouts.run()) == (0, 0)
        letter = Letter.objects.get(key__startswith="resident-asked:")
        assert reverse("payee_resident") in letter.text
    with time_machine.travel("2027-04-05 00:00:00Z", tick=False):
        assert payouts.run() == 0
    assert Letter.objects.filter(key__startswith="resident-asked:").count() == 2
    assert owed(host) == 1_000_000
    taxes.name_resident(host, NUMBER)
    assert payouts.run() == 1


def test_the_number_is_asked_only_when_a_payout_is_due(host: User) -> None:
    payee_for(host, business=False)
    browser = sign_in(host)
    assert browser.get(reverse("payee_resident")).url == reverse("payee_tax")
    assert browser.post(reverse("payee_resident"), {"number": NUMBER}).url == reverse("payee_tax")
    assert not Taxpayer.objects.exclude(resident_sealed="").exists()
    assert "only when a payout to you as a person is due" in english(host).get(reverse("payee_tax")).content.decode()
    earn(host, 10_000)
    assert browser.get(reverse("payee_resident")).status_code == 200
    assert reverse("payee_resident") in browser.get(reverse("earnings")).content.decode()


def english(person: User) -> Client:
    person.language = "en"
    person.save()
    return sign_in(person)


def test_the_number_is_kept_sealed_and_never_shown_again(payee: Payee, host: User, admin: User) -> None:
    browser = sign_in(host)
    assert browser.post(reverse("payee_resident"), {"number": "900101-1234567"}).status_code == 302
    row = Taxpayer.objects.get()
    assert "900101" not in row.resident_sealed
    assert open_seal(row.resident_sealed, RESIDENT) == NUMBER
    with pytest.raises(InvalidToken):
        open_seal(row.resident_sealed, ACCOUNT)  # its key is its own
    pages = [browser.get(reverse(name)) for name in ("payee_tax", "payee", "earnings")]
    desk = sign_in(admin)
    pages += [desk.get(reverse(f"admin:payments_taxpayer_{name}")) for name in ("changelist", "export")]
    pages += [desk.get(reverse("admin:payments_taxpayer_change", args=[row.pk]))]
    pages += [desk.get(reverse("admin:payments_payee_change", args=[payee.pk]))]
    for page in pages:
        text = page.content.decode()
        assert "900101" not in text
        assert "123456" not in text
        assert row.resident_sealed not in text
    assert "••••••-••••••7" in pages[0].content.decode()
    assert not Change.objects.filter(note__contains="900101").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "900101",
        "9013011234567",
        "9002301234567",
        "9001019234567",
        "900101123456a",
        "9912313234567",
        "90010112345678",
    ],
)
def test_what_cannot_be_a_resident_number_is_refused_and_not_shown_again(payee: Payee, host: User, wrong: str) -> None:
    page = sign_in(host).post(reverse("payee_resident"), {"number": wrong})
    assert page.status_code == 422
    assert not wrong or wrong not in page.content.decode()
    assert not Taxpayer.objects.exclude(resident_sealed="").exists()


@pytest.mark.parametrize("right", [NUMBER, "0001013234567", "0002294234567", "8512315234567", "2001013234567"])
def test_what_can_be_a_resident_number(right: str) -> None:
    assert numbers.is_resident_number(right)


@pytest.mark.parametrize(
    ("number", "real"),
    [
        *((number, True) for number in (BUSINESS, "1000000009", "9876543215")),
        *((number, False) for number in ("1234567890", "123456789", "12345678911", "", "１２３４５６７８９１")),
    ],
)
def test_a_business_number_ends_with_its_check_digit(number: str, real: bool) -> None:
    assert numbers.is_business_number(number) == real


def test_a_business_gets_all_of_it_and_sends_an_invoice(payee: Payee, host: User, admin: User, checker: User) -> None:
    browser = english(host)
    said = {"kind": "business", "business_number": "123-45-67891", "business_name": "한빛상회", "pays_vat": "on"}
    wrong = browser.post(reverse("payee_tax"), {**said, "business_number": "123-45-67890"})
    assert wrong.status_code == 422
    assert "no business number" in wrong.content.decode()
    assert browser.post(reverse("payee_tax"), {**said, "business_name": ""}).status_code == 422
    assert browser.post(reverse("payee_tax"), said).status_code == 302
    assert payouts.run() == 1  # and no resident number is asked for
    payout = paid(admin, checker)
    assert (payout.amount, payout.withheld, payout.vat, payout.business_number) == (1_000_000, 0, 90_909, BUSINESS)
    page = browser.get(reverse("tax_statement", args=[timezone.localdate().year])).content.decode()
    for shown in ("₩909,091", "₩90,909", "₩1,000,000", "123-45-67891"):
        assert shown in page
    with pytest.raises(Refused):
        taxes.name_resident(host, NUMBER)


def test_an_exempt_business_has_no_vat(payee: Payee, host: User) -> None:
    taxes.as_business(host, number=BUSINESS, name="한빛상회", pays_vat=False)
    payouts.run()
    payout = Payout.objects.get()
    assert (payout.amount, payout.vat) == (1_000_000, 0)


def test_how_somebody_is_taxed_later_does_not_change_what_was_paid(
    payee: Payee, host: User, admin: User, checker: User
) -> None:
    taxes.name_resident(host, NUMBER)
    payouts.run()
    paid(admin, checker)
    taxes.as_business(host, number=BUSINESS, name="한빛상회", pays_vat=True)
    earn(host, 110_000, "later")
    payouts.run()
    paid(admin, checker)
    year = timezone.localdate().year
    assert [row.gross for row in tax_files.withheld_from(payee, year).rows] == [1_000_000]
    assert [(line.supply, line.vat) for line in tax_files.invoiced_by(payee, year)] == [(100_000, 10_000)]


@pytest.mark.parametrize(("country", "currency"), [("JP", "JPY"), ("BR", "USD")])
def test_nobody_elses_tax_is_ours(host: User, country: str, currency: str) -> None:
    payee_for(host, currency, business=False)
    Payee.objects.update(country=country)
    bank = ledger.account(Kind.BANK, currency)
    ledger.post("earned", {bank: 1_000_000, ledger.payable(host.pk, currency): -1_000_000})
    assert payouts.run() == 1
    payout = Payout.objects.get()
    assert (payout.amount, payout.withheld) == (1_000_000, 0)
    for name in ("payee_tax", "payee_resident"):
        assert sign_in(host).get(reverse(name)).status_code == 302
    with pytest.raises(Refused):
        taxes.name_resident(host, NUMBER)


def test_who_has_named_no_account_has_no_tax_yet(stranger: User) -> None:
    for verb in (lambda: taxes.as_person(stranger), lambda: taxes.name_resident(stranger, NUMBER)):
        with pytest.raises(Refused):
            verb()


def test_the_database_keeps_no_number_without_its_day_and_no_business_without_a_number(payee: Payee) -> None:
    for wrong in ({"resident_sealed": "x"}, {"kind": "business"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Taxpayer.objects.create(payee=payee, **wrong)


def table(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_file_of_a_year_has_a_row_per_person_and_month(
    payee: Payee, host: User, admin: User, checker: User
) -> None:
    taxes.name_resident(host, NUMBER)
    for day in (
        "2027-02-28 14:00:00Z",
        "2027-02-28 16:00:00Z",
        "2027-12-31 16:00:00Z",
    ):  # in Seoul: February, March, 2028
        with time_machine.travel(day, tick=False):
            earn(host, 100_000, day[:13])
            payouts.run()
            paid(admin, checker)
    url = reverse("admin:payments_taxpayer_file")
    query = {"year": 2027, "of": "people", "ending": "csv"}
    rows = table(sign_in(admin).get(url, query))[1:]
    assert rows == [
        ["정은혜", "900101-1234567", "940909", "2027-02", "1", "1100000", "3", "33000", "3300", "1063700"],
        ["정은혜", "900101-1234567", "940909", "2027-03", "1", "100000", "3", "3000", "300", "96700"],
    ]
    assert Change.objects.filter(to_state="tax file", actor=admin, note="people 2027").count() == 1
    desk = make_person("desk", "창구", is_staff=True)
    desk.user_permissions.set(Permission.objects.filter(codename__in=["view_taxpayer", "handle_payouts"]))
    assert sign_in(desk).get(url, query).status_code == 403
    assert "900101" not in sign_in(desk).get(reverse("admin:payments_taxpayer_changelist")).content.decode()


def test_the_file_of_businesses_says_what_their_invoices_say(
    payee: Payee, host: User, admin: User, checker: User
) -> None:
    taxes.as_business(host, number=BUSINESS, name="=한빛상회", pays_vat=True)
    payouts.run()
    payout = paid(admin, checker)
    query = {"year": timezone.localdate().year, "of": "businesses", "ending": "csv"}
    rows = table(sign_in(admin).get(reverse("admin:payments_taxpayer_file"), query))[1:]
    assert [row[:3] + row[4:] for row in rows] == [
        ["'=한빛상회", BUSINESS, f"P{payout.pk}", "909091", "90909", "1000000"]
    ]


def test_what_was_withheld_is_booked_once_when_it_was_paid(payee: Payee, host: User, admin: User) -> None:
    taxes.name_resident(host, NUMBER)
    with time_machine.travel("2027-02-10 00:00:00Z", tick=False):
        payouts.run()
        with pytest.raises(Refused):
            taxes.remit(Month(2027, 2))
    with time_machine.travel("2027-03-09 00:00:00Z", tick=False):
        desk, url = sign_in(admin), reverse("admin:payments_taxpayer_remit")
        for _twice in range(2):
            assert desk.post(url, {"month": "2027-02"}).status_code == 302
        assert "원천징수" in desk.post(url, {"month": "2027-01"}, follow=True).content.decode()
        assert not LedgerTransaction.objects.filter(cause="tax-paid:2027-01").exists()  # said, not booked
        assert sign_in(make_person("clerk", "서기", is_staff=True)).post(url, {"month": "2027-02"}).status_code == 403
    assert (balance(Kind.INCOME_TAX), balance(Kind.LOCAL_TAX)) == (0, 0)
    assert balance(Kind.BANK) == 1_000_000 - 33_000
    earn(host, 100_000, "later")
    with time_machine.travel("2027-03-20 00:00:00Z", tick=False):
        payouts.run()
    with time_machine.travel("2027-04-09 00:00:00Z", tick=False):
        sign_in(admin).post(url, {"month": "2027-03"})  # neither February's again nor less what was paid for it
    assert (balance(Kind.INCOME_TAX), balance(Kind.LOCAL_TAX)) == (0, 0)
    assert balance(Kind.BANK) == 1_100_000 - 33_000 - 3_300
    assert everything() == 0


def test_a_year_holds_what_was_paid_in_it_and_did_not_come_back(
    payee: Payee, host: User, admin: User, checker: User
) -> None:
    taxes.name_resident(host, NUMBER)
    for day, gross in (("2026-12-10", 0), ("2027-01-10", 100_000), ("2027-02-10", 50_000)):
        with time_machine.travel(f"{day} 00:00:00Z", tick=False):
            if gross:
                earn(host, gross, day)
            assert payouts.run() == 1
            last = paid(admin, checker)
    payouts.mark_failed(admin, last, reason="closed account")
    for year, grosses in ((2026, [1_000_000]), (2027, [100_000]), (2028, [])):
        assert [row.gross for row in tax_files.withheld_from(payee, year).rows] == grosses


def test_a_number_the_key_no_longer_opens_is_said(payee: Payee, host: User, admin: User, checker: User) -> None:
    taxes.name_resident(host, NUMBER)
    payouts.run()
    paid(admin, checker)
    Taxpayer.objects.update(resident_sealed="gAAAAAxx")
    query = {"year": timezone.localdate().year, "of": "people", "ending": "csv"}
    answer = sign_in(admin).get(reverse("admin:payments_taxpayer_file"), query, follow=True)
    assert "정은혜" in answer.content.decode()
    assert answer.redirect_chain


def test_the_year_shows_what_was_withheld_and_is_ones_own(
    payee: Payee, host: User, admin: User, checker: User, stranger: User
) -> None:
    taxes.name_resident(host, NUMBER)
    payouts.run()
    paid(admin, checker)
    url = reverse("tax_statement", args=[timezone.localdate().year])
    page = english(host).get(url).content.decode()
    for shown in ("₩1,000,000", "₩30,000", "₩3,000", "₩967,000", "••••••-••••••7"):
        assert shown in page
    assert sign_in(stranger).get(url).status_code == 302
    assert Client().get(url).url.startswith(reverse("account_login"))
