"""What the world's parts share while it is made."""

from dataclasses import dataclass, field

from cohorts.models import Cohort
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from studyplatform.demo.world.diary import Diary


@dataclass
class World:
    """People by name, cohorts and posts by key, and the diary that says what happens to them."""

    diary: Diary
    people: dict[str, User]
    cohorts: dict[str, Cohort] = field(default_factory=dict)
    posts: dict[str, CaseStudy] = field(default_factory=dict)
