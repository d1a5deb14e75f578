"""My letters: which kinds I want."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from studyplatform.mail.kinds import NAMES
from studyplatform.mail.services import preferences


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest) -> HttpResponse:
    """Show every kind with its switch; a POST keeps all of them."""
    if request.method == "POST":
        preferences.choose_all(request.user, set(request.POST.getlist("kind")))
        messages.success(request, _("Saved."))
        return redirect("letters")
    unwanted = preferences.unwanted(request.user)
    kinds = [(kind, name, kind not in unwanted) for kind, name in NAMES.items()]
    return render(request, "accounts/letters.html", {"kinds": kinds})
