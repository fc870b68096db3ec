"""DKIM: whether the keys this machine signs with are the ones the world finds. RFC 6376, 8301, 8463."""
