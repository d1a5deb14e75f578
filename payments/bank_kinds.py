"""Kinds of differences with a bank's file: what each is, why it comes about, what cures it safely."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from payments.kind import Kind

_kind = partial(Kind, bank=True)

BANK_KINDS: dict[str, Kind] = {
    "deposit_lost": _kind(
        _("In the bank’s file, not among the deposits"),
        _("The file was read, and this line of it was lost here."),
        _("It is taken in again: kept, booked, and matched if its code and amount fit."),
        alone=True,
    ),
    "deposit_unbooked": _kind(
        _("A deposit that is not booked"),
        _("It stands among the deposits, and the ledger does not know it."),
        _("It is booked as it stands there."),
        alone=True,
    ),
    "deposit_strange": _kind(
        _("A deposit no bank’s file shows"),
        _("It was written or booked past the bank’s files."),
        _("Read the file of that day again. If the bank does not show it, find out who wrote it."),
    ),
    "deposit_amount": _kind(
        _("Two amounts for one deposit"),
        _("The bank’s file, the deposit and the ledger do not say the same."),
        _("Compare the three by hand. What the bank’s file says is right."),
    ),
    "deposit_unsold": _kind(
        _("A seat and its deposits do not match"),
        _("All its money came and it is not paid, or it is paid and its money did not come."),
        _("Where all of it came, the seat is given or the money goes back. Otherwise look for the money at the bank."),
        alone=True,
    ),
    "back_late": _kind(
        _("Owed back for days, not sent"),
        _("Somebody was to send it from the bank by hand, and nobody has written that down."),
        _("Send it and write down the day and the bank’s number, or only write it down if it was sent."),
    ),
    "out_unknown": _kind(
        _("Money left the bank, and nothing is booked"),
        _("Somebody sent it and did not write it down here, or the bank took a fee."),
        _("Write it down where it belongs: a refund, a deposit going back, a tax. A fee the platform can carry."),
        carried=True,
    ),
    "out_amount": _kind(
        _("The bank sent another amount than the payout"),
        _("It was typed by hand, or the file was changed on its way to the bank."),
        _("Ask the bank to fetch it back and to send the right amount, or write the payout down as sent back."),
    ),
    "out_twice": _kind(
        _("The bank sent one payout twice"),
        _("The batch’s file was handed in twice."),
        _("Ask the bank to fetch it back. What is lost the platform can carry."),
        carried=True,
    ),
    "payout_unconfirmed": _kind(
        _("With the bank, and nobody says what it did"),
        _("The file was handed in, or the bank shows the payout as sent, and its batch is still open here."),
        _("Write down at the batch what the bank paid and what it sent back."),
    ),
    "out_missing": _kind(
        _("Booked as sent, not in the bank’s file"),
        _("We wrote down that it left the bank, and the bank’s file of that time does not show it."),
        _("Look for it at the bank. A payout that did not leave is written down as sent back."),
    ),
    "batch_line": _kind(
        _("A bank file that is not its payouts"),
        _("The file a bank was given, the payouts of its batch and the ledger do not say the same."),
        _("Compare the file with the batch by hand before anything more is sent."),
    ),
    "bank_balance": _kind(
        _("Another balance than the bank’s"),
        _("A part of the bank’s statement was not read, or one of its lines is not booked."),
        _("Read the files of the days that are missing, and cure the differences of its lines."),
    ),
}
