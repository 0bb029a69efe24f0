"""Widgets that can live alone: each is given plain rows and paints them."""
