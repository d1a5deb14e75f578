"""Every missing or unsafe setting is named in a sentence."""

import pytest

from studyplatform.kit import env_rules

GOOD = {
    "SECRET_KEY": "k" * 50,
    "SITE_URL": "https://studies.example.org",
    "ALLOWED_HOSTS": "studies.example.org",
    "DATABASE_URL": "postgres://localhost/name",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp://localhost:587",
    "STRIPE_API_KEY": "sk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}


def problems(*, debug=False, demo=False, **changed):
    return list(env_rules.problems({**GOOD, **changed}, debug=debug, demo=demo))


def test_a_complete_environment_has_none():
    assert problems() == []


@pytest.mark.parametrize("name", sorted(env_rules.REQUIRED))
@pytest.mark.parametrize("loose", [False, True])
def test_what_is_missing_is_named_with_an_example(name, loose):
    said = problems(debug=loose, demo=loose, **{name: ""})
    assert said[0].startswith(f"{name} is not set.")
    assert env_rules.REQUIRED[name] in said[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "studies.example.org,*"),
        ("SITE_URL", "http://studies.example.org"),
        ("STRIPE_API_BASE", "http://127.0.0.1:12111"),
    ],
)
def test_what_is_unsafe_is_named(name, value):
    assert [said.split()[0] for said in problems(**{name: value})] == [name]


def test_a_laptop_may_speak_http_but_needs_a_key_all_the_same():
    loose = {"SITE_URL": "http://localhost:8000", "STRIPE_API_BASE": "http://127.0.0.1:1", "ALLOWED_HOSTS": "*"}
    assert problems(debug=True, **loose) == problems(demo=True, **loose) == []
    assert problems(demo=True, SECRET_KEY="short")


def test_celery_spells_sockets_its_own_way():
    assert env_rules.broker_url("unix:///run/valkey.sock?db=3") == "redis+socket:///run/valkey.sock?virtual_host=3"
    assert env_rules.broker_url("redis://cache:6379/1") == "redis://cache:6379/1"


def test_only_the_providers_that_are_set_up_are_offered():
    found = env_rules.social_providers({"KAKAO_CLIENT_ID": "a", "KAKAO_CLIENT_SECRET": "b", "NAVER_CLIENT_ID": ""})
    assert set(found) == {"kakao"}
    assert found["kakao"]["APPS"] == [{"client_id": "a", "secret": "b"}]
    assert not found["kakao"]["VERIFIED_EMAIL"]
    assert env_rules.social_providers({"GOOGLE_CLIENT_ID": "a"})["google"]["VERIFIED_EMAIL"]
