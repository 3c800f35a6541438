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


class UnprintableTextError(ValueError):
    """A text holds characters that the agreement could not print; its own text is a Chinese sentence."""


def require(**texts: str) -> None:
    """Raise UnprintableTextError for the first text, given by its Chinese name, that could not be printed."""
    for name, text in texts.items():
        if bad := unprintable(text):
            raise UnprintableTextError(f"{name}含有协议书字体无法打印的字符“{bad}”，请更换后重试。")
