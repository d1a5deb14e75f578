"""Public pages are kept whole, and a slow render never stores old words under a new key."""

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory

from studyplatform.kit import page_cache
from studyplatform.kit.page_cache import public

ask = RequestFactory().get


class Page:
    """A public view whose words can change, and change while it is being rendered."""

    def __init__(self, *names, query=(), meanwhile=None):
        self.words, self.rendered, self.meanwhile = "old", 0, meanwhile
        self.view = public(*names, query=query)(self._render)

    def _render(self, request, **kwargs):
        self.rendered += 1
        words = self.words
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile(self)
        return HttpResponse(words)

    def read(self, address="/x/", **kwargs):
        return self.view(ask(address), **kwargs).content.decode()


def changed(page, name="thing:1"):
    page.words = "new"
    page_cache.bump(name)


def test_a_kept_page_is_served_without_rendering():
    page = Page("thing:{pk}")
    assert [page.read(pk=1), page.read(pk=1), page.rendered] == ["old", "old", 1]


@pytest.mark.django_db(transaction=True)
def test_a_change_is_seen_by_the_next_reader():
    page = Page("thing:{pk}")
    page.read(pk=1)
    changed(page)
    assert page.read(pk=1) == "new"


@pytest.mark.django_db(transaction=True)
def test_a_page_rendered_before_a_change_is_not_kept_after_it():
    """The generation is read before rendering: what was read at the old one is stored under the old key."""
    page = Page("thing:{pk}", meanwhile=changed)
    assert page.read(pk=1) == "old"
    assert page.read(pk=1) == "new"


@pytest.mark.django_db(transaction=True)
def test_a_change_counts_only_once_it_is_committed():
    page = Page("thing:{pk}")
    page.read(pk=1)
    with transaction.atomic():
        changed(page)
        transaction.set_rollback(True)
    assert page.read(pk=1) == "old"
    with transaction.atomic():
        changed(page)
        assert page.read(pk=1) == "old"
    assert page.read(pk=1) == "new"


@pytest.mark.django_db(transaction=True)
def test_other_things_stay_kept():
    page = Page("thing:{pk}")
    page.read("/2/", pk=2)
    changed(page)
    assert page.read("/2/", pk=2) == "old"


def test_only_named_parameters_make_another_page():
    page = Page(query=("page",))
    for address in ("/x/", "/x/?page=2", "/x/?page=2&utm=a", "/x/?utm=b"):
        page.read(address)
    assert page.rendered == 2


def test_no_value_passes_for_two_parameters():
    page = Page(query=("field", "page"))
    page.read("/x/?field=a%0Apage=2")
    page.words = "new"
    assert page.read("/x/?field=a&page=2") == "new"


@pytest.mark.parametrize("answer", [HttpResponse("gone", status=410), HttpResponse("no", status=404)])
def test_only_good_answers_are_kept(answer):
    view = public("x")(lambda request: answer)
    assert "Cache-Control" not in view(ask("/x/")).headers


def test_an_answer_with_a_cookie_is_nobody_elses():
    def personal(request):
        answer = HttpResponse("hello")
        answer.set_cookie("a", "b")
        return answer

    view = public("x")(personal)
    view(ask("/x/"))
    assert view(ask("/x/")).cookies


def test_readers_who_have_it_are_told_so():
    page = Page("x")
    tag = page.view(ask("/x/")).headers["ETag"]
    assert page.view(ask("/x/", headers={"If-None-Match": tag})).status_code == 304
    assert page.view(RequestFactory().post("/x/")).status_code == 405
