"""A piece of a how-to, recognised, judged, and led to what the installed versions understand."""
