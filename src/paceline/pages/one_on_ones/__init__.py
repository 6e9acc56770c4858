"""The pages of 1:1s: who meets whom and when, the next one prepared, past ones as they were, coaching time as a number.

Only the two of a 1:1 open its pages; everybody else finds nothing, whatever their role.
"""
