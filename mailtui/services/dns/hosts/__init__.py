"""Names and addresses: where mail for a domain is sent, and whether this machine's own names and addresses agree."""
