"""The desk of the people who run the platform: Django's admin in unfold's clothes, under a policy of its own."""

from collections.abc import Callable
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import get_language
from unfold.sites import UnfoldAdminSite

# Alpine reads its attributes with eval, and unfold writes its colours into the page.
POLICY = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}


class DeskSite(UnfoldAdminSite):
    """Every page behind `admin_view`, and no other, gets the looser policy.

    Tables allauth brings along stay away: their rows could be edited by hand, and hold keys to accounts.
    """

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        if not getattr(admin_class, "__module__", "").startswith("allauth."):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        guarded: Callable[..., Any] = csp_update(POLICY)(super().admin_view(view, cacheable))
        return guarded


def site_name(request: HttpRequest) -> str:
    """Return the site's name in the reader's language."""
    return str(settings.SITE_NAME_KO if get_language() == "ko" else settings.SITE_NAME)


def mark(request: HttpRequest) -> str:
    """Return the address of our mark."""
    return static("img/mark.svg")


def style(request: HttpRequest) -> str:
    """Return the address of what the desk adds to unfold's looks."""
    return static("desk/desk.css")
