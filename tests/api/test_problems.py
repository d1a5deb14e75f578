"""Whatever goes wrong in the API is a problem document with a sentence, in the reader's language."""

from typing import Any

import pytest
from django.test import Client

from tests.api.test_reading import get

pytestmark = pytest.mark.django_db


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Return the problem an answer holds, complete and never kept by anybody."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "private, no-store"
    body = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"]
    assert body["detail"]
    return body


def test_what_is_not_there() -> None:
    problem(get("/api/v1/studies/nothing/"), 404, "not_found")
    for address in ("/api/v1/nothing/", "/api/v1/studies", "/api/v1/", "/api/v1/case-studies/x/"):
        problem(get(address), 404, "not_found")
    problem(Client().post("/api/v1/nothing/"), 404, "not_found")


def test_a_method_nobody_has(study: Any) -> None:
    for ask in (Client().post, Client().delete, Client().options):
        answer = ask("/api/v1/studies/")
        problem(answer, 405, "method_not_allowed")
        assert "GET" in answer.headers["Allow"]


def test_filters_that_mean_nothing_are_named_by_field() -> None:
    body = problem(get("/api/v1/cohorts/?state=draft&language=xx"), 422, "invalid")
    assert {error["field"] for error in body["errors"]} == {"state", "language"}


@pytest.mark.usefixtures("still_clock")
def test_too_often(settings: Any) -> None:
    settings.API_PER_MINUTE = 3
    assert [get("/api/v1/studies/").status_code for _ in range(3)] == [200] * 3
    answer = get("/api/v1/studies/")
    problem(answer, 429, "throttled")
    assert answer.headers["Retry-After"] == "60"


def test_sentences_are_in_the_language_asked_for() -> None:
    korean = problem(get("/api/v1/studies/nothing/", **{"accept-language": "ko"}), 404, "not_found")
    english = problem(get("/api/v1/studies/nothing/", **{"accept-language": "en-GB,ko;q=0.5"}), 404, "not_found")
    assert (english["detail"], korean["detail"]) == ("Not found.", "찾을 수 없습니다.")


def test_what_nobody_expected_is_told_without_its_details(monkeypatch: Any) -> None:
    def broken(self: Any) -> None:
        raise RuntimeError("SECRET")

    monkeypatch.setattr("cohorts.api.studies.Studies.get_queryset", broken)
    answer = get("/api/v1/studies/")
    problem(answer, 500, "error")
    assert b"SECRET" not in answer.content
