"""What a person shows of themselves, and their settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from studyplatform.accounts import zones
from studyplatform.accounts.forms.signup import no_address
from studyplatform.accounts.models import Profile, User
from studyplatform.kit import pictures
from studyplatform.kit.errors import Refused
from studyplatform.kit.fields import FIELDS
from studyplatform.kit.words import Words

SIDE = 512  # pixels of a face at most


class ProfileForm(forms.ModelForm[Profile]):
    """Everything on one page; the service saves it."""

    handle = forms.CharField(
        label=_("My address here"),
        min_length=3,
        max_length=30,
        validators=User._meta.get_field("handle").validators,
        help_text=_("3 to 30 small letters, digits or underscores."),
        error_messages={"required": _("Choose 3 to 30 small letters, digits or underscores.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Times are shown in it, with its name."))
    upload = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, up to 15 MB. Where and when it was taken is left out."),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    drop_picture = forms.BooleanField(label=_("Remove my picture"), required=False)

    class Meta:
        model = Profile
        fields = ("pen_name", "work", "field", "about", "can_help", "looking_for")
        labels = {
            "pen_name": _("Pen name"),
            "work": _("What I do"),
            "about": _("About me"),
            "can_help": _("I can help with"),
            "looking_for": _("I am looking for"),
        }
        help_texts = {
            "pen_name": _("The name others see."),
            "work": _("In a few words, like: runs a print shop in Euljiro."),
            "can_help": _("What others may ask you about."),
            "looking_for": _("What you would like to learn, or whom you would like to meet."),
        }
        error_messages = {"pen_name": {"required": _("Tell us what to call you.")}}
        widgets = {"about": Words(attrs={"rows": 4})}

    def __init__(self, data: Any = None, files: Any = None, *, user: User) -> None:
        super().__init__(data, files, instance=getattr(user, "profile", None))
        self.fields["pen_name"].validators.append(no_address)
        self.fields["field"] = forms.ChoiceField(
            label=_("My field"), required=False, choices=[("", _("None of these")), *FIELDS]
        )
        for name in ("handle", "language", "time_zone"):
            self.fields[name].initial = getattr(user, name)
        self.fields["time_zone"].choices = zones.choices(user.time_zone)  # type: ignore[attr-defined]
        if not (self.instance.pk and self.instance.picture):
            del self.fields["drop_picture"]

    def clean_upload(self) -> Any:
        """Return the picture drawn anew, or nothing."""
        upload = self.cleaned_data.get("upload")
        if not upload:
            return None
        try:
            return pictures.redrawn(upload, longest=SIDE, field="upload")
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
