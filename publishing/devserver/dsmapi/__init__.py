"""/api/publishing/v1: revisions, sources, transforms and the jobs that apply them, with links in every answer.

`revisions` opens and closes revisions, `sources` takes files in, `schemas` turns their columns into others, `jobs`
puts the result into the dataset, `configs` keeps the way to do it under a name.
"""
