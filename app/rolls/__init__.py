"""Rolls from files: what a school hands in is received, read in the worker and brought onto the roll (R-ROLL-1)."""
