"""Many of the crowd publish at once. The rows are those of the verbs: turns taken, posts begun and published.

tests/demo/test_world.py lays a post of the crowd beside one that came out by the verbs, column by column.
"""

import dataclasses
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Contribution, Enrollment, Presentation, Session
from cohorts.services import contributions
from showcase import finding, sanitise
from showcase.content import Content
from showcase.models import CaseStudy
from studyplatform.demo.world import assembled, crowd
from studyplatform.demo.world.assembled import Piece
from studyplatform.demo.world.ids import id_of
from studyplatform.demo.world.roster import Seat
from studyplatform.demo.world.trail import note
from studyplatform.demo.world.world import World

DRAFT, OUT = CaseStudy.State.DRAFT, CaseStudy.State.PUBLISHED
CLAIMED, READY = Presentation.State.CLAIMED, Presentation.State.READY
Turns = dict[str, Presentation]  # by the key of the post they are for


def plan(world: World, cohort: Cohort, key: str, many: list[Seat]) -> None:
    """Write down when the crowd of a cohort publishes."""
    over = cohort.ends_on < world.diary.day
    seen = CaseStudy.Visibility.PUBLIC if over else CaseStudy.Visibility.COHORT
    for moment, few in assembled.pieces(cohort, key, many).items():
        world.diary.write(moment, _publish, world, cohort, few, seen)


@transaction.atomic
def _publish(world: World, cohort: Cohort, few: list[Piece], seen: str) -> None:
    people = {world.people[piece.name].pk: piece.name for piece in few}
    seated = Enrollment.objects.filter(cohort=cohort, person__in=people, state__in=Enrollment.BELONGS)
    places = {people[place.person.pk]: place for place in seated.select_related("person")}
    turns = _take_turns([piece for piece in few if piece.shown_in], places)
    rows = [_post(piece, places[piece.name], turns.get(piece.key), seen) for piece in few]
    CaseStudy.objects.bulk_create(rows)
    note(rows, [("", DRAFT, True), (DRAFT, OUT, True)])
    Contribution.objects.bulk_create(
        Contribution(enrollment=row.enrollment, kind=contributions.POST, key=f"post:{row.public_id}") for row in rows
    )


def _take_turns(few: list[Piece], places: dict[str, Enrollment]) -> Turns:
    """Take turns in the sessions of subgroups, ready at once; who finds all taken publishes without one."""
    free = _free_positions([piece.shown_in for piece in few if piece.shown_in])
    turns: Turns = {}
    for piece in few:
        if piece.shown_in and free[piece.shown_in.pk]:
            place, position = places[piece.name], free[piece.shown_in.pk].pop(0)
            turns[piece.key] = Presentation(session=piece.shown_in, enrollment=place, position=position, state=READY)
    rows = Presentation.objects.bulk_create(list(turns.values()))
    note(rows, [("", CLAIMED, True), (CLAIMED, READY, True)])
    return turns


def _free_positions(sessions: list[Session]) -> dict[int, list[int]]:
    taken = defaultdict(set)
    standing = Presentation.objects.filter(session__in=sessions).exclude(state=Presentation.State.PASSED)
    for session, position in standing.values_list("session", "position"):
        taken[session].add(position)
    return {one.pk: [nth for nth in range(1, one.turns + 1) if nth not in taken[one.pk]] for one in sessions}


def _post(piece: Piece, place: Enrollment, turn: Presentation | None, seen: str) -> CaseStudy:
    content = Content(
        **assembled.words(crowd.by_name(piece.name), piece.key),
        visibility=seen,
        kept_from_search=True,
        enrollment_id=place.pk,
        presentation_id=turn.pk if turn else None,
    )
    post = CaseStudy(author=place.person, public_id=id_of(piece.key), state=OUT, published_at=timezone.now())
    for name, value in dataclasses.asdict(content).items():
        setattr(post, name, value)
    post.html, post.indexed = sanitise.from_text(content.html), finding.worth_finding(content)
    return post
