"""JSON for the mini-program: one file per resource."""

from flask_smorest import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
