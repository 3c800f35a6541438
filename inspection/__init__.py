"""Looks into uploaded files: a program of its own, ended by its limits, so that no file can hurt who started it."""
