"""Making keys, requests, certificates and chains, and turning one form of them into another; nothing is run for it."""
