"""Payouts on the desk: who is paid and how, batches made by one person and checked by another, what the bank did."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts.policies import reader
from payments.forms.bank import BankForm
from payments.models import Payee, Payout, PayoutBatch
from payments.services import batches, payees, payouts
from studyplatform.kit.desk.deeds import alone, deed, each, preview
from studyplatform.kit.desk.tables import Lines, Table, linked
from studyplatform.kit.desk.waits import waits
from studyplatform.kit.errors import Refused
from studyplatform.kit.money import show


@admin.register(Payee)
class PayeeAdmin(Table):
    list_display = ("person", "country", "currency", "rail", "bank", "account_ending", "standing", "enabled")
    list_filter = (
        waits(connection=(_("not connected to Stripe any more"), payees.disconnected)),
        "rail",
        "currency",
        "standing",
        "enabled",
    )
    list_select_related = ("person__profile",)
    readonly_fields = ("changes",)
    search_fields = ("person__email", "person__profile__pen_name", "holder", "stripe_account")
    exclude = ("account_sealed",)
    ways = ((_("payouts"), "payments.payout", "payee"),)
    happened = {
        **dict(Payee.Standing.choices),
        "named": _("bank account named"),
        "stripe chosen": _("Stripe chosen"),
        "disconnected": _("not connected to Stripe any more"),
    }


class Desk(Table):
    """Where payouts are handled: looking is one right, handling another, checking a third."""

    handled_by = "payments.handle_payouts"

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.approve_payouts")

    def ask_bank(self, request: HttpRequest, form: BankForm, **context: Any) -> TemplateResponse:
        """Ask what the bank did, line by line."""
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        shown = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, "back": back, **context}
        return TemplateResponse(request, "payments/admin/bank.html", shown, status=422 if form.errors else 200)


def what_waits() -> list[str]:
    """Return what a batch made now would hold, by currency."""
    waits = payouts.waiting().order_by().values("currency")
    found = waits.annotate(count=Count("pk"), sum=Sum("amount")).order_by("currency")
    return [
        ngettext("%(n)s payout, %(sum)s", "%(n)s payouts, %(sum)s", row["count"])
        % {"n": row["count"], "sum": show(row["sum"], row["currency"])}
        for row in found
    ]


WAITS = {
    "batch": (_("for a batch"), payouts.waiting),
    "anew": (_("failed, not made anew"), payouts.not_made_anew),
}


@admin.register(Payout)
class PayoutAdmin(Desk):
    list_display = ("payee", "sum", "state", "rail", "batch_number", "created_at", "paid_at", "reason", "error")
    list_filter = (waits(**WAITS), "state", "currency", "payee__rail")
    list_select_related = ("payee__person__profile", "batch")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    fields = readonly_fields = (
        *("payee", "sum", "tax", "invoice", "state", "rail", "batch_number", "reason", "destination", "reference"),
        "created_at",
        *("paid_at", "due_at", "attempts", "error", "changes"),
    )
    search_fields = ("payee__person__email", "payee__person__profile__pen_name", "payee__holder", "reference")
    narrowed_by = ("payee__person",)
    actions = ("make_batch", "leave_out", "sent_back")
    offered = {"make_batch": ("drafted",), "sent_back": ("exported", "paid"), "leave_out": ("drafted", "approved")}

    def named(self, row: Payout) -> str:
        """To whom, how much, how it stands."""
        return f"{row.payee} · {show(row.amount, row.currency)} · {row.get_state_display()}"

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Payout) -> str:
        return show(row.amount, row.currency)

    @admin.display(description=_("tax withheld"))
    def tax(self, row: Payout) -> str:
        return show(row.withheld, row.currency) if row.withheld else "–"

    @admin.display(description=_("tax invoice of"))
    def invoice(self, row: Payout) -> str:
        if not row.business_number:
            return "–"
        named = {"number": row.business_number, "vat": show(row.vat, row.currency)}
        return str(_("%(number)s, %(vat)s of it VAT") % named)

    @admin.display(description=_("way of paying"))
    def rail(self, row: Payout) -> str:
        return row.payee.get_rail_display()

    @admin.display(description=_("payout batch"), ordering="batch")
    def batch_number(self, row: Payout) -> SafeString | str:
        return linked(row.batch, f"#{row.batch_id}")

    @admin.action(description=_("Put everything that waits into a batch"), permissions=["handle"])
    def make_batch(self, request: HttpRequest, rows: QuerySet[Payout]) -> HttpResponse | None:
        if "apply" not in request.POST:
            shown = {
                "title": _("Put everything that waits into a batch"),
                "says": _("All payouts by bank that wait, ticked or not, in the currencies you ticked."),
                "facts": [*what_waits(), _("Somebody else has to check the batch before its file can be fetched.")],
                "form": None,
                "action": "make_batch",
            }
            return preview(self, request, [(row, ()) for row in rows[:50]], shown)
        for currency in sorted(set(rows.values_list("currency", flat=True))):
            try:
                batch = batches.make(reader(request), currency)
            except Refused as refusal:
                self.message_user(request, f"{currency}: {refusal}", messages.ERROR)
            else:
                self.message_user(
                    request, _("Batch %(batch)s is ready to be checked by somebody else.") % {"batch": batch.pk}
                )
        return None

    leave_out = deed(
        _("Leave out of its batch"),
        lambda actor, row, said: batches.leave_out(actor, row),
        says=_("The next batch holds it. If its batch was approved, somebody has to check that one again."),
        done=_("left out"),
        permission="handle",
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
    fields = readonly_fields = ("to", "bank", "money", "state", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("payee__person__profile").order_by("pk")
        return rows

    @admin.display(description=_("payee"))
    def to(self, row: Payout) -> SafeString | str:
        return linked(row, row.payee)

    @admin.display(description=_("account"))
    def bank(self, row: Payout) -> str:
        return f"{row.payee.holder} · {row.payee.bank} …{row.payee.account_ending}"

    @admin.display(description=_("amount"))
    def money(self, row: Payout) -> str:
        return show(row.amount, row.currency)


def what_is_in(batch: PayoutBatch) -> Sequence[str]:
    """Return who made a batch and whom it pays how much."""
    rows = batch.payouts.select_related("payee__person__profile").order_by("pk")
    total = show(sum(row.amount for row in rows), batch.currency)
    made = _("%(total)s in all, made by %(maker)s.") % {"total": total, "maker": batch.maker}
    paid = [
        f"{row.payee} · {show(row.amount, row.currency)} · {row.payee.bank} …{row.payee.account_ending}" for row in rows
    ]
    return [made, *paid]


def file_of(batch: PayoutBatch) -> HttpResponse:
    """Return a batch's bank file to download."""
    headers = {"Content-Disposition": f'attachment; filename="batch-{batch.pk}.csv"', "Cache-Control": "no-store"}
    return HttpResponse(batches.file_of(batch), content_type="text/csv; charset=utf-8", headers=headers)


