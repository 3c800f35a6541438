"""Which characters the agreement can print: asked where text enters; answered by the fonts, which `wsgi` hands in."""

from collections.abc import Callable

from flask import Flask, current_app


def install(app: Flask, unprintable: Callable[[str], str]) -> None:
    """Hand in the function that returns the characters of a text that no font has."""
    app.extensions["unprintable"] = unprintable


def unprintable(text: str) -> str:
    """Return the characters that the agreement could not print; raises KeyError when no fonts were handed in."""
    answer: str = current_app.extensions["unprintable"](text)
    return answer
