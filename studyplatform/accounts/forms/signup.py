"""What signing up asks besides address and password."""

from django import forms
from django.http import HttpRequest

from studyplatform.accounts.models import User


class SignupExtras(forms.Form):
    """Nothing more yet."""

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the person is made."""
