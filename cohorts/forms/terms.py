"""A partner's own terms: a share and amounts, typed in the currency's own unit."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts import prices
from cohorts.models import Rules, Terms
from cohorts.models.terms import PER_CENT
from studyplatform.kit import money

AMOUNTS = ("per_member", "per_session", "per_cohort", "bonus")


def amount(label: Any, help_text: Any = "") -> forms.CharField:
    """Return a field for an amount of money; empty is nothing."""
    box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, help_text=help_text, max_length=20, required=False, widget=box)


def per_cent(label: Any, help_text: Any = "", **options: Any) -> forms.DecimalField:
    """Return a field for a part in per cent."""
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=0, max_value=100, decimal_places=2, required=False, **options
    )


class TermsForm(forms.Form):
    """Every part may be empty; together they are what the partner gets."""

    partner_share = per_cent(_("Share, %"), _("Of what each seat of their members brings in, after payment fees."))
    per_member = amount(_("For each member"), _("Paying members, in equal parts after the cohort’s sessions."))
    per_session = amount(_("For each session"), _("Of their group, once it was held."))
    per_cohort = amount(_("For the whole cohort"), _("Once it is over, if they lead to the end."))
    bonus = amount(_("Bonus"), _("Once it is over, if enough of their members complete."))
    bonus_from = per_cent(_("From how many who complete, %"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in AMOUNTS:
            cleaned[name] = self._minor(name, cleaned.get(name) or "")
        for name in ("partner_share", "bonus_from"):
            cleaned[name] = int((cleaned.get(name) or 0) * PER_CENT)
        if cleaned["bonus"] and not cleaned["bonus_from"]:
            self.add_error("bonus_from", _("Say from which part of the members on the bonus is paid."))
        if not cleaned["bonus"]:
            cleaned["bonus_from"] = 0
        return cleaned

    def _minor(self, name: str, typed: str) -> int:
        try:
            found = money.parse(typed or "0", self.currency)
        except (ValueError, ArithmeticError):
            found = -1
        if not 0 <= found < 2**31:
            example = money.show(prices.least(self.currency) * 30, self.currency)
            self.add_error(name, gettext("Write an amount, like %(example)s.") % {"example": example})
            return 0
        return found

    def plan(self) -> dict[str, Any]:
        """Return what is typed as the verb takes it."""
        return plan_of(self.cleaned_data)


def plan_of(cleaned: dict[str, Any]) -> dict[str, Any]:
    """Return the share and the rules of cleaned values, as the verb takes them."""
    rules = Rules(**{name: cleaned[name] for name in (*AMOUNTS, "bonus_from")})
    return {"partner_share": cleaned["partner_share"], "rules": rules}


def initial_of(terms: Terms, currency: str) -> dict[str, Any]:
    """Return what the form starts from: the terms in force."""
    rules = terms.amounts
    typed = {name: money.written(getattr(rules, name), currency) for name in AMOUNTS if getattr(rules, name)}
    shares = {"partner_share": terms.partner_share, "bonus_from": rules.bonus_from}
    return {**typed, **{name: f"{share / PER_CENT:g}" for name, share in shares.items() if share}}
