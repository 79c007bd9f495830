"""How a request becomes somebody: cookies, forms, bearer tokens, addresses behind proxies, and how often they may ask."""
