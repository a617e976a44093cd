"""Positions for the words of a spot, by kind: numbers, names, roads and crossings, tails. Pure."""
