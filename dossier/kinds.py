"""The kinds of fact, who establishes each, and the parts of a dossier that a stage opens for editing."""

# kind -> the station that writes it
FACT_KINDS: dict[str, str] = {
    "inventory_record": "workflow",
    "readiness_talk": "workflow",
    "metadata": "workflow",
    "plan": "workflow",
    "drift": "workflow",
    "file": "dossier",
    "checklist.inventory": "checklists",
    "checklist.eligibility": "checklists",
    "checklist.readiness": "checklists",
    "checklist.submission": "checklists",
    "checklist.quality": "checklists",
    "checklist.legal": "checklists",
    "checklist.security": "checklists",
    "checklist.privacy": "checklists",
    "checklist.equity": "checklists",
    "checklist.metadata": "checklists",
    "checklist.cdo": "checklists",
    "checklist.post": "checklists",
    "checklist.retirement": "checklists",
    "attestation": "checklists",
    "quality_checks": "checklists",
    "scan": "privacy",
    "dispositions": "privacy",
    "treated": "privacy",
    "risk": "privacy",
    "assessment": "privacy",
    "private_copy": "publishing",
    "public_copy": "publishing",
}

PARTS = ("record", "file", "metadata", "checklists", "quality", "privacy", "plan", "publication")
