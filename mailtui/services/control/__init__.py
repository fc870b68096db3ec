"""Starting, reloading and restarting Postfix, Dovecot and what works beside them."""
