"""The API does what its OpenAPI document says, whatever is sent to it."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator

from tests.reading import read
from tests.showcase.make import post

pytestmark = pytest.mark.django_db
BRIEF = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def document(client: Any) -> dict[str, Any]:
    return client.get("/api/openapi.json").json()


@pytest.fixture
def real(cohort: Any, member: Any) -> dict[str, Any]:
    """Names of things that are there."""
    case = post(member, enrollment_id=cohort.enrollments.get(person=member).pk)
    study = cohort.study.slug
    return {"slug": study, "study__slug": study, "number": cohort.number, "public_id": case.public_id}


@pytest.fixture
def operations(settings: Any) -> Iterator[list[Any]]:
    """Every operation of the document, asked in this process and on the test's own connection."""
    settings.API_PER_MINUTE = 1_000_000
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    yield [one.ok() for one in schema.get_all_operations()]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_answer_is_as_described(real: dict[str, Any], operations: list[Any]) -> None:
    """Once with names made up, once with names that are there."""
    for operation in operations:

        @BRIEF
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            case.call_and_validate()
            known = {name: real[name] for name in case.path_parameters or {} if name in real}
            if known:
                case.path_parameters.update(known)
                case.call_and_validate()

        holds()
    assert len(operations) >= 9


def test_the_document_is_openapi_3_1_and_names_what_it_uses(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    used = set(_references(document))
    assert used
    assert used <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    for path, item in document["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in item.values():
            assert operation["description"], path
            assert "application/problem+json" in operation["responses"]["default"]["content"]


def _references(part: Any) -> Any:
    if isinstance(part, dict):
        yield from [part["$ref"]] if "$ref" in part else []
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _references(one)


def test_the_page_shows_every_address_in_both_languages(client: Any, document: dict[str, Any]) -> None:
    for address, language in (("/api/docs/", "ko"), ("/en/api/docs/", "en")):
        page = read(client.get(address))
        assert page.language == language
        text = client.get(address).content.decode()
        for path in document["paths"]:
            assert f" {path}</code>" in text
