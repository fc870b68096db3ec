"""What the checks of a message said when it came in: Authentication-Results, read with suspicion. RFC 8601."""
