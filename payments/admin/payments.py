"""Payments on the desk, what each was for and what came back; Stripe's events as they came."""

import json
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments.models import Payment, PaymentLine, StripeEvent
from payments.services import events
from studyplatform.kit.desk.deeds import deed
from studyplatform.kit.desk.stands import Stands
from studyplatform.kit.desk.tables import Lines, Table, linked
from studyplatform.kit.money import show


class PaymentLineInline(Lines):
    model = PaymentLine
    fields = readonly_fields = ("seat", "paid", "given_back", "taken")
    verbose_name_plural = _("what it was for")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related(
            "payment", "enrollment__person__profile", "enrollment__group", "enrollment__cohort__study"
        )

    @admin.display(description=_("seat"))
    def seat(self, row: PaymentLine) -> SafeString | str:
        return linked(row.enrollment, f"{row.enrollment.whose} · {row.enrollment.cohort}")

    @admin.display(description=_("paid"))
    def paid(self, row: PaymentLine) -> str:
        return show(row.amount, row.payment.currency)

    @admin.display(description=_("given back"))
    def given_back(self, row: PaymentLine) -> str:
        return show(row.refunded, row.payment.currency)

    @admin.display(description=_("taken by the bank"))
    def taken(self, row: PaymentLine) -> str:
        return show(row.disputed, row.payment.currency)


@admin.register(Payment)
class PaymentAdmin(Table):
    list_display = ("buyer", "sum", "seats", "state", "method", "created_at", "paid_at")
    list_filter = ("state", "provider", "currency", "lines__enrollment__cohort__study")
    list_select_related = ("buyer__profile",)
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("public_id", "buyer", "sum", "state", "provider", "method", "at_stripe", "created_at", "paid_at"),
        *("expires_at", "due_at", "attempts", "error", "changes"),
    )
    inlines = (PaymentLineInline,)
    search_fields = ("public_id", "reference", "intent", "buyer__email", "buyer__profile__pen_name")
    narrowed_by = ("lines__enrollment", "lines__enrollment__group")
    ways = (
        (_("refunds"), "payments.refund", "line__payment"),
        (_("disputes"), "payments.dispute", "payment"),
        (_("ledger transactions"), "payments.ledgertransaction", "line__payment"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("lines__enrollment__cohort__study")

    def named(self, row: Payment) -> str:
        """Whose payment, and how much."""
        return f"{row.buyer} · {show(row.amount, row.currency)} · {row.get_state_display()}"

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Payment) -> str:
        return show(row.amount, row.currency)

    @admin.display(description=_("what it was for"))
    def seats(self, row: Payment) -> str:
        return ", ".join(str(line.enrollment.cohort) for line in row.lines.all())

    @admin.display(description=_("at Stripe"))
    def at_stripe(self, row: Payment) -> SafeString | str:
        """Its numbers there, and the way to its page once it was paid."""
        if not row.intent:
            return row.reference or "–"
        return format_html(
            '{} · <a class="desk-link" href="{}/payments/{}" rel="noopener">{}</a>',
            *(row.reference, settings.STRIPE_DASHBOARD, row.intent, row.intent),
        )


@admin.register(StripeEvent)
class StripeEventAdmin(Table):
    list_display = ("kind", "event_id", "object_id", "received_at", "done_at", "attempts", "error")
    list_filter = (Stands, "kind")
    search_fields = ("event_id", "object_id")
    date_hierarchy = "received_at"
    ordering = ("-received_at",)
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
        about=lambda row: [row.error] if row.error else [],
    )
