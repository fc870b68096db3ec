"""SPF: a record read, evaluated for an address as receivers do, weighed and judged. RFC 7208."""
