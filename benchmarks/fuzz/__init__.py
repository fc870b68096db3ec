"""Ten million lines of log that nobody would write, through everything that reads or shows lines."""
