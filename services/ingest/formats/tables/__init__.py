"""Tables of any kind, one way to their rows: workbooks, web pages in files named ``.xls``, CSV and TSV.

A reader (`xlsx`, `xls`, `html`, `delimited`) gives rows of text cells; `layout` says which columns of an export hold
what; `reading` finds the header and turns rows into publications.
"""
