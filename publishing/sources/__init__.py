"""Where refreshed data come from: one file for each kind of source, behind the one interface of base.py.

Plain Python: nothing here knows Django, the database or the people. `KINDS` is the explicit list.
"""

from __future__ import annotations

from publishing.sources.arcgis import ArcgisLayer
from publishing.sources.base import Source
from publishing.sources.ckan import CkanResource
from publishing.sources.s3 import Bucket
from publishing.sources.soda import SodaDataset
from publishing.sources.sql import SqlQuery
from publishing.sources.upload import Upload
from publishing.sources.url import WebFile

_ALL: tuple[Source, ...] = (
    Upload(),
    WebFile(),
    SodaDataset(),
    CkanResource(),
    ArcgisLayer(),
    Bucket(),
    SqlQuery(),
)
KINDS: dict[str, Source] = {source.code: source for source in _ALL}
