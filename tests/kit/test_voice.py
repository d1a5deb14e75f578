"""Errors of Django's own fields are said in our voice, in both languages; a field's own sentence comes first."""

import pytest
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import translation


class Sample(forms.Form):
    name = forms.CharField(max_length=5, min_length=2, error_messages={"required": "What is it called?"})
    weeks = forms.IntegerField(min_value=1, max_value=52)
    day = forms.DateField()
    link = forms.URLField(assume_scheme="https")
    size = forms.ChoiceField(choices=[("s", "small")])


GOOD = {"name": "abc", "weeks": "4", "day": "2027-03-09", "link": "https://example.com/", "size": "s"}


@pytest.mark.parametrize(
    ("field", "value", "english", "korean"),
    [
        ("weeks", "", "This cannot be empty.", "비워 둘 수 없어요."),
        ("name", "abcdefgh", "At most 5 characters. Yours has 8.", "5자까지 쓸 수 있어요. 지금 8자예요."),
        ("name", "a", "At least 2 characters. Yours has 1.", "2자 이상 써 주세요. 지금 1자예요."),
        ("weeks", "four", "Type a whole number.", "숫자로 적어 주세요."),
        ("weeks", "99", "At most 52.", "52까지 쓸 수 있어요."),
        ("weeks", "0", "At least 1.", "1부터 쓸 수 있어요."),
        ("day", "soon", "We cannot read this as a day.", "날짜로 읽을 수 없어요."),
        ("link", "x y", "This does not look like a link.", "링크 주소가 아닌 것 같아요."),
        ("size", "xl", "Choose one of these.", "여기 있는 것 가운데 골라 주세요."),
        ("name", "", "What is it called?", "What is it called?"),
    ],
)
def test_a_wrong_value_is_answered_in_our_words(field: str, value: str, english: str, korean: str) -> None:
    assert Sample(GOOD).is_valid()
    for language, sentence in (("en", english), ("ko", korean)):
        with translation.override(language):
            assert Sample({**GOOD, field: value}).errors == {field: [sentence]}


@pytest.mark.parametrize("password", ["abc1", "password"])
def test_a_weak_password_is_refused_in_our_korean(password: str) -> None:
    rules = [password_validation.MinimumLengthValidator(), password_validation.CommonPasswordValidator()]
    with translation.override("ko"), pytest.raises(ValidationError) as refused:
        password_validation.validate_password(password, password_validators=rules)
    assert all(sentence.endswith("요.") for sentence in refused.value.messages)
