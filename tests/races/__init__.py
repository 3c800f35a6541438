"""Races with real threads: who wins, how the others are refused, and controls that must find violations."""
