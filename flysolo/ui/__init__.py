"""The visible side of lessons and cases: widgets, charts and the settings of the pages that hold them.

Nothing is imported here, so that a page only waits for the parts it shows.
"""
