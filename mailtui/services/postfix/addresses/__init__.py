"""Where mail for an address goes: Postfix's own order of tables, and what each of them answers."""
