"""The whole way of an answer, real parts only."""
