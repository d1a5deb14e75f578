"""Scholarships: what a host offers, what somebody asks, what the host answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.inputs import number
from cohorts.models import ScholarshipApplication
from studyplatform.kit.words import Words


class ScholarshipForm(forms.Form):
    """What a cohort offers."""

    places = number(_("Places"), 0, 1_000, help_text=_("0 offers none any more. Who has a yes keeps it."))
    percent = number(_("Per cent off"), 1, 100, help_text=_("Of the standard price; 100 makes the seat free."))
    for_whom = forms.CharField(
        label=_("For whom"),
        max_length=300,
        required=False,
        widget=Words(attrs={"rows": 2}),
        help_text=_("Everybody reads it: students, people between jobs, whoever you think of."),
    )


class AskForm(forms.Form):
    """A few words, for the hosts alone."""

    words = forms.CharField(
        label=_("A few words to the host"),
        max_length=1000,
        widget=Words(attrs={"rows": 5}),
        help_text=_("Only the host reads them, and they are erased a month after the answer. Nobody asks for proof."),
    )


class AnswerForm(forms.Form):
    """Yes with how much is taken off, or no with a word."""

    answer = forms.ChoiceField(choices=[("yes", _("yes")), ("no", _("no"))])
    percent = number(_("Per cent off"), 1, 100, required=False)
    words = forms.CharField(label=_("A word with it"), max_length=600, required=False, widget=Words(attrs={"rows": 3}))

    def __init__(self, *args: Any, application: ScholarshipApplication, **options: Any) -> None:
        super().__init__(*args, **options)
        self.usual = application.scholarship.percent

    def clean_percent(self) -> int:
        """Return what is typed, else what the cohort offers."""
        return self.cleaned_data["percent"] or self.usual
