"""The catalogue of technical fields that is shipped: a tree of curated profiles, read from `services.portal.resources.fields`.

Curators' own versions lie in the store and are put over it by `services.portal.desk.fields`.
"""
