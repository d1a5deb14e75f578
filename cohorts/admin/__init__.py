from cohorts.admin import enrollments, partners, seat_gifts, seat_groups, studies, subgroups, thanks  # noqa: F401
