"""The store on MongoDB: a collection a table of the embedded store, documents that people can read and query.

Every identity lies in ``_id``, so that the index each collection has anyway is the guard of "nothing twice". What two
processes may change at once is changed by a compare-and-set of one document; a transaction is used only where one promise
spans documents (`planning`: a delivery and its alerts; `subscriptions`, `destinations`: who is gone is owed nothing).
"""
