"""How the desk writes moments, by language: with the weekday, and the clock of 24 hours as everywhere."""
