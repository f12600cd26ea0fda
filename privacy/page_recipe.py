"""The page Remedies: the recipe in words, the form of one step, what it would do, versions and the copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from privacy.hierarchies import uploaded_rows
from privacy.models import RecipeVersion
from privacy.page import moving_part
from privacy.page_effect import effect_part
from privacy.personal_values import personal_value
from privacy.recipe_changes import changes, put, says
from privacy.remedies.base import named_columns
from privacy.remedies.built_in import BUILT_IN
from privacy.remedies.recipe import columns_left, recipe_faults
from privacy.remedies.registry import REMEDIES
from privacy.selectors import PrivacyState, recipe_versions, state_of
from privacy.services.recipes import recipe_of_last_release
from privacy.step_form import (
    Choices,
    Posted,
    StepForm,
    blank_form,
    faults_of,
    form_of,
    params_posted,
    remedy_groups,
    without_number,
)
from privacy.words import ENTITY_LABELS

Step = dict[str, Any]
_SHOWN_VERSIONS = 5


@dataclass(frozen=True, slots=True)
class Draft:
    """Steps that are not saved yet, and the number of the version they were made from (0: none)."""

    base: int
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was not taken: where it stands on the page, why, and what was typed."""

    where: str
    sentences: Sequence[str]
    typed: Mapping[str, Any]


def recipe_page(
    release_id: int,
    *,
    draft: Draft | None,
    form: StepForm | None = None,
    refused: Refused | None = None,
    shows_values: bool = False,
    tried: Sequence[Step] | None = None,
) -> dict[str, Any]:
    """The context of the page. `tried` are the steps to measure in place of the draft's."""
    state = state_of(release_id)
    steps = draft.steps if draft else state.recipe
    version = state.recipe_version
    number = version.number if version else 0
    uploaded = list(uploaded_rows(release_id))
    return (
        moving_part(state)
        | _copy(state)
        | _versions(release_id, state)
        | {
            "version": version,
            "number": number,
            "draft": draft,
            "overtaken": draft is not None and draft.base != number,
            "draft_changes": changes(state.recipe, draft.steps) if draft else [],
            "steps": steps_shown(state, steps, {row.digest for row in uploaded}),
            "remedy_groups": remedy_groups(),
            "step_form": form,
            "refused": refused,
            "shows_values": shows_values,
            "earlier": None if version or draft else recipe_of_last_release(release_id),
            "uploaded": uploaded,
            "built_in": list(BUILT_IN.values()),
        }
        | effect_part(state, steps if tried is None else tried, shows_values=shows_values)
    )


def steps_shown(state: PrivacyState, steps: Sequence[Step], digests: set[str]) -> list[dict[str, Any]]:
    """Each step in words, with what is wrong with it for this file."""
    faults = {fault.step: fault.sentence for fault in recipe_faults(list(steps), state.columns, digests)}
    return [
        {
            "number": number,
            "label": REMEDIES[step["remedy"]].label if step.get("remedy") in REMEDIES else step.get("remedy"),
            "says": says(step),
            "columns": named_columns(step.get("params", {})),
            "fault": faults.get(number, ""),
            "is_known": step.get("remedy") in REMEDIES,
            "is_first": number == 1,
            "is_last": number == len(steps),
        }
        for number, step in enumerate(steps, start=1)
    ]


def choices_at(state: PrivacyState, steps: Sequence[Step], number: int | None) -> Choices:
    """What a form for step `number` (None: a new one at the end) offers: the columns that are there then."""
    before = list(steps if number is None else steps[: number - 1])
    uploaded = list(uploaded_rows(state.release_id))
    digests = {row.digest: row.label for row in uploaded}
    sound = [step for step in before if not recipe_faults([step], state.columns, set(digests))]
    left = columns_left(sound, state.columns)
    entities = {entity for verdict in state.verdicts for entity in verdict.entities}
    return Choices(
        columns=left,
        verdicts={verdict.column: verdict for verdict in state.verdicts},
        quasi=set(state.quasi.columns) if state.quasi else set(),
        uploaded=digests,
        levels={row.digest: ["as it is", *row.level_labels] for row in uploaded},
        entities={entity: ENTITY_LABELS.get(entity, entity) for entity in sorted(entities)},
    )


def form_for(
    state: PrivacyState,
    steps: Sequence[Step],
    *,
    remedy: str = "",
    number: int | None = None,
    column: str = "",
    k_min: int = 0,
) -> StepForm | None:
    """The form of a new step by `remedy`, or of step `number` as it is; None when there is no such thing.

    `k_min` is the program's smallest group, with which a new step about groups begins.
    """
    if number is not None:
        if not 1 <= number <= len(steps) or steps[number - 1].get("remedy") not in REMEDIES:
            return None
        step = steps[number - 1]
        return form_of(
            REMEDIES[step["remedy"]], step["params"], choices_at(state, steps, number), number=number
        )
    if remedy not in REMEDIES:
        return None
    choices = replace(choices_at(state, steps, None), k_min=k_min)
    return blank_form(REMEDIES[remedy], choices, column=column if column in choices.columns else "")


def step_posted(
    state: PrivacyState, steps: Sequence[Step], data: Posted, *, number: int | None
) -> tuple[Step | None, StepForm | None]:
    """The step that a form asks for, and the form once more with its faults when it is not sound."""
    remedy = REMEDIES.get(data.get("remedy", ""))
    if remedy is None:
        return None, None
    choices = choices_at(state, steps, number)
    params = params_posted(remedy, data, choices.columns)
    faults = faults_of(remedy, params, set(choices.uploaded), choices.columns)
    if not faults and (found := personal_value(params, state.verdicts)):
        name, fault = found
        label = next(one.label for one in remedy.params if one.name == name)
        faults = [f"“{label}”: {fault}"]
    step = {"remedy": remedy.name, "params": params}
    if not faults:
        at = number or len(steps) + 1
        whole = recipe_faults(put(steps, step, number), state.columns, set(choices.uploaded))
        faults = [without_number(fault.sentence) for fault in whole if fault.step == at]
    form = form_of(remedy, params, choices, number=number, faults=faults)
    return (None if faults else step), form


def _versions(release_id: int, state: PrivacyState) -> dict[str, Any]:
    """Every version with what it changed, newest first."""
    rows = recipe_versions(release_id)
    before: dict[int, list[Step]] = {row.number: row.steps for row in rows}
    shown = [_version(row, before.get(row.number - 1, []), state) for row in rows]
    return {"versions": shown[:_SHOWN_VERSIONS], "older_versions": shown[_SHOWN_VERSIONS:]}


def _version(row: RecipeVersion, before: list[Step], state: PrivacyState) -> dict[str, Any]:
    current = state.recipe_version
    return {
        "row": row,
        "changes": changes(before, row.steps),
        "in_force": current is not None and current.number == row.number,
        "count": len(row.steps),
    }


def _copy(state: PrivacyState) -> dict[str, Any]:
    """The copy that is made of the recipe by itself: what it was made from."""
    treatment = state.treatment
    made = treatment if treatment is not None and treatment.treated is not None else None
    return {
        "made": made,
        "open_findings": len(state.open),
        "provenance": {
            "file": made.file_sha256,
            "digest": made.recipe_digest,
            "copy": made.treated.sha256 if made.treated else "",
            "version": state.recipe_version.number if state.recipe_version else None,
        }
        if made
        else None,
    }
