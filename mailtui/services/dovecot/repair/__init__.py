"""Mending mailboxes: the ladder of repairs, each a plan that is proven afterwards and can be undone."""
