"""Traces of a publication across the bus, by OpenTelemetry; off unless a setting says otherwise.

::

    ingest             accept publication                (root; ratio-sampled)
    ingest               └ send zhitui.publications.v1
    matcher                  └ process zhitui.publications.v1
    matcher                      └ send zhitui.matches.v1
    notifier                         └ process zhitui.matches.v1      its place is kept on the alert
    notifier                             └ plan delivery              its place is kept on the delivery
    notifier                                 └ attempt delivery       one for each try

A digest tells many publications: its ``plan delivery`` begins a trace of its own, with a span link to each.

A place travels as W3C ``traceparent`` (https://www.w3.org/TR/trace-context/): in a record's headers on the bus, in a field
of the alert and of the delivery in the store. What is not sampled carries none, and costs nothing from there on.

Services see `port` and `carry` only. `sdk` is imported by `opening` alone, and only where tracing is on.
"""
