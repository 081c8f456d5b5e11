"""Files of the carbon amount: hours of a stack (CSV) and the budget of its uncertainty (TOML), read strictly."""
