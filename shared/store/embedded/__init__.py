"""The store on SQLite: a table a collection; documents as JSON, beside them the columns that queries need."""
