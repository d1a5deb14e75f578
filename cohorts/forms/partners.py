"""Asking to lead subgroups, and answering whoever asks one to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.inputs import address
from cohorts.models.partner_application import PARTS, SLOTS
from cohorts.models.subgroup import WEEKDAYS
from studyplatform.kit.fields import FIELDS
from studyplatform.kit.words import Words

AGREED = {"required": _("Partners agree to these before they lead.")}


class PartnerApplicationForm(forms.Form):
    """What they would lead, when, and who they are."""

    subject = forms.CharField(
        label=_("What would you lead?"),
        max_length=80,
        help_text=_("Work you share with others, or what you would do together. “Small shops”, “Grant writing”."),
    )
    field = forms.ChoiceField(label=_("Field of work"), choices=FIELDS)
    slots = forms.MultipleChoiceField(
        label=_("When could you lead?"),
        choices=[(slot, slot) for slot in SLOTS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick all that suit you, in your own time zone."),
        error_messages={"required": _("Tick at least one.")},
    )
    sample = address(_("Something you wrote"), help_text=_("A case study here, or a post elsewhere."))
    words = forms.CharField(
        label=_("A few sentences about you"),
        max_length=1500,
        widget=Words(attrs={"rows": 5}),
        help_text=_("What you have done, and how you would keep a small table going."),
    )
    agree = forms.BooleanField(label=_("I agree to the terms of partners."), error_messages=AGREED)

    def week(self) -> list[tuple[Any, list[tuple[str, Any, bool]]]]:
        """Return the grid: a weekday, then each part of the day with whether it is ticked."""
        ticked = set(self["slots"].value() or ())
        return [
            (name, [(f"{day}-{part}", words, f"{day}-{part}" in ticked) for part, words in PARTS])
            for day, name in WEEKDAYS
        ]

    def plan(self) -> dict[str, Any]:
        """Return the answers; agreeing is the verb's to write down."""
        return {name: value for name, value in self.cleaned_data.items() if name != "agree"}


class InvitationForm(forms.Form):
    """Saying yes."""

    agree = forms.BooleanField(label=_("I agree to the terms of partners."), error_messages=AGREED)

    def plan(self) -> dict[str, Any]:
        """The verb needs no more than that it is said."""
        return {}
