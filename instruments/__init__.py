"""Drivers over VISA: the transport, the protocols, one file a model, and the twin that simulates a whole bench."""
