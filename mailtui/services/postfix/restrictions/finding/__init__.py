"""What is wrong with restrictions: open relays, holes, rules that do harm, rules that do nothing."""
