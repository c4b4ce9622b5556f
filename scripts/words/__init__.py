"""The public's words in every language: collected from the source, merged into the catalogues, compiled and checked.

Nothing but Python is needed: polib reads and writes the catalogues, Django's own ``templatize`` reads the templates.
"""
