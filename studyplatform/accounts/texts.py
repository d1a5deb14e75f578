"""Texts people agree to, with the version that is in force: the day its words were last changed."""

JOINING = ("terms", "privacy")  # what everybody agrees to who joins
PARTNER_TERMS = "partner_terms"  # what partners agree to besides
SEAT = "2026-11"  # of terms and refund rules, as who takes a seat agrees to them, and of the words beside the boxes
VERSIONS = {"terms": "2026-11-24", "privacy": "2026-11-24", PARTNER_TERMS: "2026-11-25"}
