"""Textual CSS of the console, one small file a screen."""
