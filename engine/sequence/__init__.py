"""Sequences: recurrent networks step by step, their gradients, gates and trained examples."""