@admin.register(PayoutBatch)
class PayoutBatchAdmin(Desk):
    list_display = ("number", "state", "currency", "lines", "total", "maker", "checker", "created_at")
    list_filter = ("state", "currency")
    list_select_related = ("maker__profile", "checker__profile")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fields = readonly_fields = (
        *("number", "state", "way", "currency", "lines", "total", "maker", "checker", "file_hash", "created_at"),
        "changes",
    )
    search_fields = ("maker__email", "maker__profile__pen_name", "payouts__payee__person__profile__pen_name")
    inlines = (PayoutInline,)
    actions = ("approve", "reopen", "export", "bank_did", "give_up")
    offered = {"export": ("approved", "exported", "closed"), "bank_did": ("exported",), "reopen": ("approved",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted: QuerySet[Any] = (
            super().get_queryset(request).annotate(count=Count("payouts"), sum=Sum("payouts__amount"))
        )
        return counted

    def named(self, row: PayoutBatch) -> str:
        """Its number and currency, how it stands."""
        return f"{self.number(row)} · {row.currency} · {row.get_state_display()}"

    @admin.display(description=_("payout batch"), ordering="pk")
    def number(self, row: PayoutBatch) -> str:
        return f"#{row.pk}"

    @admin.display(description=_("way of paying"))
    def way(self, row: PayoutBatch) -> str:
        return str(dict(Payee.Rail.choices).get(row.rail, row.rail))

    @admin.display(description=_("payouts"))
    def lines(self, row: Any) -> int:
        return int(row.count)

    @admin.display(description=_("total"))
    def total(self, row: Any) -> str:
        return show(row.sum or 0, row.currency)

    approve = deed(
        _("Approve (not your own)"),
        lambda actor, row, said: batches.approve(actor, row),
        says=_("The bank file is written now and stays as it is, whatever payees change later."),
        done=_("approved"),
        moves_to="approved",
        permission="approve",
        about=what_is_in,
    )
    reopen = deed(
        _("Take the approval back"),
        lambda actor, row, said: batches.reopen(actor, row),
        says=_("Its file is thrown away, and somebody has to check the batch again."),
        done=_("to be checked again"),
        permission="handle",
        about=what_is_in,
    )
    export = deed(
        _("Make the bank file of one batch"),
        lambda actor, row, said: batches.export(actor, row),
        says=_("You get the file as it was checked, and its payouts stand as being with the bank."),
        done=_("file made"),
        permission="handle",
        about=what_is_in,
        after=file_of,
        single=True,
    )
    give_up = deed(
        _("Give up an unchecked batch"),
        lambda actor, row, said: batches.void(actor, row),
        says=_("Its payouts wait for another batch. Nothing was sent."),
        done=_("given up"),
        moves_to="void",
        permission="handle",
        about=what_is_in,
    )

    @admin.action(description=_("Write down what the bank did with one batch"), permissions=["handle"])
    def bank_did(self, request: HttpRequest, rows: QuerySet[PayoutBatch]) -> HttpResponse | None:
        ticked = list(rows[:2])
        if not alone(self, request, ticked):
            return None
        one = ticked[0]
        waiting = list(one.payouts.filter(state=Payout.State.EXPORTED).select_related("payee").order_by("pk"))
        form = BankForm(request.POST if "apply" in request.POST else None, payouts=waiting)
        if not form.is_valid() and one.state == PayoutBatch.State.EXPORTED:
            sentence = _("Leave a line empty where the bank paid. Write its reason where it sent the money back.")
            chosen = [("action", "bank_did"), (ACTION_CHECKBOX_NAME, one.pk)]
            return self.ask_bank(request, form, title=_("What the bank did"), sentence=sentence, hidden=chosen)
        said = form.sent_back() if form.is_valid() else {}
        each(self, request, [one], lambda row: batches.confirm(reader(request), row, said), _("confirmed"))
        return None
