"""Postfix's lookup tables: which are in use, what stands in them, and changing them."""
