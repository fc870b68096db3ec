"""A private Postfix and Dovecot on loopback in a temporary folder, with traffic: the demo and the tests."""
