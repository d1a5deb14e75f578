"""Deposits on the desk: accounts to confirm, the bank's file read, what nobody could match, what goes back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments import bank_files, sealed
from payments.admin.refunds import Transfer
from payments.forms.deposit import digits_of
from payments.models import BankDeposit, DepositAccount, DepositReturn, Payment
from payments.services import deposit_plans, deposits, payout_returns
from studyplatform.kit import moments
from studyplatform.kit.desk.deeds import Said, deed
from studyplatform.kit.desk.tables import Table, linked
from studyplatform.kit.desk.waits import waits
from studyplatform.kit.errors import Refused
from studyplatform.kit.money import show

HANDLE = "payments.handle_deposits"


class BankFile(forms.Form):
    """The bank's own list of what reached an account."""

    file = forms.FileField(
        label=_("The bank’s file"),
        help_text=_("CSV as the bank exports it, with date, amount paid in, sender. The same file twice is harmless."),
    )

    def clean_file(self) -> bank_files.Read:
        """Return what it holds."""
        try:
            read = bank_files.read(self.cleaned_data["file"].read())
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from None
        if read.unread:
            lines = ", ".join(str(number) for number in read.unread[:10])
            raise forms.ValidationError(
                gettext("Nothing was read: these lines are not clear: %(lines)s.") % {"lines": lines}
            )
        return read


class Code(forms.Form):
    """Whose it is."""

    code = forms.CharField(
        label=_("Code"), max_length=5, required=False, help_text=_("Leave it empty for the code in the bank’s words.")
    )


class Number(forms.Form):
    """Which payout came back."""

    number = forms.CharField(
        label=_("Number of the payout"), max_length=20, help_text=_("As the bank’s file has it, like P12.")
    )


class Back(forms.Form):
    """Why money goes back, and where to if its sender is not known."""

    note = forms.CharField(label=_("Why"), max_length=200)
    bank = forms.CharField(label=_("Bank"), max_length=40, required=False)
    holder = forms.CharField(label=_("Name on the account"), max_length=60, required=False)
    account = forms.CharField(
        label=_("Account number"),
        max_length=40,
        required=False,
        help_text=_("Empty: the account its buyer gave, if there is one."),
    )

    def clean_account(self) -> str:
        """Return the digits."""
        typed = self.cleaned_data["account"]
        return digits_of(typed) if typed else ""


def take_in(actor: Any, account: DepositAccount, said: Said) -> None:
    """Read a bank's file into an account, and match what can be matched."""
    for row in deposits.take_in(actor, account, said["file"]):
        deposits.match(row)


@admin.register(DepositAccount)
class DepositAccountAdmin(Table):
    handled_by = HANDLE
    list_display = ("bank", "holder", "account_ending", "currency", "confirmed_at", "created_at")
    list_filter = (waits(confirm=(_("to be confirmed"), deposit_plans.unconfirmed)), "currency")
    readonly_fields = ("changes",)
    search_fields = ("bank", "holder", "account_ending")
    ordering = ("-created_at",)
    ways = ((_("bank deposits"), "payments.bankdeposit", "account"),)
    happened = {"named": _("bank account named"), "confirmed": _("confirmed")}
    actions = ("read_file", "confirm")

    read_file = deed(
        _("Read a bank’s file"),
        take_in,
        says=_("Each deposit in it is kept and booked once. A code with just its amount finds its seat."),
        done=_("read; what waits for you is under bank deposits, not matched"),
        permission="handle",
        form=BankFile,
        about=lambda row: [f"{row.bank} …{row.account_ending} · {row.holder}"],
        single=True,
    )
    confirm = deed(
        _("Confirm that the platform holds it"),
        lambda actor, row, said: deposit_plans.confirm(actor, row),
        says=_("From now on people are told to pay into it. Compare every digit with the bank’s own papers first."),
        done=_("confirmed"),
        permission="handle",
        about=lambda row: [f"{row.bank} {sealed.number_of(row)} · {row.holder}"],
        single=True,
    )


def _told(row: BankDeposit) -> list[str]:
    return [moments.moment(row.at), row.words or "–", _meaning(row)]


def _meaning(row: BankDeposit, code: str = "") -> str:
    """Say what a deposit would be for, and whether it is too much or too little."""
    found = deposits.meant(row, code)
    if not found:
        return str(_("Nobody who pays into this account has that code."))
    payment, currency = found.payment, row.account.currency
    whose = {"name": payment.buyer, "payment": payment.public_id, "state": payment.get_state_display()}
    said = str(_("For %(name)s, payment %(payment)s, %(state)s.") % whose)
    if payment.state == Payment.State.PAID:
        return " ".join([said, str(_("That seat is paid for already. Give this money back."))])
    if found.missing > 0:
        missing = _("%(amount)s is missing: they are asked for it until their deadline.")
        return " ".join([said, str(missing % {"amount": show(found.missing, currency)})])
    over = _("%(amount)s too much: the difference goes back.") % {"amount": show(found.over, currency)}
    late = _("Their deadline is past: they get a seat if one is free, else all of it goes back.")
    fits = over if found.over else _("Just the amount.")
    return " ".join(filter(None, [said, str(fits), str(late) if payment.state != Payment.State.OPEN else ""]))


