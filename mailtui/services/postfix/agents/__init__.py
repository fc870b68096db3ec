"""Who delivers: which of the settings of local(8) and virtual(8) count, and which are passed over."""
