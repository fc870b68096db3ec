"""An hour of a busy mail system: does the console stay small, quick and without an error?"""
