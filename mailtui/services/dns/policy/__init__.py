"""What a domain publishes about TLS to it: MTA-STS, TLS reports, DANE, and who may issue certificates (CAA)."""
