"""Every finding of every service in one list."""
