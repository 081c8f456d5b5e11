"""The laboratory's registers: devices under test, gas cylinders and other measurement standards."""
