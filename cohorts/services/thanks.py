"""Thanks for a turn: given by who could listen, taken back by who gave them. Lock order: presentation, thanks."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import letters
from cohorts.models import Presentation, Thanks
from cohorts.policies import sessions_seen_by
from cohorts.services import contributions
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused, refuse_longer

MOST_TIMES = 3  # that one person says thanks for one turn, taking it back in between


@transaction.atomic
def give(person: User, presentation: Presentation, words: str) -> Thanks:
    """Thank the member who presented, once, in a sentence of one's own; the same sentence again changes nothing.

    For everybody the session was for: members of its cohort or subgroup, its partner, its hosts. Raises Refused with
    field "words", or code "not_presented", "own_turn", "not_here", "already" or "too_often".
    """
    sentence = _tidy(words)
    turn = _lock(presentation)
    _refuse_unless_heard(person, turn)
    standing = Thanks.objects.filter(presentation=turn, giver=person, taken_back_at=None).first()
    if standing and standing.words == sentence:
        return standing
    if standing:
        raise Refused(_("You have thanked for this turn already."), code="already")
    if Thanks.objects.filter(presentation=turn, giver=person).count() >= MOST_TIMES:
        raise Refused(_("You took your thanks for this turn back before. It stays so."), code="too_often")
    row = Thanks.objects.create(presentation=turn, giver=person, words=sentence)
    history.record(row, "", "given", person)
    contributions.add(turn.enrollment, contributions.THANKS, _key(row))
    letters.thanked(row)
    return row


@transaction.atomic
def take_back(actor: User, thanks: Thanks, *, note: str = "") -> Thanks:
    """Take one's own thanks back, or another's at the desk: nobody sees them, they count for nobody.

    Raises Refused with code "not_yours".
    """
    turn = _lock(thanks.presentation)
    row = Thanks.objects.select_for_update(of=("self",)).get(pk=thanks.pk)
    if row.giver_id != actor.pk and not actor.is_staff:
        raise Refused(_("Only who gave thanks can take them back."), code="not_yours")
    if row.taken_back_at is None:
        row.taken_back_at = timezone.now()
        row.save(update_fields=["taken_back_at"])
        history.record(row, "given", "taken_back", actor, note=note)
        letters.unthanked(row)
        contributions.void(turn.enrollment, contributions.THANKS, _key(row))
    return row


def _tidy(words: str) -> str:
    """Return the sentence on one line; Refused when it is too short or too long."""
    sentence = " ".join(words.replace("\x00", "").split())
    if len(sentence) < Thanks.SHORTEST:
        raise Refused(_("Say in a sentence what it gave you."), field="words", code="too_short")
    refuse_longer(sentence, Thanks.LONGEST, field="words")
    return sentence


def _lock(presentation: Presentation) -> Presentation:
    rows = Presentation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("enrollment__cohort", "enrollment__person", "session__cohort__study").get(
        pk=presentation.pk
    )


def _refuse_unless_heard(person: User, turn: Presentation) -> None:
    if not sessions_seen_by(person).filter(pk=turn.session_id).exists():
        raise Refused(_("Thanks come from those this session was for."), code="not_here")
    if turn.enrollment.person_id == person.pk:
        raise Refused(_("This turn was your own."), code="own_turn")
    if turn.state not in Presentation.PRESENTED:
        raise Refused(_("This turn has not been presented yet."), code="not_presented")


def _key(row: Thanks) -> str:
    return f"thanks:{row.pk}"
