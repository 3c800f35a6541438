"""People and organisations for trying the platform out: made up, reproducible, never loaded in production."""
