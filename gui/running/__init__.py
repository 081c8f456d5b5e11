"""The Run screen: an evaluation that goes on, readable from two metres, and what a person can do to it."""
