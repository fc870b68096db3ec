"""Speed, as ratios against the tool an operator would otherwise use; and the log generator they share."""
