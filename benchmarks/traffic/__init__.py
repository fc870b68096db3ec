"""A made-up mail site that writes the log a real one would, and knows what it did.

``Site`` writes lines and keeps the ``Truth``; ``mail`` and ``visitors`` tell what happens to messages and to
clients that bring none. Everything is decided by one seed. Forms of the lines: Postfix 3.7 to 3.11 and
Dovecot 2.3 to 2.4.
"""
