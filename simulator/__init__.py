"""The far side for demo and tests: listens on this machine only, refuses production, imports none of ours."""
