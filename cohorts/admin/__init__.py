from cohorts.admin import enrollments, partners, studies, subgroups, thanks  # noqa: F401
