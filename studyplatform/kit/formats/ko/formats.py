"""Korean."""

DATETIME_FORMAT = "Y년 n월 j일(D) H:i"
SHORT_DATETIME_FORMAT = "n월 j일(D) H:i"
TIME_FORMAT = "H:i"
