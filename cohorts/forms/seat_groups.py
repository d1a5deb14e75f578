"""How a cohort sells seats to companies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.inputs import number
from cohorts.models.seat_group import LEAST, LONGEST, MOST
from cohorts.models.terms import PER_CENT


class GroupPlanForm(forms.Form):
    """Whether companies may buy, what comes off, how long a quote holds."""

    on = forms.BooleanField(label=_("Companies may buy seats for a team"), required=False)
    reduction = number(_("Off the standard price, %"), 0, 90, help_text=_("0 for none. No coupon comes off besides."))
    reduction_from = number(_("For so many seats or more"), LEAST, MOST)
    quote_days = number(_("Days a quote holds"), 1, 60, help_text=_("Never longer than joining is open."))
    invoice_days = number(
        _("Days to pay an invoice in"),
        0,
        LONGEST,
        help_text=_("0: seats are paid at once. Else people may begin before; nobody earns by their seats until then."),
    )

    def plan(self) -> dict[str, Any]:
        """Return the values as the verb takes them: the reduction in basis points."""
        return {**self.cleaned_data, "reduction": self.cleaned_data["reduction"] * PER_CENT}
