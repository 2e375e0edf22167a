"""Augment the training split: clinical synonyms, jittered measurements, synthetic examples. If a recipe asks."""
