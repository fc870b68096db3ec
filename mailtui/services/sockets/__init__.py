"""Where Postfix meets its neighbours: the sockets of LMTP, SASL and milters, and whether it can reach them."""
