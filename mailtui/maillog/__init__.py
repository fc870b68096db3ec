"""The log engine: bytes in, values out. Pure; imports no other part of mailtui."""
