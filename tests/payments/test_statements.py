"""A month of a person's money: opening, every event, closing; each number opens what made it; nobody sees another's."""

import csv
import datetime
import io
import re
import zipfile
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Study
from payments.models import LedgerTransaction
from payments.services import ledger, payouts, refunds, releases, statements
from payments.services.statements import Statement
from studyplatform.accounts.models import User
from studyplatform.kit import csv_export
from studyplatform.kit.months import Month
from tests.payments.money_world import Kind, owed, paid_members, paid_seat, payee_for
from tests.people import make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db
LATER = datetime.datetime(2027, 3, 1, tzinfo=datetime.UTC)


@pytest.fixture
def two_months(cohort: Cohort, host: User) -> Month:
    """A session shared in one month; a second one, a refund and a payout in the next."""
    lines = paid_members(cohort, 2, cohort.subgroups.first())
    first, second = cohort.sessions.filter(subgroup=None, number__lte=2).order_by("number")
    with time_machine.travel("2027-01-31 14:59:00Z", tick=False):  # a minute before midnight in Seoul
        releases.release(first)
    with time_machine.travel("2027-01-31 15:00:00Z", tick=False):
        releases.release(second)
        refunds.owe(lines[0], 150_000, "left")
        payee_for(host)
        payouts.run()
    return Month(2027, 2)


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode())


def table(answer: Any) -> list[list[str]]:
    text = text_of(answer)
    assert text.startswith(csv_export.BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(csv_export.BOM), newline="")))


def page_of(person: User, month: Month, **query: str) -> str:
    text = sign_in(person).get(reverse("statement", args=[month]), query).content.decode()
    return re.sub(r"\s+", " ", text)


def test_a_month_begins_with_what_was_owed_and_ends_with_what_is(two_months: Month, host: User) -> None:
    january, february = (Statement(host, month, "KRW") for month in (two_months.before, two_months))
    assert (january.opening, january.came, january.went, january.closing) == (0, 52_500, 0, 52_500)
    assert february.opening == january.closing
    amounts = [line.amount for line in february.lines()]
    assert amounts == [52_500, -75_000, -30_000]
    assert february.closing == owed(host) == 0
    assert (february.came, february.went) == (52_500, 105_000)


def test_what_goes_back_to_somebody_as_a_buyer_is_no_part_of_what_they_earn(
    two_months: Month, host: User, other_host: User
) -> None:
    theirs = make_cohort(make_study(other_host, slug="theirs"), closes_at=LATER)
    with time_machine.travel("2027-02-10 00:00:00Z", tick=False):
        refunds.owe(paid_seat(host, theirs), 99_000, "left")
    assert [line.amount for line in Statement(host, two_months, "KRW").lines()] == [52_500, -75_000, -30_000]
    assert "99,000" not in page_of(host, two_months)


def test_the_page_shows_each_event_with_its_amount_and_the_way_to_it(two_months: Month, host: User) -> None:
    page = page_of(host, two_months)
    for shown in ("2027년 2월", "52,500원", "−75,000원", "−30,000원", "−105,000원"):
        assert shown in page, shown
    for line in Statement(host, two_months, "KRW").lines():
        assert reverse("money_event", args=[line.event]) in page


@pytest.mark.parametrize(("wording", "run"), [("study", "1기"), ("club", "시즌 1")])
def test_a_run_has_the_word_of_its_study(two_months: Month, host: User, wording: str, run: str) -> None:
    Study.objects.update(wording=wording)
    browser = sign_in(host)
    event = reverse("money_event", args=[next(Statement(host, two_months, "KRW").lines()).event])
    for page in (
        page_of(host, two_months),
        browser.get(event).content.decode(),
        browser.get(reverse("earnings")).content.decode(),
    ):
        assert f"내 일에 AI 쓰기 {run}" in page


def test_a_number_opens_the_parts_it_is_made_of(two_months: Month, host: User, partner: User) -> None:
    first = next(Statement(host, two_months, "KRW").lines())
    assert first.parts == 2
    page = sign_in(host).get(reverse("money_event", args=[first.event])).content.decode()
    for shown in ("멤버 0", "멤버 1", "26,250원", "3,750원", "7,500원", "52,500원"):  # 37,500: 10, 20 and 70 per cent
        assert shown in page, shown
    theirs = sign_in(partner).get(reverse("money_event", args=[first.event])).content.decode()
    assert "15,000원" in theirs
    assert "26,250원" not in theirs  # what the host got is the host's


