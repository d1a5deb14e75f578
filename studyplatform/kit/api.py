"""What every address of the API shares. No cookie and no session: a reader is nobody, or who the token names.

What everybody may see is the same for all and may be kept a minute; all else is nobody's but the reader's.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework import exceptions
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from studyplatform.kit import language, limits, problems
from studyplatform.kit.api_schema import Described
from studyplatform.kit.page_cache import OUTSIDE

SAFE = ("GET", "HEAD")


class Nothing(Serializer):
    """Nothing is sent."""


class Pages(CursorPagination):
    """Rows a page at a time; the cursor in `next` stays right while rows come and go."""

    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """Return a page in the view's own order; a cursor somebody made up leads nowhere."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, DataError) as made_up:
            raise exceptions.NotFound(self.invalid_cursor_message) from made_up

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        """Return the order of the view's rows; the cursor holds the first column of it."""
        return tuple(view.order)


class Endpoint(GenericAPIView):
    """An address of the API. `scopes` says what a token must allow, by method; without one it is everybody’s."""

    scopes: ClassVar[dict[str, str]] = {}
    order: ClassVar[tuple[str, ...]] = ("pk",)
    query: type[Serializer] | None = None  # the parameters of a list
    answers: ClassVar[dict[str, type[Serializer]]] = {}  # by method: what it answers with, if not what it takes
    most: ClassVar[dict[str, tuple[str, int]]] = {}  # by method: a limit of its own, and how often a minute
    schema: Described | None = Described()
    pagination_class = Pages
    renderer_classes = (JSONRenderer,)
    parser_classes = (JSONParser,)
    metadata_class = None
    throttle_classes = ()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponse]:
        """Return the view, marked so that no middleware looks at who is signed in."""
        view: Any = super().as_view(**initkwargs)
        view.public = True
        return view  # type: ignore[no-any-return]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count before anything costs a query, then find out who asks."""
        language.activate(request._request, asked_language(request))
        self._count("api", limits.address_of(request._request), settings.API_PER_MINUTE)
        super().initial(request, *args, **kwargs)
        if request.auth:
            language.activate(request._request, request.user.language)
            self._count("api", f"token:{request.auth.pk}", settings.API_PER_MINUTE)
            name, most = self.most.get(request.method, ("", 0))
            if name:
                self._count(name, f"person:{request.user.pk}", most)

    def _count(self, name: str, who: str, most: int) -> None:
        if limits.asked(name, who) > most:
            raise exceptions.Throttled(limits.MINUTE)

    def check_permissions(self, request: Request) -> None:
        """Let everybody in where nobody is named; else a token that allows it."""
        scope = self.scopes.get("GET" if request.method == "HEAD" else request.method)
        if scope and not request.auth:
            raise exceptions.NotAuthenticated(_("This needs a token: Authorization: Bearer, then your token."))
        if scope and scope not in request.auth.scopes:
            raise exceptions.PermissionDenied(
                _("This token does not allow that. Make one that allows “%(scope)s”.") % {"scope": scope}
            )

    def get_exception_handler(self) -> Any:
        """Return what turns errors into problems."""
        return problems.answer

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say who may keep the answer."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 200 and request.method in SAFE and not self.scopes.get("GET"):
            language.activate(request, settings.LANGUAGE_CODE)  # data is the same in every language
            patch_cache_control(response, public=True, max_age=OUTSIDE)
        else:
            patch_cache_control(response, private=True, no_store=True)
        return response

    @property
    def asked(self) -> dict[str, Any]:
        """What the address asks for after its question mark, checked."""
        if self.query is None:
            return {}
        query = self.query(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)

    def sent(self) -> dict[str, Any]:
        """What the body holds, checked by the view's serializer."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class Nowhere(Endpoint):
    """Addresses of the API that are none."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer every method the same."""
        language.activate(request._request, asked_language(request))
        raise exceptions.NotFound(_("There is no such address. They all end with a slash."))

    def get(self, request: Request, rest: str) -> Response:
        """Never reached."""
        raise exceptions.NotFound


def asked_language(request: Request | HttpRequest) -> str:
    """Return the language of ours a client prefers by its header; no cookie is looked at."""
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return str(get_supported_language_variant(code))
        except LookupError:
            continue
    return str(settings.LANGUAGE_CODE)
