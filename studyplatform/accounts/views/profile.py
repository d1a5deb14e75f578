"""My profile: what others see of me, my language and time."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from studyplatform.accounts.forms.profile import ProfileForm
from studyplatform.accounts.models import User
from studyplatform.accounts.services import people
from studyplatform.kit import language
from studyplatform.kit.errors import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the form; a POST saves it."""
    assert isinstance(request.user, User)  # noqa: S101
    form = ProfileForm(request.POST or None, request.FILES or None, user=request.user)
    if form.is_valid() and save(request.user, form):
        language.activate(request, form.cleaned_data["language"])
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


def save(user: User, form: ProfileForm) -> bool:
    """Save a valid form; False when the service refused and the form says why."""
    values = form.cleaned_data
    drop = bool(values.get("drop_picture"))
    try:
        people.describe(user, values, picture=values.get("upload"), drop_picture=drop)
    except Refused as refused:
        form.add_error(refused.field, str(refused))
        return False
    return True
