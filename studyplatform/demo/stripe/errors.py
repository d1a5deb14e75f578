"""Refusals in Stripe's shape: an HTTP status and an `error` with type, code, message and param."""

from typing import Any


class ApiError(Exception):
    """Answered as `{"error": {...}}`. A `kept` one was found by an endpoint at work."""

    def __init__(
        self, status: int, message: str, *, type: str = "invalid_request_error", code: str = "", param: str = "",
        headers: dict[str, str] | None = None, kept: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.status, self.headers, self.kept = status, headers or {}, kept
        address = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}" if code else ""
        self.parts = {"code": code, "doc_url": address, "message": message, "param": param, "type": type}

    def body(self, request: str) -> dict[str, Any]:
        """Return what is sent as the answer to a request."""
        log = f"https://dashboard.stripe.com/test/logs/{request}" if self.status != 401 else ""
        parts = {**self.parts, "request_log_url": log}
        return {"error": {name: part for name, part in sorted(parts.items()) if part}}


def invalid(message: str, param: str = "", code: str = "") -> ApiError:
    """A request that is wrong in itself, whatever there is: it can be mended and sent again with the same key."""
    return ApiError(400, message, code=code, param=param, kept=False)


def refused(message: str, param: str = "", code: str = "") -> ApiError:
    """A request that is right in itself, but not with what there is."""
    return ApiError(400, message, code=code, param=param)


def short() -> ApiError:
    """Too little money at hand; kept under the key, like every no an endpoint gave."""
    return refused(
        "You have insufficient available funds in your Stripe account. Try adding funds directly to your available "
        "balance by creating Charges using the 4000000000000077 test card.",
        code="balance_insufficient",
    )


def missing(param: str) -> ApiError:
    """A parameter the endpoint cannot do without."""
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def unknown(params: list[str]) -> ApiError:
    """Parameters the endpoint does not have."""
    word = "parameters" if len(params) > 1 else "parameter"
    return invalid(f"Received unknown {word}: {', '.join(params)}", params[0], "parameter_unknown")


def not_here(param: str) -> ApiError:
    """A parameter of the official API for things the sandbox does not do: better refused than silently left undone."""
    return invalid(f"The local Stripe does not do this: {param}.", param)


def no_such(kind: str, identity: str, param: str, *, status: int = 404) -> ApiError:
    """An object that is not there: 404 when the address names it, 400 when a parameter does."""
    return ApiError(status, f"No such {kind}: '{identity}'", code="resource_missing", param=param)


def no_access(account: str, key: str = "sk_test_********") -> ApiError:
    """A connected account that is not there, or not ours any more."""
    return ApiError(
        403,
        f"The provided key '{key}' does not have access to account '{account}' (or that account does not exist). "
        "Application access may have been revoked.",
        code="account_invalid",
    )


def unrecognized(method: str, path: str) -> ApiError:
    """An address the API does not have."""
    return ApiError(
        404,
        f"Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove the trailing slash. "
        "If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. "
        "Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
    )


def internal() -> ApiError:
    """The server's own failure; kept under the key, so the client is told that trying again is of no use."""
    message = "An unknown error occurred. Please contact support if the problem persists."
    return ApiError(500, message, type="api_error", headers={"Stripe-Should-Retry": "false"})
