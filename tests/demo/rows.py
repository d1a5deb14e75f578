"""What the verbs wrote about somebody, to be laid beside what was written for many at once."""

from typing import Any

from cohorts.models import Cohort
from payments.models import LedgerTransaction
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter

COLUMNS = {  # what two people's rows cannot share
    *("id", "public_id", "person", "person_id", "buyer_id", "key", "reference", "address", "intent", "charge"),
    *("number", "joined_at", "created_at", "paid_at", "done_at", "due_at", "expires_at", "at", "issued_at", "since"),
    *("enrollment_id", "payment_id", "subgroup_id", "transaction_id", "text", "html", "subject", "recipient_id"),
    *("about", "user_id", "email", "handle", "calendar_token", "mail_token", "date_joined", "letters_seen_at"),
    *("line_id", "author_id", "presentation_id", "saved_at", "published_at", "claimed_at"),
    *("introduction", "withdrawn_at", "password", "actor_id", "subject_id", "cause"),
}
CHOSEN = ("title", "summary", "field", "recipe", "visibility", "kept_from_search", "indexed", "cover_id", "version")
WORDS = {"pen_name", "work", "field", "about", "can_help", "looking_for", "picture", "came_from_kind", "came_from_id"}


def alike(row: Any) -> dict[str, Any]:
    """What of a row is the same for everybody, and of the rest whether it is there at all."""
    columns = {name: value for name, value in vars(row).items() if not name.startswith("_") and name not in WORDS}
    return {name: bool(value) if name in COLUMNS else value for name, value in columns.items()}


def rows_of(person: User, cohort: Cohort) -> dict[str, Any]:
    """Everything joining a cohort wrote about a person."""
    place = person.enrollments.get(cohort=cohort)
    line = place.payment_lines.get()
    payment = line.payment
    first = LedgerTransaction.objects.filter(line=line, cause__in=(f"sale:{line.pk}", f"fee:{line.pk}"))
    history = Change.objects.filter(subject_type__in=("cohorts.enrollment", "payments.payment"))
    return {
        "person": [alike(row) for row in (person, person.profile, person.emailaddress_set.get())],
        "consents": sorted(person.consents.values_list("kind", "version", "withdrawn_at")),
        "place": [alike(place), alike(place.memberships.get())],
        "payment": [alike(payment), alike(line), alike(payment.receipt)],
        "ledger": [
            (booked.cause.partition(":")[0], list(booked.entries.order_by("amount").values_list("account", "amount")))
            for booked in first.order_by("pk")
        ],
        "history": [
            (one.subject_type, one.from_state, one.to_state, one.actor_id in (person.pk,))
            for one in history.filter(subject_id__in=(place.pk, payment.pk)).order_by("pk")
            if one.subject_id == str({"cohorts.enrollment": place, "payments.payment": payment}[one.subject_type].pk)
        ],
        "letters": [alike(letter) for letter in Letter.objects.filter(key=f"joined:{payment.pk}")],
    }


def rows_of_post(post: CaseStudy) -> dict[str, Any]:
    """Everything that taking a turn with a post and publishing it wrote."""
    turn = post.presentation
    assert post.enrollment
    assert turn
    subjects = {"showcase.casestudy": post, "cohorts.presentation": turn}
    changes = Change.objects.filter(subject_type__in=subjects, from_state__in=("", "draft", "claimed"))
    counted = post.enrollment.contributions.get(key=f"post:{post.public_id}")
    return {
        "post": {**alike(post), **dict.fromkeys(CHOSEN)},
        "counted": alike(counted),
        "turn": {name: value for name, value in alike(turn).items() if name not in ("state", "position", "session_id")},
        "history": [
            (one.subject_type, one.from_state, one.to_state, one.actor_id == post.author_id)
            for one in changes.order_by("pk")
            if one.subject_id == str(subjects[one.subject_type].pk)
        ],
    }
