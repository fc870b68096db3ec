"""What the programs write: one module a family of messages, every pattern once."""
