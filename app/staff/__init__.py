"""Server-rendered pages: staff."""

from flask import Blueprint

blueprint = Blueprint("staff", __name__)
