"""What is wrong with main.cf, master.cf and Dovecot's configuration, as findings."""
