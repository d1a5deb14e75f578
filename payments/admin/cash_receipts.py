"""Cash receipts on the desk: what is to be issued at Hometax, and what was."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from cohorts.policies import reader
from payments.forms.cash_receipt import IssuedForm
from payments.models import CashReceipt
from payments.services import cash_receipts
from studyplatform.kit import tables
from studyplatform.kit.desk.deeds import Reason, deed
from studyplatform.kit.desk.tables import Table
from studyplatform.kit.desk.waits import waits
from studyplatform.kit.money import show


@admin.register(CashReceipt)
class CashReceiptAdmin(Table):
    list_display = (
        "receipt",
        "purpose",
        "number_last",
        "now",
        "state",
        "issued_for",
        "approval",
        "issued_on",
        "asked_at",
    )
    list_filter = (
        waits(
            issue=(_("to be issued"), cash_receipts.to_issue), correct=(_("to be corrected"), cash_receipts.to_correct)
        ),
        "state",
        "purpose",
    )
    list_select_related = ("payment__receipt", "payment__buyer__profile")
    search_fields = ("payment__buyer__email", "payment__receipt__number", "payment__public_id", "approval")
    ordering = ("-asked_at", "-pk")
    fields = readonly_fields = (
        *("receipt", "buyer", "purpose", "number_last", "number_until", "now", "state", "issued_for", "approval"),
        *("issued_on", "asked_at", "changes"),
    )
    list_before_template = "payments/admin/cash_receipts.html"
    handled_by = "payments.see_tax_files"  # whoever fetches the numbers writes down what became of them
    actions = ("issued", "cancelled")
    happened = {**dict(CashReceipt.State.choices), "number erased": _("number erased")}

    def get_urls(self) -> list[URLPattern]:
        return [path("file/", self.admin_site.admin_view(self.file), name=self._name("file")), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cash_receipts.with_kept(super().get_queryset(request))

    def named(self, row: CashReceipt) -> str:
        """Its receipt, whose, how it stands."""
        return f"{self.receipt(row)} · {row.payment.buyer} · {row.get_state_display()}"

    @admin.display(description=_("receipt"))
    def receipt(self, row: CashReceipt) -> str:
        return str(getattr(row.payment, "receipt", row.payment.public_id))

    @admin.display(description=_("buyer"))
    def buyer(self, row: CashReceipt) -> str:
        return str(row.payment.buyer)

    @admin.display(description=_("kept of it now"))
    def now(self, row: Any) -> str:
        return show(row.kept or 0, "KRW")

    @admin.display(description=_("issued for"))
    def issued_for(self, row: CashReceipt) -> str:
        return show(row.amount, "KRW") if row.amount else "–"

    def file(self, request: HttpRequest) -> HttpResponseBase:
        """What is to be issued, with the numbers it goes to, as a table to download."""
        if not self.has_handle_permission(request):
            raise PermissionDenied
        ending = "xlsx" if request.GET.get("ending") == "xlsx" else "csv"
        rows = cash_receipts.rows(reader(request))
        return tables.response("cash-receipts", ending, cash_receipts.header(), rows)

    issued = deed(
        _("Issued at Hometax"),
        lambda actor, row, said: cash_receipts.issue(actor, row, **said),
        says=_("Write down the approval number. It is issued for what was kept of the payment."),
        done=_("issued"),
        moves_to="issued",
        permission="handle",
        form=IssuedForm,
        single=True,
    )
    cancelled = deed(
        _("Cancelled at Hometax"),
        lambda actor, row, said: cash_receipts.cancel(actor, row, **said),
        says=_("Money went back, or the number was wrong. The buyer may ask for another."),
        done=_("cancelled at Hometax"),
        moves_to="cancelled",
        permission="handle",
        form=Reason,
        single=True,
    )
