"""The words of the domain: messages, conversations, answers and usage. Pure values."""
