"""Generates corpora of any size in the model, by a seed: what measurements are made on. All of it is invented."""
