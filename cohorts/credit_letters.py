"""Letters about credit: given by a host, taken back, come back from a seat. About money, so none can be stopped."""

from typing import Any

from cohorts.letters import address
from cohorts.models import Credit, Enrollment, Study
from studyplatform.accounts.models import User
from studyplatform.mail.services.letters import write


def given(credit: Credit) -> None:
    """Bring a member the host's words, with how much it is, until when, and that it is used on its own."""
    context = {"host": credit.given_by, "credit": credit, "amount": credit.amount, "currency": credit.currency}
    _to(credit.person, credit.study, "credit_given", f"credit-given:{credit.pk}", context)


def taken_back(credit: Credit, amount: int, reason: str) -> None:
    """Tell a member that a host took back what they had not used yet (minor units), and why."""
    context = {"amount": amount, "currency": credit.currency, "reason": reason}
    _to(credit.person, credit.study, "credit_taken_back", f"credit-taken-back:{credit.pk}:{credit.withdrawn}", context)


def returned(row: Enrollment, amount: int) -> None:
    """Tell a member that so much of their credit (minor units) is theirs again, from which cohort."""
    before = sum(row.credit_uses.values_list("returned", flat=True))
    key = f"credit-returned:{row.pk}:{before}"
    context = {"cohort": row.cohort, "amount": amount, "currency": row.currency}
    _to(row.person, row.cohort.study, "credit_returned", key, context)


def _to(person: User, study: Study, template: str, key: str, context: dict[str, Any]) -> None:
    write(
        to=person,
        key=key,
        template=f"cohorts/{template}",
        context={"study": study, "url": address(study.get_absolute_url()), **context},
        about=f"study:{study.pk}",
    )
