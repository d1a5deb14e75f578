"""A list downloads as it is filtered, for who may look; a row's page leads to what belongs to it, as far as one may."""

import csv
import io

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from cohorts.models import Cohort
from studyplatform.accounts.models import Profile, User
from tests.admin.desk import listed, page_of, staff, text
from tests.payments.money_world import paid_seat
from tests.people import make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


def table_of(browser: Client, name: str, **asked: str) -> list[list[str]]:
    answer = browser.get(f"{listed(name)}export/", asked)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_what_is_filtered_is_what_one_gets(cohort: Cohort, member: User) -> None:
    browser = sign_in(staff("desk", "cohorts.view_enrollment", language="en"))
    heads, *rows = table_of(browser, "cohorts.enrollment")
    assert heads[:4] == ["whose", "cohort", "state", "price agreed"]
    assert rows[0][:4] == ["배소라", "내 일에 AI 쓰기 1", "member", "₩150,000"]
    assert table_of(browser, "cohorts.enrollment", state__exact="cancelled")[1:] == []
    assert len(table_of(browser, "cohorts.enrollment", q="배소라")) == 2
    assert browser.get(f"{listed('cohorts.enrollment')}export/?nonsense__x=1").status_code in (302, 400)
    link = f"{reverse('admin:cohorts_enrollment_export')}?state__exact=active"
    assert link in text(browser.get(listed("cohorts.enrollment"), {"state__exact": "active"})).replace("&amp;", "&")


def test_no_cell_is_a_formula(cohort: Cohort, member: User) -> None:
    Profile.objects.filter(person=member).update(pen_name="=HYPERLINK(1)")
    browser = sign_in(staff("desk", "cohorts.view_enrollment"))
    assert table_of(browser, "cohorts.enrollment")[1][0] == "'=HYPERLINK(1)"


def test_looking_is_a_right_there_too(cohort: Cohort, member: User, host: User, stranger: User) -> None:
    address = f"{listed('cohorts.enrollment')}export/"
    for browser in (Client(), sign_in(host), sign_in(stranger)):
        assert browser.get(address).status_code == 302
    assert sign_in(staff("other", "cohorts.view_partner")).get(address).status_code == 403


def test_it_costs_the_same_at_any_number_of_rows(cohort: Cohort, admin: User) -> None:
    browser = sign_in(admin)

    def cost(name: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            table_of(browser, name)
        return len(queries)

    names = ("cohorts.enrollment", "payments.payment", "payments.ledgertransaction", "accounts.user")
    paid_seat(make_person("first", "첫 사람"), cohort)
    few = [cost(name) for name in names]
    for n in range(4):
        paid_seat(make_person(f"more-{n}", f"더 {n}"), make_cohort(cohort.study))
    assert [cost(name) for name in names] <= few


def test_a_page_leads_to_what_belongs_to_it_as_far_as_one_may(cohort: Cohort, host: User) -> None:
    buyer = make_person("buyer", "산 사람")
    line = paid_seat(buyer, cohort)
    rights = (
        "accounts.view_user",
        "cohorts.view_enrollment",
        "payments.view_payment",
        "payments.view_ledgertransaction",
    )
    browser = sign_in(staff("desk", *rights, language="en"))
    page = text(browser.get(page_of("accounts.user", buyer)))
    ways = {
        "cohorts.enrollment": f"?person__id__exact={buyer.pk}",
        "payments.payment": f"?buyer__id__exact={buyer.pk}",
    }
    for name, query in ways.items():
        assert f'href="{listed(name)}{query}"' in page
        assert browser.get(f"{listed(name)}{query}").context["cl"].result_count == 1
    assert listed("mail.letter") not in page
    page = text(browser.get(page_of("cohorts.enrollment", line.enrollment)))
    query = f"?lines__enrollment__id__exact={line.enrollment_id}"
    assert f"{listed('payments.payment')}{query}" in page
    assert browser.get(f"{listed('payments.payment')}{query}").context["cl"].result_count == 1
    page = text(browser.get(page_of("payments.payment", line.payment)))
    assert "산 사람 · " in page
    query = f"?line__payment__id__exact={line.payment_id}"
    assert browser.get(f"{listed('payments.ledgertransaction')}{query}").context["cl"].result_count >= 1


def test_nothing_on_the_desk_is_edited_by_hand(db: None) -> None:
    """Rights are a superuser's to give; every other table is only looked at."""
    everything = sign_in(staff("everything", language="en"))
    person = User.objects.get(handle="everything")
    person.user_permissions.set(Permission.objects.all())
    for model, table in site._registry.items():
        request = everything.get(listed(model._meta.label_lower)).wsgi_request
        assert not table.has_add_permission(request), model
        assert not table.has_change_permission(request), model
        assert not table.has_delete_permission(request), model
    for name in ("account_emailaddress", "socialaccount_socialtoken", "socialaccount_socialapp"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{name}_changelist")
