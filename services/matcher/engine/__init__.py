"""The matching engine: pure functions of profiles and publications. docs/matching.md says what they promise.

Where to look::

    the specification   oracle, and what it asks: plain (where a hit stands), variants, bibliography, scoring
    texts               text, segment, batch; counts, dictionary, lattice, terms (the judge); rarity
    variants            confusion, variant_characters, variant_lexicon, variant_onward, variant_steps, variant_judge, variant_scan
    what is not text    conditions, values; ipc, scheme, succession; applicants, company_names, company_groups; regions
    compiling           draft (draft_rows) → tables → index (lexicon, strings, needs, records, postings); select, merge, storage
    matching            scan → marks → candidates → hold → evidence → found, written; searcher and engine put it together; live
    machine code        kernel, memory
"""
