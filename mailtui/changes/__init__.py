"""Changes of the machine: planned before, journalled while, proven and undone after."""
