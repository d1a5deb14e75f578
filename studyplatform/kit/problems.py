"""What goes wrong in the API, as problem details (RFC 9457): a sentence for the person, and the field it is about."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from studyplatform.kit.errors import FirstThis, Refused
from studyplatform.kit.seo import absolute

log = logging.getLogger(__name__)

TYPE = "application/problem+json"
FORBIDDEN = ("not_member", "not_yours")  # refusals that are about who asks, not about what stands


class FieldProblem(serializers.Serializer):
    """One field and what is wrong with it; an empty name means the whole."""

    field = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer):
    """Every error looks like this. `code` stays the same in every language, `detail` is for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FieldProblem(many=True, required=False)
    page = serializers.URLField(required=False, help_text="Where a person does what is to be done first.")


def problem(status: int, detail: Any, *, code: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """Return an answer that says what went wrong; `more` are members of its own, like `errors` or `version`."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": str(detail), **more}
    return Response(body, status=status, content_type=TYPE, headers=headers)


def answer(error: Exception, context: dict[str, Any]) -> Response:
    """Turn whatever a view raised into a problem. What nobody expected is logged and told without its details."""
    if isinstance(error, Refused):
        return _refused(error)
    if isinstance(error, FirstThis):
        return problem(403, error, code=error.code, page=absolute(error.page))
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    if isinstance(error, exceptions.ValidationError):
        errors = [{"field": name, "detail": sentence} for name, sentence in _by_field(error.detail)]
        return problem(422, _("Some of what was sent cannot be taken."), code="invalid", errors=errors)
    if isinstance(error, exceptions.APIException):
        return problem(error.status_code, error.detail, code=str(error.get_codes()), headers=_headers(error))
    log.exception("the API failed", exc_info=error)
    return problem(500, _("Something went wrong on our side. Nothing was changed."), code="error")


def _refused(refused: Refused) -> Response:
    if refused.field:
        errors = [{"field": refused.field, "detail": str(refused)}]
        return problem(422, refused, code=refused.code, errors=errors)
    return problem(403 if refused.code in FORBIDDEN else 409, refused, code=refused.code)


def _by_field(detail: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each field by its path ("recipe.steps.0") with each of its sentences."""
    if isinstance(detail, dict):
        for key, part in detail.items():
            whole = key in ("non_field_errors", "__all__")
            yield from _by_field(part, name if whole else f"{name}.{key}".lstrip("."))
    elif isinstance(detail, list):
        for place, part in enumerate(detail):
            yield from _by_field(part, f"{name}.{place}" if isinstance(part, dict) else name)
    else:
        yield name, str(detail)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    found = {"WWW-Authenticate": getattr(error, "auth_header", ""), "Retry-After": _seconds(error)}
    return {name: value for name, value in found.items() if value}


def _seconds(error: exceptions.APIException) -> str:
    wait = getattr(error, "wait", None)
    return str(int(wait)) if wait else ""
