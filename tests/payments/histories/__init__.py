"""Random histories of money: whatever happens in whatever order, the same laws hold at the end."""
