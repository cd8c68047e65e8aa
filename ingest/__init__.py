"""The doors and the stages: what comes in, who it is from, and one transaction for every batch of work."""
