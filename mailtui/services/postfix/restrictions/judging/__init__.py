"""What smtpd(8) would say to a client: its restrictions evaluated, rule by rule, as it evaluates them itself."""
