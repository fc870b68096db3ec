"""Roundcube, where one is installed here: its configuration, its leftovers, and whether it reaches the mail server."""
