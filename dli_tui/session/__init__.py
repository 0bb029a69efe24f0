"""The live picture of one place: asked for again and again, kept while nothing answers.

Knows nothing of how it is shown. Nothing here loads a model before the place is opened.
"""
