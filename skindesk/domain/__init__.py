"""The words of the field as plain values: labels, contracts, predictions, cases and errors. Standard library only."""
