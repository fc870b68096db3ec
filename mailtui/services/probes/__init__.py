"""Live tests of this machine's mail services, each joined with the log lines it caused."""
