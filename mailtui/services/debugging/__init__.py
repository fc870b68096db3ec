"""Making Postfix or Dovecot say more for a time, and no longer."""
