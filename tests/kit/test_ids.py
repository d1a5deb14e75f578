"""Public ids: short, unlike each other, without letters people mix up."""

from studyplatform.kit import ids


def test_ids_are_short_and_plain():
    made = {ids.short_id() for _ in range(2_000)}
    assert len(made) == 2_000
    assert {len(one) for one in made} == {10}
    assert set("".join(made)) == set(ids.ALPHABET)
    assert not set(ids.ALPHABET) & set("01ilo")


def test_secrets_are_long():
    assert len(ids.secret_token()) == 32
    assert ids.secret_token() != ids.secret_token()
    assert len(ids.ALPHABET) ** 32 > 2**128
