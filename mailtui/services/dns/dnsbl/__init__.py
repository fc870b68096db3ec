"""DNS block lists: is this machine on one, and do those that Postfix asks still answer? RFC 5782."""
