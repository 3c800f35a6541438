"""Server-rendered pages: employers."""

from flask import Blueprint

blueprint = Blueprint("employers", __name__)
