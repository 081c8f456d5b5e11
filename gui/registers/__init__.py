"""The screen of the registers: devices under test, cylinders and gases, other measurement standards."""
