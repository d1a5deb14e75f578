"""A subgroup, as its host describes it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.inputs import ClockInput, address, number
from cohorts.models.subgroup import WEEKDAYS, Subgroup
from studyplatform.kit.words import Words


class SubgroupForm(forms.Form):
    """Topic, weekly time, seats, its links, who leads it."""

    topic = forms.CharField(label=_("Topic"), max_length=60, help_text=_("Work they share, or what they do there."))
    weekday = forms.TypedChoiceField(label=_("Weekday"), choices=WEEKDAYS, coerce=int)
    meets_at = forms.TimeField(label=_("Time"), widget=ClockInput())
    minutes = number(_("Minutes"), 15, 600, initial=60)
    capacity = number(_("Seats"), 1, 10_000, initial=12)
    partner_email = forms.EmailField(
        label=_("Partner’s e-mail address"),
        required=False,
        help_text=_("A partner leads from now on and gets a letter. Anybody else is asked by letter first."),
    )
    link = address(_("Meeting link"), help_text=_("Empty: the cohort’s own."))
    chat_link = address(_("Chat room link"), help_text=_("KakaoTalk or another. Shown to its members only."))
    chat_code = forms.CharField(label=_("Chat room code"), max_length=30, required=False)
    greeting = forms.CharField(
        label=_("Greeting"),
        max_length=500,
        required=False,
        widget=Words(attrs={"rows": 3}),
        help_text=_("The partner’s words to whoever has just joined."),
    )
    count = number(
        _("How many like this"), 1, 50, initial=1, help_text=_("More than one are numbered: Topic 1, Topic 2.")
    )

    def __init__(self, *args: Any, subgroup: Subgroup | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if subgroup:
            del self.fields["count"]
            self.initial = {**initial_of(subgroup), **self.initial}


def initial_of(subgroup: Subgroup) -> dict[str, Any]:
    """Return what the form starts from when a subgroup is changed."""
    names = ("topic", "weekday", "meets_at", "minutes", "capacity", "link", "chat_link", "chat_code", "greeting")
    return {name: getattr(subgroup, name) for name in names}
