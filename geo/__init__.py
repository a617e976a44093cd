"""Where things are: datums, projections and the exact point index."""
