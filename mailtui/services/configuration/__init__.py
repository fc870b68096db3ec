"""main.cf, master.cf and Dovecot's configuration: what they say, what they should say, and changing them."""
