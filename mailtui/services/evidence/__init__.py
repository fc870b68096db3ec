"""What is known of one failure, as one text without names of people, to paste in a ticket."""
