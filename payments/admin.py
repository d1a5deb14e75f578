"""Money in Django admin: desks that act through the same verbs as everything else, and books nobody can edit."""

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cohorts.policies import reader
from payments.forms.bank import BankForm
from payments.models import (
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Payee,
    Payment,
    PaymentLine,
    Payout,
    PayoutBatch,
    Refund,
    StripeEvent,
)
from payments.services import batches, events, payouts, refunds
from studyplatform.kit.desk.deeds import deed, each
from studyplatform.kit.desk.stands import Stands
from studyplatform.kit.desk.tables import Lines, Table
from studyplatform.kit.errors import Refused
from studyplatform.kit.money import show


class PaymentLineInline(Lines):
    model = PaymentLine
    fields = readonly_fields = ("enrollment", "paid", "given_back")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("payment", "enrollment")
        return rows

    @admin.display(description=_("paid"))
    def paid(self, row: PaymentLine) -> str:
        return show(row.amount, row.payment.currency)

    @admin.display(description=_("given back"))
    def given_back(self, row: PaymentLine) -> str:
        return show(row.refunded, row.payment.currency)


@admin.register(Payment)
class PaymentAdmin(Table):
    list_display = ("public_id", "buyer", "sum", "state", "method", "created_at", "paid_at")
    list_filter = ("state", "currency", "provider")
    list_select_related = ("buyer__profile",)
    readonly_fields = ("changes",)
    inlines = (PaymentLineInline,)
    search_fields = ("public_id", "reference", "intent", "buyer__email")

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Payment) -> str:
        return show(row.amount, row.currency)


@admin.register(Refund)
class RefundAdmin(Table):
    list_display = ("id", "member", "sum", "cause", "state", "created_at", "error")
    list_filter = ("state", "cause")
    list_select_related = ("line__payment__buyer__profile",)
    search_fields = ("line__payment__buyer__email", "line__payment__public_id")
    readonly_fields = ("changes",)
    actions = ("send_again",)

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.handle_refunds")

    @admin.display(description=_("member"))
    def member(self, row: Refund) -> str:
        return str(row.line.payment.buyer)

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Refund) -> str:
        return show(row.amount, row.line.payment.currency)

    @admin.action(description=_("Send again what failed"), permissions=["handle"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Refund]) -> None:
        each(self, request, list(rows), lambda row: refunds.retry(row, reader(request)), _("on its way again"))


@admin.register(StripeEvent)
class StripeEventAdmin(Table):
    list_display = ("event_id", "kind", "object_id", "received_at", "done_at", "attempts", "error")
    list_filter = (Stands, "kind")
    search_fields = ("event_id", "object_id")
    exclude = ("raw", "claim_token")
    readonly_fields = ("as_it_came", "changes")
    actions = ("try_again",)

    @admin.display(description=_("as it came"))
    def as_it_came(self, row: StripeEvent) -> SafeString:
        return format_html('<pre class="desk-code">{}</pre>', json.dumps(row.raw, indent=2, ensure_ascii=False))

    try_again = deed(
        _("Try again now"),
        lambda actor, row, said: events.try_again(actor, row),
        says=_("Stripe is asked how things stand, and what it says is followed. Doing that twice changes nothing."),
        done=_("due now"),
    )


@admin.register(Payee)
class PayeeAdmin(Table):
    list_display = ("person", "country", "currency", "rail", "bank", "account_ending", "standing", "enabled")
    list_filter = ("rail", "currency", "standing", "enabled")
    list_select_related = ("person__profile",)
    readonly_fields = ("changes",)
    search_fields = ("person__email", "holder")
    exclude = ("account_sealed",)


class Desk(Table):
    """Where payouts are handled: looking is one right, handling another, checking a third."""

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.handle_payouts")

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.approve_payouts")

    def ask_bank(self, request: HttpRequest, form: BankForm, **context: Any) -> TemplateResponse:
        """Ask what the bank did, line by line."""
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        shown = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, "back": back, **context}
        return TemplateResponse(request, "payments/admin/bank.html", shown, status=422 if form.errors else 200)


@admin.register(Payout)
class PayoutAdmin(Desk):
    list_display = ("id", "payee", "sum", "state", "batch", "created_at", "paid_at", "reason", "error")
    list_filter = ("state", "currency")
    list_select_related = ("payee__person__profile", "batch__maker__profile")
    readonly_fields = ("changes",)
    search_fields = ("payee__person__email",)
    actions = ("make_batch", "sent_back")

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Payout) -> str:
        return show(row.amount, row.currency)

    @admin.action(description=_("Put everything that waits into a batch"), permissions=["handle"])
    def make_batch(self, request: HttpRequest, rows: QuerySet[Payout]) -> None:
        for currency in sorted(set(rows.values_list("currency", flat=True))):
            try:
                batch = batches.make(reader(request), currency)
            except Refused as refusal:
                self.message_user(request, f"{currency}: {refusal}", messages.ERROR)
            else:
                self.message_user(
                    request, _("Batch %(batch)s is ready to be checked by somebody else.") % {"batch": batch.pk}
                )

    @admin.action(description=_("The bank sent it back"), permissions=["handle"])
    def sent_back(self, request: HttpRequest, rows: QuerySet[Payout]) -> HttpResponse | None:
        ticked = list(rows.select_related("payee").order_by("pk"))
        form = BankForm(request.POST if "apply" in request.POST else None, payouts=ticked, all_sent_back=True)
        if not form.is_valid():
            chosen = [("action", "sent_back"), *((ACTION_CHECKBOX_NAME, row.pk) for row in ticked)]
            sentence = _("Write the bank's reason for each. The money is owed again, and its payee is told.")
            return self.ask_bank(request, form, title=_("The bank sent it back"), sentence=sentence, hidden=chosen)
        said = form.sent_back()
        each(
            self,
            request,
            ticked,
            lambda row: payouts.mark_failed(reader(request), row, reason=said[row.pk]),
            _("sent back by the bank"),
        )
        return None


