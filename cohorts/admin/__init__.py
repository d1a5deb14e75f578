from cohorts.admin import credits, enrollments, partners, seat_gifts, seat_groups, studies, subgroups, thanks  # noqa: F401
