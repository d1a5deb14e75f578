"""What people call a run of a study: a cohort, or the season of what is for fun."""

from django.utils.translation import gettext as _

from cohorts.models.study import Wording


def run_name(wording: str, number: int) -> str:
    """Return "cohort 9", or "season 9" of what the host calls a club, a gathering or a league."""
    words = _("cohort %(number)s") if wording == Wording.STUDY else _("season %(number)s")
    return words % {"number": number}


def full_name(study: str, wording: str, number: int) -> str:
    """Return the study's title and the run."""
    return _("%(study)s, %(run)s") % {"study": study, "run": run_name(wording, number)}
