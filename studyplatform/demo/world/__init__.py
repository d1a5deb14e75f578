"""The world `make demo` begins with: people, studies and half a year of their life, made by the product's own verbs.

people.toml, studies.toml and posts/ say who there is and what they wrote; the modules say how it came about.
"""
