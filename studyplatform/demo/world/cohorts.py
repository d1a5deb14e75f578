"""Studies and their cohorts: planned and opened by their hosts, joined and paid for by their members."""

import datetime
from zoneinfo import ZoneInfo

from cohorts import weekly
from cohorts.models import Cohort, PartnerInvitation, Session, Study, Subgroup
from cohorts.services import cohorts, partner_invitations, presales, sessions, studies, subgroups, waiting
from payments.flows import checkout
from payments.models import Payment
from payments.services import agreements
from studyplatform.accounts.models import User
from studyplatform.demo.world import data, posts, refunds, roster, routine, stripe, talk, together, writing
from studyplatform.demo.world.roster import Seat
from studyplatform.demo.world.world import World

PLAN = ("zone", "currency", "price", "partner_share", "policy", "weeks", "minutes", "meets_at")
WORDS = ("title", "promise", "language", "slug", "for_whom", "not_for", "host_words", "wording", "field")
DAY = datetime.timedelta(days=1)
OPENS_AT = 10  # o'clock


def plan(world: World) -> None:
    """Write every study and cohort into the diary."""
    for words in data.studies():
        host, started = world.people[words["host"]], words["cohort"][0]
        opens = started["starts"] - started["opens"]
        study: list[Study] = []  # started before its first cohort
        world.diary.write(world.diary.at(opens, 8), _start, study, host, words)
        for row in words["cohort"]:
            world.diary.write(world.diary.at(row["starts"] - row["opens"], 9), _open, world, study, host, row)


def _start(study: list[Study], host: User, words: data.Data) -> None:
    study.append(studies.start(host, **{name: words[name] for name in WORDS}))


def _open(world: World, study: list[Study], host: User, row: data.Data) -> None:
    cohort = cohorts.draft(host, study[0], first_number=row.get("first_number", 1), **_plan(world, row))
    for group in row.get("group", []):
        _add_group(world, host, cohort, group)
    if "presale" in row:
        _come_first(world, host, cohort, **row["presale"])
    world.cohorts[row["key"]] = cohort = cohorts.open(host, cohort)
    _name_sessions(host, cohort, row["titles"])
    _invite(world, cohort, row)
    posts.plan(world, cohort, row["key"])
    talk.plan_thanks(world, cohort)
    posts.plan_group_turns(world, cohort, row.get("group_turns", []))
    refunds.plan(world, cohort, row)
    routine.plan(world, cohort)


def _plan(world: World, row: data.Data) -> data.Data:
    starts_on = world.diary.day + DAY * row["starts"]
    zone = ZoneInfo(row["zone"])
    minimum = row.get("minimum", 0)
    return {
        **{name: row[name] for name in (*PLAN, "turns_per_session", "link", "capacity")},
        "starts_on": starts_on,
        "closes_at": weekly.end_of(starts_on - DAY, zone),
        "minimum": minimum,
        "minimum_by": weekly.end_of(starts_on - DAY * row["decided"], zone) if minimum else None,
        "posts_needed": row.get("posts_needed", 2),
    }


def _add_group(world: World, host: User, cohort: Cohort, row: data.Data) -> None:
    day = (cohort.starts_on.weekday() + row["after"]) % 7
    partner = world.people[row["partner"]]
    room = f"example.com/{cohort.study.slug}-{cohort.number}-{cohort.subgroups.count() + 1}"
    rooms = {"link": f"https://meet.{room}", "chat_link": f"https://chat.{room}", "minutes": 60}
    words: data.Data = rooms | {
        name: value for name, value in row.items() if name not in ("partner", "after", "suits", "asked")
    }
    added = subgroups.add(host, cohort, partner_email=partner.email, weekday=day, **words)
    if row.get("asked"):
        return  # and has not answered
    for asked in PartnerInvitation.objects.filter(subgroup__in=added, state=PartnerInvitation.State.PENDING):
        partner_invitations.accept(partner, asked)


def _come_first(world: World, host: User, cohort: Cohort, *, opens_in: int, **first: int) -> None:
    presales.set_for(host, cohort, opens_at=world.diary.at(opens_in, OPENS_AT), **first)


def _name_sessions(host: User, cohort: Cohort, titles: list[str]) -> None:
    for session, title in zip(_whole(cohort), titles, strict=True):
        sessions.change(host, session, starts_at=session.starts_at, minutes=session.minutes, title=title)


def _whole(cohort: Cohort) -> list[Session]:
    return list(cohort.sessions.filter(subgroup=None).order_by("number"))


def _invite(world: World, cohort: Cohort, row: data.Data) -> None:
    """Write down who joins when; everybody at another hour of the day, the crowd a few at a time."""
    groups = list(cohort.subgroups.order_by("position"))
    known, many = roster.seats(row)
    for place, seat in enumerate(known):
        moment = world.diary.at(row["starts"] - seat.days, 8 + place * 5 % 15, place * 17 % 60)
        world.diary.write(moment, _join, world, cohort, seat, _chosen(groups, seat.group), row)
    for place, few in enumerate(roster.batches(many)):
        moment = world.diary.at(row["starts"] - few[0].days, 7 + place * 7 % 16, place * 13 % 60)
        world.diary.write(moment, together.join, world, cohort, few)
    for name, group, minutes in row.get("paying", []):
        moment = world.diary.today - datetime.timedelta(minutes=minutes)
        world.diary.write(moment, _begin, world, cohort, Seat(name, group, 0), _chosen(groups, group), row)
    for place, (name, days) in enumerate(row.get("waits", [])):
        moment = world.diary.at(row["starts"] - days, 10 + place, 20)
        world.diary.write(moment, waiting.wait, world.people[name], cohort)
    writing.plan(world, cohort, row["key"], [seat for seat in many if seat.name not in data.people()])


def _chosen(groups: list[Subgroup], place: int) -> Subgroup | None:
    return groups[place] if place != roster.NOWHERE else None


def _begin(world: World, cohort: Cohort, seat: Seat, group: Subgroup | None, row: data.Data) -> Payment:
    """Choose, agree, go to the hosted page."""
    person, came_from = world.people[seat.name], row.get("came_from", {}).get(seat.name)
    origin = ("case_study", world.posts[came_from].public_id) if came_from else ("", "")
    agreements.agree(person, recording=True)
    stripe.stand_at(world.diary.clock.moment)
    return checkout.begin(person, cohort, subgroup=group, introduction=seat.hello, came_from=origin)


def _join(world: World, cohort: Cohort, seat: Seat, group: Subgroup | None, row: data.Data) -> None:
    """Begin, pay by card, come back; a card that is refused leaves the page open for another one."""
    payment = _begin(world, cohort, seat, group, row)
    if payment.state == Payment.State.OPEN:
        for card in row.get("cards", {}).get(seat.name, [stripe.CARD]):
            stripe.pay(payment.reference or "", card)
        checkout.advance(payment)