def _payee_of(row: BankDeposit, number: str) -> str:
    found = payout_returns.meant(row, number)
    return str(found.payee) if found else str(_("No payout of that number and amount left and has not come back."))


def _where_to(row: BankDeposit, said: Said) -> list[str]:
    order = deposits.order_of(row)
    account = said["account"] and f"{said['bank']} {said['account']} {said['holder']}"
    known = order and order.account_sealed and f"{order.bank} {sealed.number_of(order)} {order.holder}"
    amount = _("%(amount)s goes back.") % {"amount": show(row.amount, row.account.currency)}
    return [str(amount), account or known or str(_("Nobody has said where to. Ask the bank who sent it."))]


@admin.register(BankDeposit)
class BankDepositAdmin(Table):
    handled_by = HANDLE
    list_display = ("at", "words", "sum", "state", "for_whom", "account")
    list_filter = (waits(person=(_("for a person"), deposits.unmatched)), "state", "account")
    list_select_related = ("account", "payment__buyer__profile", "payout__payee__person__profile")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = readonly_fields = (
        *("at", "words", "sum", "state", "for_whom", "meaning", "account", "reference", "created_at", "changes"),
    )
    search_fields = ("words", "reference", "payment__public_id", "payment__buyer__email")
    narrowed_by = ("account", "payment")
    ways = ((_("deposits going back"), "payments.depositreturn", "deposit"),)
    actions = ("match", "payout_back", "give_back")
    offered = {"match": ("unmatched",), "payout_back": ("unmatched",), "give_back": ("unmatched", "matched")}

    def named(self, row: BankDeposit) -> str:
        """What the bank says, and how much."""
        return f"{row.words or '–'} · {show(row.amount, row.account.currency)}"

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: BankDeposit) -> str:
        return show(row.amount, row.account.currency)

    @admin.display(description=_("payment"))
    def for_whom(self, row: BankDeposit) -> SafeString | str:
        if row.payout:
            return linked(row.payout, f"{row.payout.payee} · P{row.payout_id}")
        return linked(row.payment, f"{row.payment.buyer} · {row.payment.public_id}" if row.payment else "")

    @admin.display(description=_("what it is for"))
    def meaning(self, row: BankDeposit) -> str:
        return _meaning(row) if row.state == BankDeposit.State.UNMATCHED else "–"

    match = deed(
        _("Match it by hand"),
        lambda actor, row, said: deposits.attach(actor, row, **said),
        says=_("Too little: they are asked for the rest. Too much: the difference goes back."),
        done=_("matched"),
        permission="handle",
        form=Code,
        about=_told,
        shows=lambda row, said: [*_told(row)[:2], _meaning(row, said["code"])],
        single=True,
    )
    payout_back = deed(
        _("It is a payout that came back"),
        lambda actor, row, said: payout_returns.match(actor, row, **said),
        says=_("The payout is written down as sent back, and its payee is owed the money again and told."),
        done=_("matched to the payout"),
        permission="handle",
        form=Number,
        about=_told,
        shows=lambda row, said: [*_told(row)[:2], _payee_of(row, said["number"])],
        single=True,
    )
    give_back = deed(
        _("Give all of it back"),
        lambda actor, row, said: deposits.give_back(actor, row, **said),
        says=_("It is booked as owed to who sent it. Then send it from the bank, and write that down there."),
        done=_("to be sent back by hand"),
        permission="handle",
        form=Back,
        about=_told,
        shows=_where_to,
        single=True,
    )


def _to_account(row: DepositReturn) -> list[str]:
    where = f"{row.bank} {sealed.number_of(row)} {row.holder}".strip()
    return [row.get_cause_display(), where or str(_("Nobody has said where to. Ask the bank who sent it."))]


@admin.register(DepositReturn)
class DepositReturnAdmin(Table):
    handled_by = HANDLE
    list_display = ("whose", "sum", "cause", "state", "account_ending", "created_at", "sent_on")
    list_filter = ("state", "cause")
    list_select_related = ("deposit__account", "deposit__payment__buyer__profile")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("whose", "sum", "cause", "state", "bank", "holder", "account_ending", "reference", "created_at", "sent_on"),
        "changes",
    )
    search_fields = ("deposit__words", "deposit__payment__buyer__email", "reference")
    narrowed_by = ("deposit",)
    actions = ("sent",)
    offered = {"sent": ("owed",)}

    def named(self, row: DepositReturn) -> str:
        """To whom and how much."""
        return f"{self.whose(row)} · {self.sum(row)}"

    @admin.display(description=_("who sent it"))
    def whose(self, row: DepositReturn) -> str:
        return str(row.deposit.payment.buyer) if row.deposit.payment else row.deposit.words or "–"

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: DepositReturn) -> str:
        return show(row.amount, row.deposit.account.currency)

    sent = deed(
        _("Sent by hand"),
        lambda actor, row, said: deposits.sent_back(actor, row, **said),
        says=_("Only after the transfer was made: it is booked as gone from the bank, and the buyer is told."),
        done=_("written down as sent"),
        permission="handle",
        form=Transfer,
        about=_to_account,
        single=True,
    )
