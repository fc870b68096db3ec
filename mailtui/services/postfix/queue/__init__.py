"""Postfix's mail queue: read with its own tools, joined with the log, selected exactly."""
