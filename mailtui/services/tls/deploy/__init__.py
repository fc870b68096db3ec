"""Giving a certificate to Postfix and Dovecot: judged first, put under fresh names, proven on every port, put back."""
