"""One session: its time, title, link and run sheet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts import weekly
from cohorts.forms.inputs import ClockInput, DayInput, address, number
from cohorts.models import Session
from studyplatform.kit.words import Words


class SessionForm(forms.Form):
    """Times are on the cohort's clock."""

    day = forms.DateField(label=_("Day"), widget=DayInput())
    clock = forms.TimeField(label=_("Time"), widget=ClockInput())
    minutes = number(_("Minutes"), 15, 600)
    title = forms.CharField(label=_("Title"), max_length=80, required=False)
    link = address(_("Meeting link"), help_text=_("Only for this session. Empty: the usual one."))
    run_sheet = forms.CharField(
        label=_("Run sheet"),
        max_length=5000,
        required=False,
        widget=Words(attrs={"rows": 6}),
        help_text=_("What happens when. Everybody who comes sees it."),
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        start = session.starts_at.astimezone(session.cohort.tz)
        words = {name: getattr(session, name) for name in ("minutes", "title", "link", "run_sheet")}
        self.initial = {"day": start.date(), "clock": start.time(), **words}

    def plan(self) -> dict[str, Any]:
        """Return the values with day and clock as one moment in UTC."""
        plan = dict(self.cleaned_data)
        plan["starts_at"] = weekly.moment(plan.pop("day"), plan.pop("clock"), self.session.cohort.tz)
        return plan