def test_a_refund_and_a_payout_say_what_they_are(two_months: Month, host: User) -> None:
    _release, refund, payout = Statement(host, two_months, "KRW").lines()
    page = sign_in(host).get(reverse("money_event", args=[refund.event])).content.decode()
    assert "150,000원" in page  # the whole refund; the host bears half of it
    assert "−75,000원" in page
    page = sign_in(host).get(reverse("money_event", args=[payout.event])).content.decode()
    assert "국민은행 …6789" in page


def test_an_event_is_only_there_for_whom_it_paid_or_cost(
    two_months: Month, host: User, other_host: User, stranger: User
) -> None:
    event = next(Statement(host, two_months, "KRW").lines()).event
    for person in (other_host, stranger):
        assert sign_in(person).get(reverse("money_event", args=[event])).status_code == 404
        assert "52,500" not in page_of(person, two_months)
    assert Client().get(reverse("money_event", args=[event])).status_code == 302
    sale = LedgerTransaction.objects.filter(cause__startswith="sale:").first()
    assert sale
    assert sign_in(host).get(reverse("money_event", args=[sale.pk])).status_code == 404


@pytest.mark.parametrize(
    ("currency", "price", "part"), [("KRW", 150_000, "67,500"), ("USD", 4_900, "22.04"), ("JPY", 9_800, "4,410")]
)
def test_every_currency_has_a_statement_of_its_own(host: User, currency: str, price: int, part: str) -> None:
    other = "USD" if currency == "KRW" else "KRW"
    for code, amount in ((other, 7), (currency, price)):
        made = make_cohort(make_study(host, slug=code.lower()), currency=code, amount=amount)
        paid_seat(make_person(f"buyer-{code.lower()}", "산 사람"), made)
        for session in made.sessions.filter(number__lte=2):
            releases.release(session)
    month = Month.of(timezone.now())
    assert part in page_of(host, month, currency=currency)
    url = reverse("statement_file", args=[month, "csv"])
    rows = table(sign_in(host).get(url, {"currency": currency}))
    assert {row[5] for row in rows[1:]} == {currency}
    assert rows[-1][4].replace(",", "") == part.replace(",", "")


def test_the_file_says_what_the_page_says_and_no_cell_runs(two_months: Month, host: User) -> None:
    host.language = "en"
    host.save()
    Cohort.objects.get().study.__class__.objects.update(title='=HYPERLINK("http://x")')
    answer = sign_in(host).get(reverse("statement_file", args=[two_months, "csv"]))
    assert answer.streaming
    rows = table(answer)
    assert [row[2:5] for row in rows[1:]] == [
        ["", "", "52500"],
        ["52500", "", "105000"],
        ["", "75000", "30000"],
        ["", "30000", "0"],
        ["", "", "0"],
    ]
    assert rows[2][1].startswith("'=HYPERLINK")
    assert all(not cell.startswith(csv_export.RUNS) for row in rows for cell in row)
    assert [row[0] for row in rows[2:5]] == ["2027-02-01 00:00:00"] * 3


def test_a_debt_stands_in_brackets(cohort: Cohort, host: User) -> None:
    bank = ledger.account(Kind.BANK, "KRW")
    ledger.post("taken", {bank: -1_234, ledger.payable(host.pk, "KRW"): 1_234})
    rows = table(sign_in(host).get(reverse("statement_file", args=[Month.of(timezone.now()), "csv"])))
    assert rows[-1][4] == "(1234)"


def sheet(answer: Any) -> tuple[str, str]:
    """The cells and the words of a workbook."""
    book = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    words = book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in book.namelist() else ""
    return book.read("xl/worksheets/sheet1.xml").decode(), words


def test_the_workbook_holds_numbers_and_text_and_no_formula(two_months: Month, host: User) -> None:
    Cohort.objects.get().study.__class__.objects.update(title="=1+1")
    for name in ("statement_file", "books_file"):
        cells, _words = sheet(sign_in(host).get(reverse(name, args=[two_months, "xlsx"])))
        assert "<f>" not in cells
        assert "=1+1" in cells  # as text
        assert re.search(r"<v>75000(\.0)?</v>", cells)


