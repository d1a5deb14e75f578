"""Statements of a month, the event behind each number, and the books of a month to download."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cohorts.policies import reader
from payments.services import books, occasions, statements
from payments.services.statements import Line, Statement
from payments.views.payees import place
from studyplatform.kit import money, tables
from studyplatform.kit.months import Month

PER_PAGE = 50


def _place(request: HttpRequest) -> dict[str, str]:
    return dict(zip(("base", "earnings"), place(request), strict=True))


@require_safe
@login_required
@never_cache
def statement(request: HttpRequest, month: Month) -> HttpResponse:
    """One month of a person's money in one currency."""
    used = statements.currencies(reader(request))
    shown = _statement(request, month, used)
    page = Paginator(shown.events, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **_place(request),
        "statement": shown,
        "page": page,
        "lines": [statements.line_of(found) for found in page],
        "month": month,
        "later": month < Month.of(timezone.now()),
        "currencies": used,
        "hosts": reader(request).paid_studies.exists(),
    }
    return render(request, "payments/statements/statement.html", context)


def _statement(request: HttpRequest, month: Month, used: list[str]) -> Statement:
    asked = request.GET.get("currency", "")
    currency = asked if asked in used else (used or [money.CURRENCIES[0]])[0]
    return Statement(reader(request), month, currency)


@require_safe
@login_required
@never_cache
def statement_file(request: HttpRequest, month: Month, ending: str) -> HttpResponseBase:
    """The same month as a table."""
    shown = _statement(request, month, statements.currencies(reader(request)))
    header = [_("Date"), _("What happened"), _("Came"), _("Went"), _("You are owed then"), _("Currency"), _("Event")]
    return tables.response(f"statement-{month}-{shown.currency}", ending, header, _cells(shown))


def _cells(shown: Statement) -> Iterator[list[Any]]:
    """The opening balance, every event with what is owed then, the closing balance."""
    owed, currency = shown.opening, shown.currency
    yield ["", _("Owed when the month began"), None, None, money.major(owed, currency), currency, ""]
    for line in shown.lines():
        owed += line.amount
        yield _line(line, owed, currency)
    yield ["", _("Owed when the month ended"), None, None, money.major(owed, currency), currency, ""]


def _line(line: Line, owed: int, currency: str) -> list[Any]:
    day = timezone.make_naive(line.at, timezone.get_default_timezone()).replace(microsecond=0)
    address = f"{settings.SITE_URL}{reverse('money_event', args=[line.event])}"
    came_and_went = books.in_and_out(line.amount, currency)
    return [day, line.told.words, *came_and_went, money.major(owed, currency), currency, address]


@require_safe
@login_required
@never_cache
def books_file(request: HttpRequest, month: Month, ending: str) -> HttpResponseBase:
    """Every entry of the ledger that moved the person's money and that of cohorts paid to them."""
    return tables.response(f"books-{month}", ending, books.header(), books.rows(month, reader(request)))


@require_safe
@login_required
@never_cache
def money_event(request: HttpRequest, pk: int) -> HttpResponse:
    """What made a number: every part of it, for whoever it paid or cost; to all others it is not there."""
    person = reader(request)
    one = get_object_or_404(occasions.seen_by(person), pk=pk)
    page = Paginator(occasions.parts_of(person, one), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **_place(request),
        "event": occasions.of(person, one),
        "page": page,
        "parts": occasions.told(person, page),
        "month": Month.of(one.at),
    }
    return render(request, "payments/statements/event.html", context)
