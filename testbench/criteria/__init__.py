"""The standards as data, and the code that scores findings and recorded test data against them."""
