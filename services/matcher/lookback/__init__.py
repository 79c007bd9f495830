"""What can be asked of the past: an index of all stored publications, and the answers of `shared.advice`.

Where to look::

    the index       characters → postings → segment → past (what is read), writing (what is committed, merged)
    kept up to date keeper: from the store, then from the bus
    a profile       wanted (what it asks of the index) → judging (by the engine) → counting, previewing, measuring, remarks, tightening, reasons
    other questions searching, words, holders, classes
    the face        answers (in processes of their own: process) ← advice (in the portal's)
"""
