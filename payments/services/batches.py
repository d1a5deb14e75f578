"""Payout batches: a bank file made by one person and checked by another."""

import csv
import hashlib
import io
import re
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from payments.models import Payee, Payout, PayoutBatch
from payments.sealed import InvalidToken, open_seal, seal
from payments.services import payouts
from studyplatform.accounts.models import User
from studyplatform.kit import history, money
from studyplatform.kit.errors import Refused

State = PayoutBatch.State
COLUMNS = ("bank", "account", "holder", "amount", "memo")
# The bank's own programs read this file, so cells are held to what names and numbers consist of.
NOT_A_NAME = re.compile(r"[^\w ().&-]")  # letters of any script stay: a Japanese account is named in katakana


@transaction.atomic
def make(maker: User, currency: str) -> PayoutBatch:
    """Put every drafted payout of the bank rail into a new batch. Raises Refused when none waits."""
    waiting = payouts.waiting().select_for_update(of=("self",)).filter(currency=currency)
    rows = list(waiting)
    if not rows:
        raise Refused(_("No payout waits for a batch."))
    batch = PayoutBatch.objects.create(maker=maker, currency=currency)
    Payout.objects.filter(pk__in=[row.pk for row in rows]).update(batch=batch)
    history.record(batch, "", batch.state, maker)
    return batch


def _lock(batch: PayoutBatch) -> PayoutBatch:
    return PayoutBatch.objects.select_for_update().get(pk=batch.pk)


def _refuse_unless(row: PayoutBatch, state: str, sentence: object) -> None:
    if row.state != state:
        raise Refused(str(sentence))


@transaction.atomic
def approve(checker: User, batch: PayoutBatch) -> PayoutBatch:
    """Approve a batch somebody else made, and write its file: accounts changed later do not change what was checked.

    Raises Refused for its maker, and when somebody in it is not paid by bank file in its currency any more.
    """
    row = _lock(batch)
    _refuse_unless(row, State.DRAFT, _("Only a batch that waits to be checked can be approved."))
    if row.maker_id == checker.pk:
        raise Refused(_("Somebody else has to check a batch you made."))
    _refuse_misfits(row)
    text = bank_file(row)
    history.move(row, State.APPROVED, checker, checker=checker, file=seal(text), file_hash=_fingerprint(text))
    history.move_all(_locked_payouts(row), Payout.State.APPROVED, checker)
    return row


def _refuse_misfits(batch: PayoutBatch) -> None:
    moved = batch.payouts.exclude(pk__in=payouts.fitting().values("pk")).order_by("pk").first()
    if moved:
        raise Refused(
            _("Whoever gets P%(payout)s is paid another way now. Give this batch up and make it again.")
            % {"payout": moved.pk}
        )


def export(admin: User, batch: PayoutBatch) -> PayoutBatch:
    """Note that the file goes to the bank; asking again gives the same file.

    Raises Refused before approval; and when the payouts are not what was approved any more: then that approval is
    void, and somebody checks the batch again.
    """
    row = _export(admin, batch)
    if row.state == State.DRAFT:
        raise Refused(_("This batch is not what was approved any more. Somebody has to check it again."))
    return row


@transaction.atomic
def _export(admin: User, batch: PayoutBatch) -> PayoutBatch:
    row = _lock(batch)
    if row.state in (State.EXPORTED, State.CLOSED):
        return row
    _refuse_unless(row, State.APPROVED, _("A second person has to approve the batch first."))
    if not _is_as_approved(row):
        return _take_approval(admin, row, "not what was approved")
    history.move(row, State.EXPORTED, admin)
    history.move_all(_locked_payouts(row), Payout.State.EXPORTED, admin)
    return row


def _is_as_approved(batch: PayoutBatch) -> bool:
    """Whether the file is the one that was checked, and pays exactly the batch's payouts their amounts."""
    text = file_of(batch)
    if _fingerprint(text) != batch.file_hash:
        return False
    said = [(line["memo"], line["amount"]) for line in csv.DictReader(io.StringIO(text))]
    return said == [(f"P{row.pk}", f"{money.major(row.amount, row.currency)}") for row in _locked_payouts(batch)]


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _take_approval(admin: User, row: PayoutBatch, why: str) -> PayoutBatch:
    """Make an approved batch one to be checked anew: its file is gone, and so is who checked it."""
    approved = [payout for payout in _locked_payouts(row) if payout.state == Payout.State.APPROVED]
    history.move_all(approved, Payout.State.DRAFTED, admin)
    history.move(row, State.DRAFT, admin, note=why, checker=None, file="", file_hash="")
    return row


