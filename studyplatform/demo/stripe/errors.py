"""Refusals in Stripe's shape: an HTTP status and an `error` with type, code, message and param."""

from typing import Any


class ApiError(Exception):
    """Answered as `{"error": {...}}`. `saved` errors came out of an endpoint at work: idempotency keeps them."""

    def __init__(
        self, status: int, message: str, *, type: str = "invalid_request_error", code: str = "", param: str = "",
        headers: dict[str, str] | None = None, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = {"error": _error(message, type, code, param, more)}


def _error(message: str, type: str, code: str, param: str, more: dict[str, Any]) -> dict[str, Any]:
    error: dict[str, Any] = dict(more)
    if code:
        error["code"] = code
        error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
    error["message"] = message
    if param:
        error["param"] = param
    error["type"] = type
    return dict(sorted(error.items()))


def invalid(message: str, param: str = "", code: str = "") -> ApiError:
    """A request that cannot be carried out as it is."""
    return ApiError(400, message, code=code, param=param)


def missing(param: str) -> ApiError:
    """A parameter the endpoint cannot do without."""
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def unknown(params: list[str]) -> ApiError:
    """Parameters the endpoint does not have."""
    word = "parameters" if len(params) > 1 else "parameter"
    return invalid(f"Received unknown {word}: {', '.join(params)}", params[0], "parameter_unknown")


def no_such(kind: str, identity: str, param: str, *, status: int = 404) -> ApiError:
    """An object that is not there: 404 when the address names it, 400 when a parameter does."""
    return ApiError(status, f"No such {kind}: '{identity}'", code="resource_missing", param=param)


def unrecognized(method: str, path: str) -> ApiError:
    """An address the API does not have."""
    return ApiError(
        404,
        f"Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove the trailing slash. "
        "If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. "
        "Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
    )


def internal(*, replayed: bool) -> ApiError:
    """The server's own failure. A replayed one tells the client that trying again is of no use."""
    message = "An unknown error occurred. Please contact support if the problem persists."
    return ApiError(500, message, type="api_error", headers={"Stripe-Should-Retry": "false"} if replayed else {})