def test_the_books_hold_every_booking_of_ones_own_cohorts_and_no_others(
    two_months: Month, host: User, other_host: User
) -> None:
    theirs = make_cohort(make_study(other_host, slug="theirs", title="남의 스터디"), closes_at=LATER)
    with time_machine.travel("2027-02-10 00:00:00Z", tick=False):
        paid_seat(make_person("guest", "손님"), theirs)
    rows = table(sign_in(host).get(reverse("books_file", args=[two_months, "csv"])))[1:]
    assert not [row for row in rows if "남의 스터디" in row]
    debit, credit = (sum(int(row[column] or 0) for row in rows) for column in (12, 13))
    assert debit == credit > 0
    assert [row[12:14] for row in rows] == [row[14:16] for row in rows]  # won have no minor units
    assert len({row[2] for row in rows}) == 4  # two seats shared, a refund, a payout
    theirs_only = table(sign_in(other_host).get(reverse("books_file", args=[two_months, "csv"])))[1:]
    assert {row[6] for row in theirs_only} == {"남의 스터디"}


def test_the_books_end_with_the_month_and_say_whose_each_account_is(
    two_months: Month, cohort: Cohort, host: User
) -> None:
    with time_machine.travel("2027-02-28 15:00:00Z", tick=False):  # midnight in Seoul
        releases.release(cohort.sessions.get(number=3))
    rows = table(sign_in(host).get(reverse("books_file", args=[two_months, "csv"])))[1:]
    assert {row[0][:7] for row in rows} == {"2027-02"}
    whose = {"", "내 일에 AI 쓰기 1", "멤버 0", "정은혜", "한상우"}  # the platform's is nobody's
    assert {row[5] for row in rows} == whose


def test_the_desk_has_everybodys_books_and_only_who_may_see_them(
    two_months: Month, host: User, other_host: User, admin: User
) -> None:
    theirs = make_cohort(
        make_study(other_host, slug="theirs", title="남의 스터디"), closes_at=LATER, currency="USD", amount=4_900
    )
    with time_machine.travel("2027-02-10 00:00:00Z", tick=False):
        paid_seat(make_person("guest", "손님"), theirs)
    url = reverse("admin:payments_ledgertransaction_books")
    query = {"month": str(two_months), "ending": "csv"}
    rows = table(sign_in(admin).get(url, query))
    dollars = [row for row in rows if "USD" in row]
    assert [row[12:16] for row in dollars] == [["49.00", "", "4900", ""], ["", "49.00", "", "4900"]]
    assert len(rows) > len(dollars) + 1
    assert sign_in(admin).get(url, {"month": "2027-13", "ending": "csv"}).status_code == 302
    clerk = make_person("clerk", "서기", is_staff=True)
    assert sign_in(clerk).get(url, query).status_code == 403
    assert "books-month" in sign_in(admin).get(reverse("admin:payments_ledgertransaction_changelist")).content.decode()


def test_a_month_costs_the_same_at_any_number_of_seats(cohort: Cohort, host: User) -> None:
    def cost() -> list[int]:
        found = []
        browser = sign_in(host)
        event = next(Statement(host, month, "KRW").lines()).event
        for url in (reverse("statement", args=[month]), reverse("money_event", args=[event])):
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(url).status_code == 200
            found.append(len(seen))
        return found

    month = Month.of(timezone.now())
    paid_members(cohort, 1, cohort.subgroups.first())
    releases.release(cohort.sessions.get(number=1))
    cost()
    few = cost()
    other = make_cohort(cohort.study)
    paid_members(other, 5)
    for session in other.sessions.all():
        releases.release(session)
    assert cost() == few


def test_the_earnings_page_leads_to_every_month(two_months: Month, host: User) -> None:
    page = sign_in(host).get(reverse("earnings")).content.decode()
    assert statements.months(host) == [two_months, two_months.before]
    for month in (two_months, two_months.before):
        assert reverse("statement", args=[month]) in page


@pytest.mark.parametrize("address", ["2027-13", "2027-00", "1999-01", "2027-1"])
def test_what_is_no_month_is_no_page(host: User, address: str) -> None:
    assert sign_in(host).get(f"/account/money/{address}/").status_code == 404