@transaction.atomic
def reopen(admin: User, batch: PayoutBatch) -> PayoutBatch:
    """Take the approval of a batch back before its file was made; it waits to be checked again."""
    row = _lock(batch)
    _refuse_unless(row, State.APPROVED, _("Only an approved batch whose file was not made can be opened again."))
    return _take_approval(admin, row, "approval taken back")


@transaction.atomic
def leave_out(admin: User, payout: Payout) -> Payout:
    """Take a payout out of its batch before the file was made; the next batch holds it. An approval is void then."""
    batch = PayoutBatch.objects.filter(payouts=payout.pk).first()
    row = _lock(batch) if batch else None
    if not row or row.state not in (State.DRAFT, State.APPROVED):
        raise Refused(_("Only a payout in a batch whose file was not made can be left out."))
    if row.state == State.APPROVED:
        _take_approval(admin, row, f"P{payout.pk} left out")
    locked = payouts.lock(payout)
    locked.batch = None
    locked.save(update_fields=["batch"])
    history.record(locked, locked.state, locked.state, admin, note=f"left out of batch {row.pk}")
    if not row.payouts.exists():
        history.move(row, State.VOID, admin)
    return locked


def file_of(batch: PayoutBatch) -> str:
    """Return the bank file as it was checked."""
    return open_seal(batch.file)


def amounts_of(batch: PayoutBatch) -> dict[int, int]:
    """Return what a batch's file tells the bank to send, in minor units by payout; nothing when it is another file
    than was checked, or cannot be opened any more."""
    try:
        text = file_of(batch)
    except InvalidToken:
        return {}
    lines = csv.DictReader(io.StringIO(text)) if _fingerprint(text) == batch.file_hash else []
    return {int(line["memo"][1:]): money.minor(Decimal(line["amount"]), batch.currency) for line in lines}


@transaction.atomic
def confirm(admin: User, batch: PayoutBatch, sent_back: dict[int, str]) -> PayoutBatch:
    """Record what the bank did: `sent_back` maps payout ids to the bank's reason, all others were paid."""
    row = _lock(batch)
    _refuse_unless(row, State.EXPORTED, _("Make the bank file first."))
    waiting = [payout for payout in _locked_payouts(row) if payout.state == Payout.State.EXPORTED]
    payouts.mark_paid(admin, [payout for payout in waiting if payout.pk not in sent_back], row.currency)
    for payout in waiting:
        if payout.pk in sent_back:
            payouts.mark_failed(admin, payout, reason=sent_back[payout.pk])
    history.move(row, State.CLOSED, admin)
    return row


@transaction.atomic
def void(admin: User, batch: PayoutBatch) -> PayoutBatch:
    """Give up a batch nobody approved; its payouts wait for another one."""
    row = _lock(batch)
    _refuse_unless(row, State.DRAFT, _("Only a batch that waits to be checked can be given up."))
    history.move(row, State.VOID, admin)
    row.payouts.update(batch=None)
    return row


def _locked_payouts(batch: PayoutBatch) -> list[Payout]:
    rows = Payout.objects.select_for_update(of=("self",)).filter(batch=batch).order_by("pk")
    return list(rows.select_related("payee__person"))


def bank_file(batch: PayoutBatch) -> str:
    """Return the file: one line per payout, amounts in the currency's own unit, UTF-8 with CRLF."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for payout in batch.payouts.select_related("payee__person").order_by("pk"):
        payee = payout.payee
        account = _account_of(payee)
        names = [NOT_A_NAME.sub("", text).strip(" -") for text in (payee.bank, payee.holder)]
        writer.writerow([names[0], account, names[1], money.major(payout.amount, payout.currency), f"P{payout.pk}"])
    return out.getvalue()


def _account_of(payee: Payee) -> str:
    try:
        return re.sub(r"\D", "", open_seal(payee.account_sealed))
    except InvalidToken:  # the key of this installation has changed since
        sentence = _("The account of %(person)s cannot be read. Ask them to enter it again.")
        raise Refused(sentence % {"person": payee.person}) from None
