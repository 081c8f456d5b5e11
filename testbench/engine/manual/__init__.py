"""The bench in a person's hand: reads and sets the instruments of a station while no run owns it."""
