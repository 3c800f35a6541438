"""Everything that leaves the process after a commit: outbox, doorbell, workers, messages to people."""
