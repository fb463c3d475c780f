"""One page has one address: spellings, sites, twins, canonical addresses, traps. Pure."""
