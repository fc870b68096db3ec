"""What the world finds about this machine's mail in the DNS: checks of what is published, and records to publish."""
