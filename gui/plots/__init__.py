"""Plots: long traces drawn from minimum and maximum levels, the pictures of findings, and values beside their limits."""
