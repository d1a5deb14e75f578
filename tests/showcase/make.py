"""Posts for the tests of the showcase."""

from typing import Any

from django.test import Client

from cohorts.models import Cohort, Enrollment, Presentation
from cohorts.services import presentations
from showcase.content import Content
from showcase.models import CaseStudy
from showcase.services import case_studies
from studyplatform.accounts.models import User

BODY = "<h2>먼저</h2><p>여섯 장씩 까만 종이 위에 놓고 찍었더니 그제야 읽혔어요.</p>"
FULL = BODY + "<p>한 장씩 찍으면 하루가 가고, 서른 장씩 찍으면 숫자가 하나씩 없어졌어요.</p>" * 20  # worth finding


def content(**fields: Any) -> Content:
    """Return what a careful author fills in."""
    values = {
        "title": "사흘 걸리던 부가세 정리, 반나절에",
        "summary": "영수증 1,200장을 표로.",
        "html": BODY,
        "field": "finance",
    }
    return Content(**{**values, **fields})


def place(person: User, cohort: Cohort) -> Enrollment:
    return Enrollment.objects.get(person=person, cohort=cohort)


def turn(person: User, cohort: Cohort) -> Presentation:
    return presentations.claim(person, cohort.sessions.filter(subgroup=None).first())


def post(author: User, *, out: bool = True, parent: CaseStudy | None = None, **fields: Any) -> CaseStudy:
    """Return a post of the author, published unless told otherwise."""
    row = case_studies.start(author, content(**fields), parent=parent)
    return case_studies.publish(row, author) if out else row


def filled(**fields: Any) -> dict[str, Any]:
    """Return the editor's form as a browser sends it."""
    values = {
        "title": "사흘 걸리던 부가세 정리",
        "summary": "영수증을 표로.",
        "html": BODY,
        "field": "finance",
        "language": "ko",
        "visibility": "public",
        "place": "",
        "cover": "",
        **dict.fromkeys(("tools", "inputs", "steps", "time", "result", "failed"), ""),
    }
    return {**values, **fields}


def fresh(browser: Client, address: str = "/showcase/new/") -> tuple[str, str]:
    """Open an empty editor; return the id it was given and the proof of it."""
    page = browser.get(address)
    return page.context["post"].public_id, page.context["fresh"]


def autosave(browser: Client, public_id: str, **sent: Any) -> Any:
    """Send what the editor sends by itself."""
    return browser.post(f"/showcase/{public_id}/draft/", {**filled(), **sent}, content_type="application/json")
