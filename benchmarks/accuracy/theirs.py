"""What Presidio and DataProfiler say of the same tables and texts, each in the peers' environment."""

from __future__ import annotations

from benchmarks.accuracy.score import Verdicts
from benchmarks.accuracy.tables import Labelled
from benchmarks.peers import in_peer

# Presidio's recognizers are patterns with context; without a model for names there is no name of a person.
_PRESIDIO = """
import logging
logging.disable(logging.CRITICAL)
import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine

class Blank(SpacyNlpEngine):
    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
        self.nlp = {"en": spacy.blank("en")}
    def load(self):
        pass

analyzer = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
names = {
    "US_SSN": "SSN", "US_ITIN": "SSN", "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "CREDIT_CARD": "CREDIT_CARD",
    "IP_ADDRESS": "IP_ADDRESS", "MAC_ADDRESS": "MAC_ADDRESS", "IBAN_CODE": "IBAN", "US_NPI": "NPI",
    "US_DRIVER_LICENSE": "DRIVER_LICENSE", "US_PASSPORT": "PASSPORT", "US_BANK_NUMBER": "BANK_ACCOUNT",
    "ABA_ROUTING_NUMBER": "ROUTING_NUMBER",
    "PERSON": "PERSON_NAME", "DATE_TIME": "DATE", "LOCATION": "STREET_ADDRESS", "VIN": "VIN",
}
def said(text, context=None):
    return {names.get(one.entity_type, one.entity_type) for one in
            analyzer.analyze(text, language="en", context=context, score_threshold=0.4)}
"""
_PRESIDIO_COLUMNS = (
    _PRESIDIO
    + """
answer = []
with measured():
    for table in given["tables"]:
        labels = {}
        for name, values in table.items():
            counts = {}
            for value in values:
                for entity in said(value, [name]):
                    counts[entity] = counts.get(entity, 0) + 1
            best = max(counts.items(), key=lambda pair: pair[1], default=(None, 0))
            labels[name] = best[0] if best[1] * 2 >= len(values) and values else None
        answer.append(labels)
"""
)
_PRESIDIO_TEXTS = (
    _PRESIDIO
    + """
with measured():
    answer = [sorted(said(text)) for text in given["texts"]]
"""
)
_DATAPROFILER = """
import logging, os
logging.disable(logging.CRITICAL)
import pandas
import dataprofiler
names = {
    "SSN": "SSN", "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "CREDIT_CARD": "CREDIT_CARD", "IPV4": "IP_ADDRESS",
    "IPV6": "IP_ADDRESS", "MAC_ADDRESS": "MAC_ADDRESS", "BAN": "BANK_ACCOUNT", "PERSON": "PERSON_NAME",
    "ADDRESS": "STREET_ADDRESS", "DRIVERS_LICENSE": "DRIVER_LICENSE",
}
options = dataprofiler.ProfilerOptions()
options.set({"*.is_enabled": False, "*.data_labeler.is_enabled": True, "multiprocess.is_enabled": False})
options.structured_options.data_labeler.data_labeler_object = dataprofiler.DataLabeler(labeler_type="structured")
answer = []
with measured():
    for table in given["tables"]:
        length = max(len(values) for values in table.values())
        frame = pandas.DataFrame({name: values + [None] * (length - len(values)) for name, values in table.items()})
        report = dataprofiler.Profiler(frame, options=options).report()
        answer.append({one["column_name"]: names.get((one.get("data_label") or "").split("|")[0])
                       for one in report["data_stats"]})
"""


def presidio(tables: list[Labelled], rows: int) -> Verdicts:
    return in_peer("presidio", _PRESIDIO_COLUMNS, {"tables": _slices(tables, rows)}).answer


def presidio_texts(texts: list[str]) -> list[set[str]]:
    return [set(one) for one in in_peer("presidio", _PRESIDIO_TEXTS, {"texts": texts}).answer]


def dataprofiler(tables: list[Labelled], rows: int) -> Verdicts:
    return in_peer("DataProfiler", _DATAPROFILER, {"tables": _slices(tables, rows)}).answer


def _slices(tables: list[Labelled], rows: int) -> list[dict[str, list[str]]]:
    """The first filled cells of each column."""
    return [
        {name: one.table.frame.get_column(name).drop_nulls().head(rows).to_list() for name in one.labels}
        for one in tables
    ]
