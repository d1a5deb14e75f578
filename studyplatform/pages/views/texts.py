"""Pages of plain text, one template per page and language: how it works, the rules, the law, help."""

from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cohorts import presets, refunds
from cohorts.models import RefundPolicy
from studyplatform.accounts.texts import VERSIONS
from studyplatform.kit import page_cache
from studyplatform.pages import structured

EXAMPLE_PRICE = 160_000  # won, for eight sessions: parts come out even
EXAMPLE_STARTS = [f"2026-03-{day:02}T11:00+00:00" for day in (3, 10, 17, 24, 31)] + [
    f"2026-04-{day:02}T11:00+00:00" for day in (7, 14, 21)
]


@page_cache.public("texts")
def how_it_works(request: HttpRequest) -> HttpResponse:
    """What happens from joining to the last session."""
    return _text(
        request,
        "how_it_works",
        _("How it works"),
        _("From joining a cohort to your turn and your post: what happens each week, and what you take along."),
    )


@page_cache.public("texts")
def terms(request: HttpRequest) -> HttpResponse:
    """What people agree to."""
    return _text(
        request, "terms", _("Terms"), _("What you can rely on, and what we rely on you for, in plain sentences.")
    )


@page_cache.public("texts")
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why and for how long."""
    return _text(
        request, "privacy", _("Privacy"), _("What we keep about you, why, for how long, and how to have it erased.")
    )


@page_cache.public("texts")
def refund_policy(request: HttpRequest) -> HttpResponse:
    """How refunds go, worked out in money."""
    return _text(
        request,
        "refund_policy",
        _("Refunds"),
        _("What comes back when you leave, worked out in money for each of the rules a host can choose."),
        examples=[(name, example(name)) for name in RefundPolicy.Preset.values],
        price=EXAMPLE_PRICE,
        count=len(EXAMPLE_STARTS),
    )


@page_cache.public("texts")
def house_rules(request: HttpRequest) -> HttpResponse:
    """How people treat each other here."""
    return _text(
        request, "house_rules", _("House rules"), _("How we treat each other in sessions, posts and conversations.")
    )


@page_cache.public("texts")
def partner_terms(request: HttpRequest) -> HttpResponse:
    """What partners agree to."""
    return _text(
        request,
        "partner_terms",
        _("Terms of partners"),
        _("What who leads a subgroup can rely on, and what members and hosts rely on them for."),
    )


@page_cache.public("texts")
def help(request: HttpRequest) -> HttpResponse:  # the noun of its address
    """Answers to what people ask."""
    return _text(
        request, "help", _("Help"), _("Answers for members, partners and hosts: joining, paying, presenting, earning.")
    )


def _text(request: HttpRequest, name: str, title: str, description: str, **more: Any) -> HttpResponse:
    context = {
        "head": structured.text_head(name, title, description),
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "in_force": parse_date(VERSIONS.get(name, "")),
        **more,
    }
    return render(request, f"pages/texts/{name}.{get_language()}.html", context)


def example(preset: str) -> list[refunds.Rung]:
    """Return what a preset gives back for the example, by the same code that pays it."""
    starts = [start for start in map(parse_datetime, EXAMPLE_STARTS) if start]
    policy = RefundPolicy(preset=preset, data=presets.PRESETS[preset])
    return refunds.ladder(policy, EXAMPLE_PRICE, starts, ZoneInfo("Asia/Seoul"))
