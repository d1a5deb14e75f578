"""Taxes on the desk: how payees in Korea are taxed, the files of a year, what was paid to the tax office."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.policies import reader
from payments.forms.books import MonthForm
from payments.forms.taxes import TaxFileForm
from payments.models import Taxpayer
from payments.services import company_files, tax_files, taxes
from studyplatform.kit import tables
from studyplatform.kit.desk.tables import Table
from studyplatform.kit.errors import Refused
from studyplatform.kit.money import show
from studyplatform.kit.months import Month


@admin.register(Taxpayer)
class TaxpayerAdmin(Table):
    list_display = ("payee", "kind", "business_name", "number", "resident", "resident_until")
    list_filter = ("kind",)
    list_select_related = ("payee__person__profile",)
    search_fields = ("payee__person__email", "payee__person__profile__pen_name", "payee__holder", "business_number")
    fields = readonly_fields = (
        *("payee", "kind", "business_name", "number", "pays_vat", "resident", "resident_until", "changes"),
    )
    list_before_template = "payments/admin/taxes.html"
    happened = {
        **dict(Taxpayer.Kind.choices),
        "number named": _("resident number named"),
        "number erased": _("resident number erased"),
    }

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        files = path("file/", guard(self.file), name=self._name("file"))
        return [files, path("remit/", guard(self.remit), name=self._name("remit")), *super().get_urls()]

    @property
    def last_month(self) -> Month:
        """The month whose tax is due."""
        return Month.of(timezone.now()).before

    @property
    def due(self) -> list[str]:
        """What was withheld in it, as people write it: income tax, local income tax."""
        return [show(taxes.in_month(kind, self.last_month), "KRW") for kind in taxes.TAXES]

    @admin.display(description=_("business number"))
    def number(self, row: Taxpayer) -> str:
        return row.business_shown if row.business_number else "–"

    @admin.display(description=_("resident number"))
    def resident(self, row: Taxpayer) -> str:
        return row.masked or "–"

    def file(self, request: HttpRequest) -> HttpResponseBase:
        """A year of people or businesses, as a table to download; with numbers, so a right of its own."""
        if not request.user.has_perm("payments.see_tax_files"):
            raise PermissionDenied
        form = TaxFileForm(request.GET)
        if form.is_valid():
            try:
                return self._file(request, **form.cleaned_data)
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
        return self._back()

    def _file(self, request: HttpRequest, year: int, of: str, ending: str) -> HttpResponseBase:
        if of == "people":
            header, rows = tax_files.people_header(), tax_files.people(reader(request), year)
            return tables.response(f"withheld-{year}", ending, header, rows)
        if of == "companies":
            found = list(company_files.rows(reader(request), year))
            return tables.response(f"companies-{year}", ending, company_files.header(), found)
        return tables.response(f"invoices-{year}", ending, tax_files.businesses_header(), tax_files.businesses(year))

    def remit(self, request: HttpRequest) -> HttpResponse:
        """Write down that a month's tax was paid to the tax offices."""
        if request.method != "POST" or not request.user.has_perm("payments.handle_payouts"):
            raise PermissionDenied
        form = MonthForm(request.POST)
        try:
            if form.is_valid():
                taxes.remit(form.cleaned_data["month"])
                self.message_user(request, _("Written down."))
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        return self._back()

    def _back(self) -> HttpResponse:
        return redirect(f"admin:{self._name('changelist')}")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        rights = {"may_see_files": "see_tax_files", "may_remit": "handle_payouts"}
        held = {name: request.user.has_perm(f"payments.{right}") for name, right in rights.items()}
        return super().changelist_view(request, {**held, **(extra_context or {})})
