from cohorts.admin import enrollments, partners, seat_groups, studies, subgroups, thanks  # noqa: F401
