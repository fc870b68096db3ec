"""What this machine's own packet filter lets strangers reach; what is filtered before it cannot be told from inside."""
