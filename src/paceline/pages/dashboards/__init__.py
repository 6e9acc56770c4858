"""The data pages: team, rep, metric, records of a number, today, forecast, data health. They only read.

``address``: what the URL says, the pages' only state. ``kept``: readings, once per version of the data. ``written``: numbers as
the reader's language writes them. One file a page for what it shows, ``views`` for who sees it, ``export`` for CSV and Parquet.
"""
