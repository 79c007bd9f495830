"""Data files of the portal; `services.portal.catalogue` reads them."""
