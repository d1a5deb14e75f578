"""Every table of the desk opens, for who may look and nobody else; none asks more when there is more; Korean names."""

import datetime
import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Partner
from cohorts.services import partner_applications, partner_invitations
from payments.models import Payee, StripeEvent
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from studyplatform.mail.services import letters
from tests.admin.desk import listed, page_of, staff, text
from tests.cohorts.asking import ANSWERS
from tests.payments.money_world import paid_seat
from tests.people import enroll, lead, make_cohort, make_person, make_study, sign_in
from tests.showcase.make import post

pytestmark = pytest.mark.django_db

TABLES = sorted(model._meta.label_lower for model in admin.site._registry)
SAID = {"sentence": "Hello there", "at": timezone.now()}
APPS = ("accounts.", "cohorts.", "mail.", "payments.", "showcase.")
OURS = [table for table in TABLES if table.startswith(APPS)]


def grow(host: User, cohort: Cohort, first: int, last: int) -> None:
    for n in range(first, last):
        person = make_person(f"more-{n}", f"더 {n}")
        paid_seat(person, make_cohort(cohort.study))
        place = enroll(make_person(f"seat-{n}", f"자리 {n}"), make_cohort(make_study(person, slug=f"s-{n}"), amount=0))
        lead(person, place.cohort.subgroups.first())
        post(person, title=f"글 {n}")
        Payee.objects.create(person=person, currency="KRW", enabled=True)
        letters.write(to=person, key=f"k{n}", template="accounts/notice", context=SAID)
        StripeEvent.objects.create(event_id=f"e{n}", kind="x", object_id="y", raw={"a": n}, error="no")


def rows_and_queries(browser: Client, table: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(listed(table)).status_code == 200, table
    return len(queries)


def test_no_table_asks_more_when_there_is_more(host: User, cohort: Cohort, admin: User) -> None:
    browser = sign_in(admin)
    grow(host, cohort, 0, 2)
    for table in OURS:
        rows_and_queries(browser, table)
    few = {table: rows_and_queries(browser, table) for table in OURS}
    grow(host, cohort, 2, 6)
    many = {table: rows_and_queries(browser, table) for table in OURS}
    assert {table: (few[table], many[table]) for table in OURS if many[table] > few[table]} == {}


def test_every_row_has_a_page_that_is_looked_at_only(host: User, cohort: Cohort, admin: User) -> None:
    grow(host, cohort, 0, 1)
    browser, opened = sign_in(admin), 0
    for table in OURS:
        row = apps.get_model(table).objects.first()
        if row is not None:
            opened += 1
            assert browser.get(page_of(table, row)).status_code == 200, table
            assert 'name="_save"' not in text(browser.get(page_of(table, row))) or table == "accounts.user"
            assert browser.get(reverse("admin:{}_{}_add".format(*table.split(".")))).status_code == 403
    assert opened > 8


@pytest.mark.parametrize("table", OURS)
def test_looking_is_a_right(host: User, table: str) -> None:
    app, name = table.split(".")
    assert Client().get(listed(table)).status_code == 302
    assert sign_in(host).get(listed(table)).status_code == 302
    assert sign_in(staff("nothing")).get(listed(table)).status_code == 403
    browser = sign_in(staff("looks", f"{app}.view_{name}", language="en"))
    page = browser.get(listed(table))
    assert page.status_code == 200
    assert 'name="action"' not in text(page), "may look, and is offered to act"


def test_the_queues_page_is_a_right_too(host: User, stranger: User) -> None:
    address = reverse("admin_queues")
    assert Client().get(address).status_code == sign_in(host).get(address).status_code == 302
    assert sign_in(staff("nothing")).get(address).status_code == 403
    letter = letters.write(to=stranger, key="k", template="accounts/notice", context=SAID)
    later = timezone.now() + datetime.timedelta(hours=1)
    Letter.objects.filter(pk=letter.pk).update(error="421 try later", due_at=later, attempts=7)  # type: ignore[union-attr]
    numbers = sign_in(staff("numbers", "kit.view_change"))
    assert "421 try later" not in text(numbers.get(address))
    looks = sign_in(staff("looks", "kit.view_change", "mail.view_letter"))
    assert "421 try later" in text(looks.get(address))
    said = {"queue": "mail.drain_letters", "row": str(letter.pk)}  # type: ignore[union-attr]
    assert looks.post(address, said).status_code == 403
    assert Letter.objects.get().attempts == 7
    acts = sign_in(staff("acts", "kit.view_change", "mail.view_letter", "mail.change_letter"))
    assert acts.post(address, said).status_code == 302
    assert (Letter.objects.get().attempts, Letter.objects.get().due_at < later) == (0, True)
    assert acts.post(address, {"queue": "mail.drain_letters", "row": "nonsense"}).status_code == 404
    assert acts.post(address, {"queue": "cohorts.drain_holds", "row": "1"}).status_code == 404


@pytest.mark.parametrize("table", OURS)
def test_korean_names_are_korean(admin: Any, table: str) -> None:
    page = text(sign_in(admin).get(listed(table)))
    head = page.partition("<thead")[2].partition("</thead>")[0]
    heads = re.findall(r"<th[^>]*>(.*?)</th>", head, re.DOTALL)
    words = [re.sub(r"<[^>]*>|\s+", " ", head).strip() for head in heads]
    english = [word for word in words if re.search(r"[A-Za-z]{3,}", word) and not re.search(r"[가-힣]", word)]
    assert english == []


def english_in(words: list[str]) -> list[str]:
    known = r"Stripe|CSV|API"
    shown = [re.sub(r"<[^>]*>|\s+", " ", word).strip() for word in words]
    return [
        one for one in shown if re.search(r"[A-Za-z]{3,}", re.sub(known, "", one)) and not re.search("[가-힣]", one)
    ]


def test_names_on_rows_and_of_filters_are_korean_too(host: User, cohort: Cohort, admin: User) -> None:
    grow(host, cohort, 0, 2)
    partner_applications.apply(make_person("asks", "묻는 사람"), **ANSWERS)
    partner_invitations.invite(host, cohort.subgroups.last(), "asked@example.com")  # type: ignore[arg-type]
    browser, found, seen = sign_in(admin), {}, 0
    for table in OURS:
        listing = text(browser.get(listed(table)))
        filters = re.findall(r"<h3[^>]*>(.*?)</h3>", listing, re.DOTALL)
        row = apps.get_model(table).objects.order_by("pk").last()
        page = text(browser.get(page_of(table, row))) if row else ""
        labels = re.findall(r"<label[^>]*>(.*?)</label>", page, re.DOTALL)
        heads = re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)
        seen += len(filters) + len(labels)
        found[table] = [
            *english_in([*labels, *heads]),
            *(one for one in filters if re.search("[a-z]{3,}", one.replace("Stripe", ""))),
        ]
    assert seen > 200
    assert {table: words for table, words in found.items() if words} == {}


