"""The bench screen: a picture of the station with live values, each instrument, and setting it by hand."""
