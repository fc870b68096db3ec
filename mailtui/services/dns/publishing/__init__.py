"""The records to publish, exactly, made from what this machine is."""
