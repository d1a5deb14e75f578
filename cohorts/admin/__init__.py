from cohorts.admin import enrollments, partners, studies, subgroups  # noqa: F401
