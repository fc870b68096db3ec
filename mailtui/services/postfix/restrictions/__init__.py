"""What smtpd(8) lets in: lists of restrictions in their order, what each rule answers, and what is wrong in them."""
