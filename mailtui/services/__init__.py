"""What an operator can see and do: plain synchronous Python, no Textual."""
