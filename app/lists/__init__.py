"""The lists of staff: what each holds, shows and finds, for the pages and for the files (R-VIEW-1)."""