def test_people_are_found_by_pen_name_address_and_handle(admin: User, host: User, stranger: User) -> None:
    browser = sign_in(admin)
    for words in ("정은혜", "host@example", "host"):
        found = browser.get(listed("accounts.user"), {"q": words}).context["cl"].result_list
        assert [row.handle for row in found] == ["host"]
    assert browser.get(listed("cohorts.partner"), {"q": "정은혜"}).context["cl"].result_count == 0


def test_hostile_text_of_a_post_stays_in_its_frame(admin: User, host: User) -> None:
    row = post(host, title="<script>x</script>")
    CaseStudy.objects.filter(pk=row.pk).update(html='"><script>alert(1)</script>')
    page = text(sign_in(admin).get(page_of("showcase.casestudy", row)))
    assert "<script>alert" not in page
    assert "<script>x" not in page
    assert re.search(r'<iframe sandbox [^>]*srcdoc="[^"]*&lt;script', page)


def test_a_letter_that_opens_an_account_is_shown_to_nobody(admin: User, stranger: User, client: Client) -> None:
    client.post("/accounts/login/code/", {"email": stranger.email})
    letter = Letter.objects.get(address=stranger.email)
    code = re.search(r"\b\d{6}\b", letter.text)
    assert code
    page = text(sign_in(admin).get(page_of("mail.letter", letter)))
    assert code[0] not in page
    plain = letters.write(to=stranger, key="n", template="accounts/notice", context=SAID)
    assert "Hello there" in text(sign_in(admin).get(page_of("mail.letter", plain)))


def test_partners_show_how_their_groups_do(admin: User, cohort: Cohort, partner: User, member: User) -> None:
    post(member, enrollment_id=member.enrollments.get().pk)
    row = sign_in(admin).get(listed("cohorts.partner")).context["cl"].result_list[0]
    assert row == Partner.objects.get(person=partner)
    assert (row.groups, row.members, row.posts, row.turns) == (1, 1, 1, 0)
