"""A walk through one signing by HTTP only: it imports none of the application."""
