"""The only door to the machine: tools, files, processes, and the errors they raise."""
