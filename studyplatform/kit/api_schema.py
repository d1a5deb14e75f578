"""How an endpoint describes itself in the OpenAPI document: its parameters, what its token must allow, its problems."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from studyplatform.kit.problems import TYPE, Problem


class Described(AutoSchema):
    """Reads what the view already says; a view adds nothing for its description alone."""

    def get_override_parameters(self) -> list[Any]:
        """Name the parameters of a list."""
        query = getattr(self.view, "query", None)
        return [query] if query and self.method == "GET" else []

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Say what a token must allow."""
        scope = self.view.scopes.get(self.method)
        return [{"token": [scope]}] if scope else []

    def get_description(self) -> str:
        """Take the method's own words, else the view's."""
        action = getattr(self.view, self.method.lower(), None)
        own = action.__doc__ if action and action.__qualname__.startswith(type(self.view).__name__) else None
        words: str = own or type(self.view).__doc__ or ""
        return " ".join(words.split())

    def get_tags(self) -> list[str]:
        """Group by the noun the address begins with."""
        return [self._tokenize_path()[0]]

    def get_response_serializers(self) -> Any:
        """Take what the view says it answers with, where that is not what it takes."""
        return self.view.answers.get(self.method) or super().get_response_serializers()

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        problem: dict[str, Any] = self._get_response_for_code(  # type: ignore[no-untyped-call]
            Problem, "default", media_types=[TYPE]
        )
        bodies["default"] = {**problem, "description": "A problem"}
        return bodies