class PayoutInline(Lines):
    model = Payout
    fields = readonly_fields = ("payee", "bank", "money", "state", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("payee__person__profile").order_by("pk")
        return rows

    @admin.display(description=_("account"))
    def bank(self, row: Payout) -> str:
        return f"{row.payee.holder} · {row.payee.bank} …{row.payee.account_ending}"

    @admin.display(description=_("amount"))
    def money(self, row: Payout) -> str:
        return show(row.amount, row.currency)


@admin.register(PayoutBatch)
class PayoutBatchAdmin(Desk):
    list_display = ("id", "state", "currency", "lines", "total", "maker", "checker", "file_hash")
    list_filter = ("state", "currency")
    list_select_related = ("maker__profile", "checker__profile")
    exclude = ("file",)
    readonly_fields = ("changes",)
    inlines = (PayoutInline,)
    actions = ("approve", "export", "bank_did", "give_up")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted: QuerySet[Any] = (
            super().get_queryset(request).annotate(count=Count("payouts"), sum=Sum("payouts__amount"))
        )
        return counted

    @admin.display(description=_("payouts"))
    def lines(self, row: Any) -> int:
        return int(row.count)

    @admin.display(description=_("total"))
    def total(self, row: Any) -> str:
        return show(row.sum or 0, row.currency)

    @admin.action(description=_("Approve (not your own)"), permissions=["approve"])
    def approve(self, request: HttpRequest, rows: QuerySet[PayoutBatch]) -> None:
        each(self, request, list(rows), lambda row: batches.approve(reader(request), row), _("approved"))

    @admin.action(description=_("Make the bank file of one batch"), permissions=["handle"])
    def export(self, request: HttpRequest, rows: QuerySet[PayoutBatch]) -> HttpResponse | None:
        one = self._only(request, rows)
        try:
            batch = batches.export(reader(request), one) if one else None
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return None
        if not batch:
            return None
        headers = {"Content-Disposition": f'attachment; filename="batch-{batch.pk}.csv"', "Cache-Control": "no-store"}
        return HttpResponse(batches.file_of(batch), content_type="text/csv; charset=utf-8", headers=headers)

    @admin.action(description=_("Write down what the bank did with one batch"), permissions=["handle"])
    def bank_did(self, request: HttpRequest, rows: QuerySet[PayoutBatch]) -> HttpResponse | None:
        one = self._only(request, rows)
        if not one:
            return None
        waiting = list(one.payouts.filter(state=Payout.State.EXPORTED).select_related("payee").order_by("pk"))
        form = BankForm(request.POST if "apply" in request.POST else None, payouts=waiting)
        if not form.is_valid() and one.state == PayoutBatch.State.EXPORTED:
            sentence = _("Leave a line empty where the bank paid. Write its reason where it sent the money back.")
            chosen = [("action", "bank_did"), (ACTION_CHECKBOX_NAME, one.pk)]
            return self.ask_bank(request, form, title=_("What the bank did"), sentence=sentence, hidden=chosen)
        said = form.sent_back() if form.is_valid() else {}
        each(self, request, [one], lambda row: batches.confirm(reader(request), row, said), _("confirmed"))
        return None

    @admin.action(description=_("Give up an unchecked batch"), permissions=["handle"])
    def give_up(self, request: HttpRequest, rows: QuerySet[PayoutBatch]) -> None:
        each(self, request, list(rows), lambda row: batches.void(reader(request), row), _("given up"))

    def _only(self, request: HttpRequest, rows: QuerySet[PayoutBatch]) -> PayoutBatch | None:
        ticked = list(rows[:2])
        if len(ticked) == 1:
            return ticked[0]
        self.message_user(request, _("Tick exactly one batch."), messages.ERROR)
        return None


class EntryInline(Lines):
    model = LedgerEntry
    fields = readonly_fields = ("account", "money")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("account")
        return rows

    @admin.display(description=_("amount"))
    def money(self, row: LedgerEntry) -> str:
        return show(row.amount, row.account.currency)


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(Table):
    list_display = ("cause", "at", "session", "line")
    list_select_related = ("session", "line")
    search_fields = ("cause",)
    date_hierarchy = "at"
    inlines = (EntryInline,)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(Table):
    list_display = ("kind", "currency", "cohort", "person", "balance")
    list_filter = ("kind", "currency")
    list_select_related = ("cohort__study", "person__profile")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        summed: QuerySet[Any] = super().get_queryset(request).annotate(sum=Sum("entries__amount"))
        return summed

    @admin.display(description=_("balance"), ordering="sum")
    def balance(self, row: Any) -> str:
        return show(row.sum or 0, row.currency)
