"""What a host says about a study."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Study
from studyplatform.kit.words import Words


class StudyForm(forms.ModelForm[Study]):
    """One calm form. The address is spelled from the title unless the host writes one."""

    slug = forms.SlugField(
        label=_("Address"),
        max_length=60,
        min_length=3,
        required=False,
        help_text=_("Small letters, digits and hyphens. Left empty, it is spelled from the title."),
        error_messages={
            "invalid": _("Use small letters a to z, digits and hyphens."),
            "min_length": _("Use at least 3 letters."),
        },
    )

    class Meta:
        model = Study
        fields = (
            *("title", "promise", "for_whom", "not_for", "host_words", "language", "wording"),
            *("gives_seats", "field", "picture"),
        )
        labels = {
            "title": _("Title"),
            "promise": _("Promise"),
            "for_whom": _("For whom"),
            "not_for": _("Not for"),
            "host_words": _("A word from you"),
            "language": _("Language of the study"),
            "wording": _("What you call it"),
            "gives_seats": _("Members may give their seat to somebody else"),
            "field": _("Field"),
            "picture": _("Picture"),
        }
        help_texts = {
            "title": _("What people learn or do together, in a few words."),
            "promise": _("One or two sentences: what has changed for them at the end."),
            "for_whom": _("One line each. Whoever finds themselves here joins."),
            "not_for": _("One line each. It saves the wrong people their money."),
            "host_words": _("Why you do this, in your own voice."),
            "language": _("Its pages are written in this language."),
            "gives_seats": _("Price, refund rule and group stay as they are. What you are paid does not change."),
            "field": _("It gives the study its cloth, the banner on its pages."),
            "picture": _("Yours instead of the cloth. Place and time of the photo are removed."),
        }
        widgets = {
            "promise": Words(attrs={"rows": 2, "maxlength": 200}),
            "for_whom": Words(attrs={"rows": 3}),
            "not_for": Words(attrs={"rows": 2}),
            "host_words": Words(attrs={"rows": 4}),
            "field": forms.RadioSelect,
            "picture": forms.FileInput(attrs={"accept": "image/*"}),
        }

    field_order = (
        *("title", "promise", "for_whom", "not_for", "language", "wording"),
        *("gives_seats", "field", "picture", "slug"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["for_whom"].required = True
        if self.instance.pk and self.instance.state != Study.State.DRAFT:
            del self.fields["slug"]
        elif self.instance.pk:
            self.fields["slug"].initial = self.instance.slug

    def _post_clean(self) -> None:
        """Leave the row alone: the verb writes it, from the values."""

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()
