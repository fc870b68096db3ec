"""Does this user exist everywhere: in Postfix's tables, in Dovecot, on disk, in the database that feeds them."""
