"""The console's screens, one module a tab; imported as ``mailtui.screens``."""
