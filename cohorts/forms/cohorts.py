"""The plan of a cohort: when, how many, for how much, and what comes back to who leaves."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts import agreed, clock, presets, prices, pricing, weekly
from cohorts.forms.inputs import ClockInput, DayInput, address, number, zones
from cohorts.models import Cohort, RefundPolicy
from cohorts.models.terms import PER_CENT
from studyplatform.accounts.models import User
from studyplatform.kit import money
from studyplatform.kit.errors import Refused


class CohortForm(forms.Form):
    """For a draft everything; once the cohort has opened, only what does not change what people joined by."""

    first_number = number(
        _("Number of your first cohort"),
        1,
        999,
        required=False,
        help_text=_("1, unless you have run this study elsewhere: after seven runs there, begin here with 8."),
    )
    starts_on = forms.DateField(label=_("First session"), widget=DayInput())
    meets_at = forms.TimeField(label=_("Every week at"), widget=ClockInput())
    zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    minutes = number(_("Minutes each time"), 15, 600)
    weeks = number(_("Weeks"), 1, 52)
    turns_per_session = number(_("Turns in a session"), 1, 60)
    posts_needed = number(_("Case studies each"), 0, 20)
    link = address(_("Meeting link"), help_text=_("Zoom, Meet or another. Shown to members only."))
    capacity = number(_("Seats"), 2, 10_000)
    minimum = number(_("Minimum members"), 0, 10_000, required=False)
    minimum_by = forms.DateField(label=_("Decided on"), widget=DayInput(), required=False)
    closes_on = forms.DateField(label=_("People can join until"), widget=DayInput())
    price = forms.CharField(
        label=_("Price"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    early_price = forms.CharField(
        label=_("Early price"),
        max_length=20,
        required=False,
        help_text=_("Lower than the price, for who joins first. Leave it empty to have none."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    early_until = forms.DateField(label=_("Until the end of"), widget=DayInput(), required=False)
    early_first = number(_("For the first so many seats"), 1, 10_000, required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in money.CURRENCIES])
    policy = forms.ChoiceField(label=_("If somebody leaves"), choices=RefundPolicy.Preset.choices)
    partner_share = number(
        _("Partners’ share, %"),
        0,
        100,
        help_text=_("Of what each seat brings in, for whoever leads the member’s subgroup."),
    )

    def __init__(self, *args: Any, cohort: Cohort | None = None, first: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort
        if not first:
            del self.fields["first_number"]
        if cohort and cohort.state != Cohort.State.DRAFT:
            for name in Cohort.FIXED:
                del self.fields[name]

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Show the price as it is typed: the plan holds minor units."""
        value = super().get_initial_for_field(field, field_name)
        if field_name not in ("price", "early_price") or value is None:
            return value
        return money.written(value, self.initial["currency"])

    def value(self, name: str) -> Any:
        """Return a cleaned value, or the cohort's own where the form does not ask."""
        if name in self.fields or not self.cohort:
            return self.cleaned_data.get(name)
        return getattr(self.cohort, name)

    def clean_starts_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["starts_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._clean_amount("price")
        self._clean_early()
        self._clean_partner_share()
        if self.value("starts_on") and self.value("weeks"):
            self._clean_dates()
        return cleaned

    def _clean_amount(self, name: str) -> None:
        text, currency = self.cleaned_data.get(name), self.value("currency")
        if not text or not currency:
            return
        try:
            amount = money.parse(text, currency)
            self.cleaned_data[name] = prices.check(amount, currency)
        except Refused as refused:
            self.add_error(name, str(refused))
        except (ValueError, ArithmeticError):
            example = money.show(prices.least(currency) * 30, currency)
            self.add_error(name, gettext("Write an amount, like %(example)s.") % {"example": example})

    def _clean_early(self) -> None:
        """What needs the typed price beside it; the verb refuses the rest."""
        if not self.cleaned_data.get("early_price"):
            return
        self._clean_amount("early_price")
        if not (self.cleaned_data.get("early_until") or self.cleaned_data.get("early_first")):
            self.add_error("early_until", _("Say until when it holds, or for how many seats."))

    def _clean_partner_share(self) -> None:
        most = (money.BASIS - settings.PLATFORM_SHARE) // PER_CENT
        if self.cleaned_data.get("partner_share", 0) > most:
            self.add_error("partner_share", gettext("At most %(most)s. The rest is the platform’s.") % {"most": most})

    def _clean_dates(self) -> None:
        first = self.value("starts_on")
        last = first + datetime.timedelta(weeks=self.value("weeks") - 1)
        closes_on, minimum_by = self.cleaned_data.get("closes_on"), self.cleaned_data.get("minimum_by")
        if closes_on and closes_on > last:
            self.add_error("closes_on", _("Choose a day before the last session."))
        if "minimum" not in self.fields or not self.cleaned_data.get("minimum"):
            return
        if not minimum_by:
            self.add_error("minimum_by", _("Say on which day it is decided."))
        elif minimum_by >= first:
            self.add_error("minimum_by", _("Choose a day before the first session."))
        if self.cleaned_data["minimum"] > (self.cleaned_data.get("capacity") or 0):
            self.add_error("minimum", _("It cannot be more than the seats."))

    def plan(self) -> dict[str, Any]:
        """Return the values as the verbs take them: moments in UTC, shares in basis points."""
        plan = dict(self.cleaned_data)
        zone = ZoneInfo(self.value("zone"))
        plan["closes_at"] = weekly.end_of(plan.pop("closes_on"), zone)
        plan["partner_share"] *= PER_CENT
        plan["early"] = _early(plan.pop("early_price"), plan.pop("early_until"), plan.pop("early_first"), zone)
        if "first_number" in self.fields:
            plan["first_number"] = plan["first_number"] or 1
        if "minimum" in self.fields:
            plan["minimum"] = plan["minimum"] or 0
            plan["minimum_by"] = weekly.end_of(plan["minimum_by"], zone) if plan["minimum"] else None
        return plan

    def examples(self) -> list[presets.Example]:
        """Return each refund rule worked out in money for what is typed so far."""
        if not self.is_bound:
            return presets.examples(**_money_and_dates(dict(self.initial), self.cohort))
        names = ("price", "currency", "starts_on", "meets_at", "zone", "weeks")
        typed = {name: self.value(name) for name in names if name not in self.errors}
        return presets.examples(**_money_and_dates(typed, self.cohort))


def _early(amount: Any, until: datetime.date | None, first: int | None, zone: ZoneInfo) -> pricing.Early | None:
    if not amount:
        return None
    return pricing.Early(amount=amount, until=weekly.end_of(until, zone) if until else None, first=first)


def _money_and_dates(values: dict[str, Any], cohort: Cohort | None) -> dict[str, Any]:
    price = values.get("price")
    currency = values.get("currency") or (cohort.currency if cohort else "")
    return {
        "price": price if isinstance(price, int) else 0,
        "currency": currency,
        "starts": starts_of(values, cohort) if currency else [],
        "zone": ZoneInfo(values.get("zone") or (cohort.zone if cohort else "UTC")),
    }


def starts_of(values: dict[str, Any], cohort: Cohort | None) -> list[datetime.datetime]:
    """Return the session starts that the values, or the opened cohort, stand for."""
    if cohort and cohort.state != Cohort.State.DRAFT:
        return clock.starts(cohort)
    if not all(values.get(name) for name in ("starts_on", "meets_at", "zone", "weeks")):
        return []
    zone = ZoneInfo(values["zone"])
    return list(weekly.starts(values["starts_on"], values["meets_at"], zone, values["weeks"]))


def initial_of(plan: dict[str, Any]) -> dict[str, Any]:
    """Return a plan as the form shows it: days in the cohort's zone, shares in per cent."""
    zone = ZoneInfo(plan["zone"])
    by, early = plan.get("minimum_by"), plan.get("early") or {}
    until = early.get("until")
    return {
        **plan,
        "early_price": early.get("amount"),
        "early_until": until.astimezone(zone).date() if until else None,
        "early_first": early.get("first"),
        "closes_on": plan["closes_at"].astimezone(zone).date(),
        "minimum_by": by.astimezone(zone).date() if by else None,
        "partner_share": plan["partner_share"] // PER_CENT,
    }


def first_plan(host: User) -> dict[str, Any]:
    """Return what a first cohort starts from: small, soon, in the host's own zone."""
    starts_on = timezone.localdate() + datetime.timedelta(weeks=3)
    zone = host.time_zone
    return {
        "first_number": 1,
        "starts_on": starts_on,
        "meets_at": datetime.time(20),
        "zone": zone,
        "minutes": 90,
        "weeks": 4,
        "turns_per_session": 4,
        "posts_needed": 2,
        "capacity": 8,
        "minimum": 0,
        "closes_at": weekly.end_of(starts_on - datetime.timedelta(days=1), ZoneInfo(zone)),
        "currency": "KRW" if host.language == "ko" else "USD",
        "policy": RefundPolicy.Preset.REMAINING_SESSIONS,
        "price": None,
        "partner_share": 0,
    }


def plan_of(cohort: Any) -> dict[str, Any]:
    """Return a cohort's plan as it stands."""
    return {
        **{
            name: getattr(cohort, name)
            for name in (*Cohort.FIXED, "turns_per_session", "posts_needed", "link", "closes_at")
        },
        "policy": cohort.policy.preset,
        "capacity": cohort.seats.capacity,
        "price": pricing.standard(cohort),
        "early": pricing.early_of(cohort),
        "partner_share": agreed.standing(cohort).partner_share,
    }
