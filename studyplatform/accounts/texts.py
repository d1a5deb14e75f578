"""Texts people agree to, with the version that is in force: the day its words were last changed."""

JOINING = ("terms", "privacy")  # what everybody agrees to who joins
PARTNER_TERMS = "partner_terms"  # what partners agree to besides
VERSIONS = {"terms": "2026-11-24", "privacy": "2026-11-24", PARTNER_TERMS: "2026-11-25"}
