"""The paths of DSMAPI."""

from __future__ import annotations

from publishing.devserver.dsmapi import configs, evaluation, revisions, schemas, sources
from publishing.devserver.dsmapi.shapes import ROOT

REVISIONS = rf"{ROOT}/revision/(?P<id>[a-z0-9]{{4}}-[a-z0-9]{{4}})"
REVISION = rf"{REVISIONS}/(?P<seq>\d+)"
SOURCE = rf"{ROOT}/source/(?P<source>\d+)"
CHUNK = rf"{SOURCE}/chunk/(?P<number>\d+)/(?P<offset>\d+)"
SCHEMA = rf"{SOURCE}/schema/(?P<schema>\d+)"
OUTPUT = rf"{SCHEMA}/output/(?P<output>\d+|latest)"
CONFIGS = rf"{ROOT}/config"
CONFIG = rf"{CONFIGS}/(?P<config>[^/]+)"

ROUTES = [
    ("dsmapi.create_dataset", "POST", rf"{ROOT}/revision", revisions.create_new),
    ("dsmapi.create_revision", "POST", REVISIONS, revisions.create),
    ("dsmapi.revisions", "GET", REVISIONS, revisions.listed),
    ("dsmapi.revision", "GET", REVISION, revisions.read),
    ("dsmapi.change_revision", "PUT", REVISION, revisions.change),
    ("dsmapi.change_revision", "PATCH", REVISION, revisions.change),
    ("dsmapi.discard", "DELETE", REVISION, revisions.discard),
    ("dsmapi.plan", "GET", rf"{REVISION}/plan", revisions.plan),
    ("dsmapi.apply", "PUT", rf"{REVISION}/apply", revisions.apply),
    ("dsmapi.job", "GET", rf"{REVISION}/apply/(?P<job>\d+)", revisions.read_job),
    ("dsmapi.attachment", "POST", rf"{REVISION}/attachment", revisions.attach),
    ("dsmapi.create_source", "POST", rf"{REVISION}/source", sources.create),
    ("dsmapi.sources", "GET", rf"{REVISION}/source", sources.listed),
    ("dsmapi.create_source", "POST", rf"{ROOT}/source", sources.create),
    ("dsmapi.source", "GET", SOURCE, sources.read),
    ("dsmapi.bytes", "POST", SOURCE, sources.receive),
    ("dsmapi.options", "POST", rf"{SOURCE}/options", sources.change),
    ("dsmapi.options", "PUT", rf"{SOURCE}(?:/options)?", sources.change),
    ("dsmapi.options", "PATCH", rf"{SOURCE}(?:/options)?", sources.change),
    ("dsmapi.load", "PUT", rf"{SOURCE}/load", sources.load),
    ("dsmapi.cancel", "POST", rf"{SOURCE}/cancel", sources.cancel),
    ("dsmapi.initiate", "POST", rf"{SOURCE}/initiate", sources.initiate),
    ("dsmapi.chunk", "POST", CHUNK, sources.chunk),
    ("dsmapi.commit", "POST", rf"{CHUNK}/commit", sources.commit),
    ("dsmapi.input_schema", "GET", SCHEMA, schemas.read_input),
    ("dsmapi.transform", "POST", SCHEMA, schemas.transform),
    ("dsmapi.row_errors", "GET", rf"{SCHEMA}/errors", evaluation.row_errors),
    ("dsmapi.output_schema", "GET", OUTPUT, schemas.read_output),
    ("dsmapi.rows", "GET", rf"{OUTPUT}/rows", evaluation.rows),
    ("dsmapi.schema_errors", "GET", rf"{OUTPUT}/schema_errors", evaluation.schema_errors),
    (
        "dsmapi.validate_row_id",
        "GET",
        rf"{OUTPUT}/validate_row_id/(?P<transform>\d+)",
        evaluation.validate_row_id,
    ),
    ("dsmapi.create_config", "POST", CONFIGS, configs.create),
    ("dsmapi.configs", "GET", CONFIGS, configs.listed),
    ("dsmapi.build_config", "POST", rf"{CONFIGS}/build_from/(?P<output>\d+)", configs.build),
    ("dsmapi.config", "GET", CONFIG, configs.read),
    ("dsmapi.change_config", "PATCH", CONFIG, configs.change),
    ("dsmapi.delete_config", "DELETE", CONFIG, configs.delete),
    (
        "dsmapi.create_revision",
        "POST",
        rf"{CONFIG}/revision/(?P<id>[a-z0-9]{{4}}-[a-z0-9]{{4}})",
        revisions.create,
    ),
]
