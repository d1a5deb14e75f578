"""The API's own description: the OpenAPI document, and a page of it for people."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator

from studyplatform.kit import page_cache
from studyplatform.pages import structured

METHODS = ("get", "post", "put", "delete")


def described() -> dict[str, Any]:
    """Return the OpenAPI document of every address of the API."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


@page_cache.public("texts")
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document."""
    return JsonResponse(described(), json_dumps_params={"ensure_ascii": False})


@page_cache.public("texts")
def api_docs(request: HttpRequest) -> HttpResponse:
    """The same document to read."""
    document = described()
    head = structured.text_head(
        "api_docs", _("API"), _("How programs read studies, cohorts and case studies, every address with its answer.")
    )
    return render(request, "pages/api_docs.html", {"head": head, "groups": _groups(document)})


def _groups(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the operations by the noun they begin with."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                one = _operation(document, path, method, item[method])
                groups.setdefault(item[method]["tags"][0], []).append(one)
    return groups


def _operation(document: dict[str, Any], path: str, method: str, said: dict[str, Any]) -> dict[str, Any]:
    good = next(answer for status, answer in said["responses"].items() if status[0] == "2")
    return {
        "id": said["operationId"],
        "method": method.upper(),
        "path": path,
        "words": said.get("description", ""),
        "scopes": [scope for way in said.get("security", []) for scope in way.get("token", [])],
        "parameters": [(one["name"], _kind(one["schema"]), one.get("description", "")) for one in said["parameters"]]
        if "parameters" in said
        else [],
        "takes": _fields(document, said.get("requestBody", {})),
        "fields": _fields(document, good),
    }


def _fields(document: dict[str, Any], body: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return (name, kind, words) of what a body holds; of a page, of what its rows hold."""
    contents: list[dict[str, Any]] = list(body.get("content", {}).values())
    schema = _resolved(document, contents[0].get("schema", {}) if contents else {})
    if "results" in schema.get("properties", {}):
        schema = _resolved(document, schema["properties"]["results"]["items"])
    return [(name, _kind(one), one.get("description", "")) for name, one in schema.get("properties", {}).items()]


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


def _kind(schema: dict[str, Any]) -> str:
    """Return what a value is, in the document's own words."""
    if "enum" in schema:
        return " · ".join(str(value) for value in schema["enum"] if value)
    if "items" in schema:
        return f"[{_kind(schema['items'])}]"
    parts = [one for key in ("oneOf", "anyOf", "allOf") for one in schema.get(key, [])]
    if parts:
        return " · ".join(kind for kind in map(_kind, parts) if kind)
    named = schema.get("format") or schema.get("type") or schema.get("$ref", "").rpartition("/")[2]
    return " · ".join(map(str, named)) if isinstance(named, list) else str(named)
