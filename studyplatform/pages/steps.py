"""What a member should do next, as a few steps. Kind, never a score; what is done is said once, then left out."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Cohort, Enrollment, Presentation
from showcase.models import CaseStudy
from studyplatform.kit import moments
from studyplatform.pages.week import Week

CARD = 4  # the rank of the one step that belongs to no cohort


@dataclass(frozen=True)
class Step:
    """One thing to do, or done."""

    title: str
    note: str = ""
    url: str = ""
    action: str = ""
    done: bool = False
    rank: int = 9  # the smaller, the sooner
    where: str = ""  # the cohort, where several are shown together


def steps(place: Enrollment, week: Week) -> list[Step]:
    """Return the steps of one place in a cohort, most urgent first. `place` comes with its cohort and study."""
    if place.cohort.state not in Cohort.RUNNING:
        return []
    if getattr(place, "awaiting_a_yes", False):
        return [_agree(place)]
    turns = week.turns_of(place)
    found = [for_turn(turn) for turn in turns]
    found += _subgroup(place, week)
    if not turns:
        found += _take_turn(place, week)
    return found + _posts(place, week, turns) + _card(place)


def _agree(place: Enrollment) -> Step:
    note = _("Then %(run)s opens for you.") % {"run": place.cohort.full_name}
    return Step(_("Read what holds for your seat"), note, _address("agree", place), _("Read and agree"), rank=0)


def of_all(places: list[Enrollment], week: Week) -> list[Step]:
    """Return the steps of several places, most urgent first; each names its cohort when there are more than one."""
    if len(places) < 2:
        return [step for place in places for step in steps(place, week)]
    named = [
        replace(step, where=place.cohort.full_name if step.rank < CARD else "")
        for place in places
        for step in steps(place, week)
    ]
    return sorted(dict.fromkeys(named), key=lambda step: step.rank)


def for_turn(turn: Presentation) -> Step:
    """Return what a coming turn asks for: its post, or nothing more."""
    session = turn.session
    when = moments.moment(session.starts_at)
    if turn.state != Presentation.State.CLAIMED:
        note = _("You present on %(when)s, turn %(position)s.") % {"when": when, "position": turn.position}
        return Step(
            _("Your case study is out"), note, session.get_absolute_url(), _("See the session"), done=True, rank=0
        )
    post: CaseStudy | None = getattr(turn, "case_study", None)
    title = _("Publish the case study you present on %(day)s") % {"day": moments.day(session.starts_at)}
    action = _("Go on writing") if post else _("Write it")
    return Step(title, _due(turn), write_address(turn, post), action, rank=0)


def _due(turn: Presentation) -> str:
    due = turn.session.post_due_at
    if due > timezone.now():
        return _("By %(when)s, so that the others can read it first.") % {"when": moments.moment(due)}
    return _(
        "The others would have liked to read it since %(when)s. Publish it when you can; the turn stays yours."
    ) % {"when": moments.moment(due)}


def write_address(turn: Presentation, post: CaseStudy | None) -> str:
    """Return where the case study of a turn is written: its draft, or a new one for this turn."""
    if post:
        return reverse("case_edit", args=[post.public_id])
    return f"{reverse('write')}?turn={turn.pk}"


def _address(name: str, place: Enrollment) -> str:
    return reverse(name, args=[place.cohort.study.slug, place.cohort.number])


def _subgroup(place: Enrollment, week: Week) -> list[Step]:
    if place.pk in week.groups or not place.cohort.subgroups.exists():
        return []
    note = _("A smaller table with its own topic, time and partner.")
    return [Step(_("Choose your subgroup"), note, _address("groups", place), _("See the subgroups"), rank=1)]


def _take_turn(place: Enrollment, week: Week) -> list[Step]:
    if not week.has_room(place):
        return []
    first = place.pk not in week.presented
    note = _("You have not presented yet, so you go first.") if first else _("There is room in a coming session.")
    return [Step(_("Take a turn"), note, _address("turns", place), _("See open turns"), rank=2)]


def _posts(place: Enrollment, week: Week, turns: list[Presentation]) -> list[Step]:
    written, needed = week.posts.get(place.pk, 0), place.cohort.posts_needed
    writing = any(turn.state == Presentation.State.CLAIMED for turn in turns)
    if written >= needed or writing:
        return []
    draft = next((post for post in week.drafts if post.presentation is None), None)
    left = needed - written
    note = ngettext("%(left)s post left to write.", "%(left)s posts left to write.", left) % {"left": left}
    if draft:
        url = reverse("case_edit", args=[draft.public_id])
        title = _("Finish “%(title)s”") % {"title": draft.title} if draft.title else _("Finish your draft")
        return [Step(title, note, url, _("Go on writing"), rank=3)]
    return [Step(_("Write a case study"), note, reverse("write"), _("Write"), rank=3)]


def _card(place: Enrollment) -> list[Step]:
    profile = getattr(place.person, "profile", None)
    if profile and (profile.can_help or profile.looking_for):
        return []
    note = _("The others see it beside your name.")
    return [Step(_("Say what you can help with"), note, reverse("profile"), _("Fill in my card"), rank=CARD)]
