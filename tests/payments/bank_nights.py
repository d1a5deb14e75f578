"""What tests of nights with banks' files do: read one at the desk, have payouts with the bank, look what was found."""

import datetime
from typing import Any

from django.utils import timezone

from payments.models import BankDeposit, DepositAccount, Difference, LedgerAccount, PayoutBatch
from payments.services import batches, ledger, payouts
from studyplatform.accounts.models import User
from tests.admin.desk import press
from tests.payments import deposits as bank
from tests.payments.money_world import payee_for
from tests.payments.nights import a_night
from tests.people import make_person

TABLE = "payments.difference"
DAY = datetime.timedelta(days=1)
WON = 50_000


def with_the_bank(maker: User) -> PayoutBatch:
    """Make two payouts of 50,000 won whose file the bank has."""
    at_bank = ledger.account(LedgerAccount.Kind.BANK, "KRW")
    for n in range(2):
        person = make_person(f"payee-{n}", f"받는이{n}")
        payee_for(person)
        ledger.post(f"owed:{n}", {at_bank: WON, ledger.payable(person.pk, "KRW"): -WON})
    payouts.run()
    made = batches.make(maker, "KRW")
    batches.approve(make_person("checker", "둘째 운영자", is_staff=True, is_superuser=True), made)
    return batches.export(maker, made)


def read(account: DepositAccount, *lines: str) -> None:
    """The desk reads a file of the bank."""
    bank.upload(bank.at_desk(), account, bank.file_of(*lines))


def day(ago: int) -> str:
    return (timezone.localtime() - ago * DAY).strftime("%Y-%m-%d %H:%M:%S")


def found() -> Difference:
    a_night()
    row: Difference = Difference.objects.get(state="open")
    return row


def sides(row: Difference) -> tuple[str, int | None, int | None]:
    row.refresh_from_db()
    return row.kind, row.ours, row.theirs


def give_back() -> None:
    """What nobody knows goes back."""
    row = BankDeposit.objects.get(words__startswith="모름")
    press(bank.at_desk(), "payments.bankdeposit", "give_back", row, sure="1", note="x")


def sent(row: Any, table: str, deed: str, reference: str) -> None:
    """Somebody has sent it from the bank, and writes that down."""
    on = timezone.localdate().isoformat()
    press(bank.at_desk(), table, deed, row, apply="1", on=on, reference=reference)
