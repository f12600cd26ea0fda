"""Tables of counts: small cells, their suppression, its audit, publication scores, differences of releases."""
