"""Other people's lists → the things of the graph."""
