"""Thanks for a turn: all of them on a page of their own, giving them, taking them back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cohorts import thanked
from cohorts.forms.refusal import attempt
from cohorts.forms.thanks import ThanksForm
from cohorts.models import Presentation
from cohorts.policies import get_session, reader
from cohorts.services import thanks as verbs
from studyplatform.kit.limits import limited

PAGE = 50
MOST = 20  # thanks of one person in a minute


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@limited("thanks", MOST)
def thanks(request: HttpRequest, slug: str, number: int, public_id: str, position: int) -> HttpResponse:
    """What was said for a turn that was presented, and the form to say it."""
    turn = _turn(request, slug, number, public_id, position)
    form = ThanksForm(request.POST if request.method == "POST" else None)
    if attempt(form, verbs.give, reader(request), turn):
        messages.success(request, _("Your thanks stand under the turn."))
        return redirect(turn.get_absolute_url())
    rows = thanked.standing().filter(presentation=turn)
    mine = rows.filter(giver=reader(request)).exists()
    context = {
        "cohort": turn.session.cohort,
        "session": turn.session,
        "turn": turn,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "form": form if form.errors or (thanked.may_thank(reader(request), turn) and not mine) else None,
    }
    return render(request, "cohorts/thanks.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def thanks_back(request: HttpRequest, slug: str, number: int, public_id: str, position: int) -> HttpResponse:
    """Take one's own thanks for a turn back."""
    turn = _turn(request, slug, number, public_id, position)
    verbs.take_back(reader(request), get_object_or_404(thanked.standing(), presentation=turn, giver=reader(request)))
    messages.success(request, _("You took your thanks back. Nobody sees them."))
    return redirect(turn.get_absolute_url())


def _turn(request: HttpRequest, slug: str, number: int, public_id: str, position: int) -> Presentation:
    """Return a turn that was presented in a session the reader may see, or 404."""
    session = get_session(request, slug, number, public_id)
    shown = Presentation.objects.filter(session=session, state__in=Presentation.PRESENTED)
    turn = get_object_or_404(shown.select_related("enrollment__person__profile"), position=position)
    turn.session = session
    return turn
