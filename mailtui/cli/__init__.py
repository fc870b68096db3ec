"""The command line: the console's headless twin, on the same services."""
