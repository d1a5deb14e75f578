"""Disputes on the desk: which bank waits for an answer, by when, and what there is to answer with."""

from django.conf import settings
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from payments import reasons
from payments.models import Dispute
from payments.services import disputes, evidence
from studyplatform.kit import moments, queue
from studyplatform.kit.desk.deeds import deed
from studyplatform.kit.desk.tables import Table, linked
from studyplatform.kit.desk.waits import waits
from studyplatform.kit.money import show


@admin.register(Dispute)
class DisputeAdmin(Table):
    list_display = ("member", "sum", "because", "state", "answer_by", "opened_at")
    list_filter = (
        waits(answer=(_("the bank wants an answer"), disputes.waiting)),
        "state",
        "reason",
        "payment__currency",
        "payment__lines__enrollment__cohort__study",
    )
    list_select_related = ("payment__buyer__profile",)
    search_fields = ("reference", "payment__public_id", "payment__buyer__email", "payment__buyer__profile__pen_name")
    date_hierarchy = "opened_at"
    ordering = ("-opened_at",)
    fields = readonly_fields = (
        *("member", "sum", "because", "state", "answer_by", "at_stripe", "to_answer_with", "paid_with"),
        *("opened_at", "closed_at", "due_at", "attempts", "error", "changes"),
    )
    narrowed_by = ("payment",)
    handled_by = "payments.handle_disputes"
    actions = ("look_again",)

    def named(self, row: Dispute) -> str:
        """Whose dispute, how much, how it stands."""
        return f"{self.member(row)} · {self.sum(row)} · {row.get_state_display()}"

    @admin.display(description=_("member"))
    def member(self, row: Dispute) -> str:
        return str(row.payment.buyer)

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Dispute) -> str:
        return show(row.amount, row.payment.currency)

    @admin.display(description=_("what the bank was told"), ordering="reason")
    def because(self, row: Dispute) -> str:
        return str(reasons.words(row.reason))

    @admin.display(description=_("payment"))
    def paid_with(self, row: Dispute) -> SafeString | str:
        return linked(row.payment, f"{row.payment.public_id} · {show(row.payment.amount, row.payment.currency)}")

    @admin.display(description=_("at Stripe"))
    def at_stripe(self, row: Dispute) -> SafeString:
        """Where it is answered: files and words are handed in there."""
        return format_html(
            '<a class="desk-link" href="{}/disputes/{}" rel="noopener">{}</a>',
            *(settings.STRIPE_DASHBOARD, row.reference, _("Answer it in Stripe’s pages")),
        )

    @admin.display(description=_("what to answer with"))
    def to_answer_with(self, row: Dispute) -> SafeString:
        told = [(capfirst(str(words)), said) for words, said in evidence.facts(row.payment)]
        return format_html_join("", "<div><b>{}</b> · {}</div>", told)

    look_again = deed(
        _("Ask Stripe how it stands"),
        lambda actor, row, said: queue.try_now(actor, row),
        says=_("Stripe is asked within a minute, and what it says is followed. Doing that twice changes nothing."),
        done=_("asked within a minute"),
        permission="handle",
        about=lambda row: [row.get_state_display(), moments.moment(row.looked_at)],
    )
