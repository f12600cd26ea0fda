"""Gates of exceptions: a rule of the program is left only where its decider has said so, and until a day.

Connecticut: another licence than the usual ones, names in a roster of licences, risk above the benefit; the
portal admin advises, the CDO decides. Reads the dataset's prefetched `exceptions`.
"""

from __future__ import annotations

from accounts.roles import Role
from workflow.context import ReleaseContext
from workflow.excepted import exceptions_of, is_excepted
from workflow.gates.base import GateResult, Unmet
from workflow.models import PublicationException
from workflow.stages import Stage

Kind = PublicationException.Kind


def licence_allowed(context: ReleaseContext) -> GateResult:
    """A licence outside the program's usual ones needs a granted exception that has not expired."""
    result = GateResult("")
    licence = context.profile.licence(context.dataset.licence)
    if licence is None or not licence.needs_exception:
        return result
    if is_excepted(context, Kind.LICENCE):
        result.done = f"The licence {licence.label} is allowed by an exception"
        return result
    lapsed = any(
        row.kind == Kind.LICENCE and row.decision == PublicationException.Decision.GRANTED
        for row in exceptions_of(context)
    )
    why = "the exception for it no longer holds" if lapsed else "no exception has been granted"
    rule = context.profile.exception(Kind.LICENCE)
    decider = context.profile.role_words(rule.decide if rule else Role.CDO)
    text = (
        f"The licence {licence.label} needs an exception, and {why}. "
        f"Ask the {decider} for one, or choose another licence."
    )
    result.unmet.append(Unmet(text, "overview", Role.COORDINATOR))
    return result


def identifiers_allowed(context: ReleaseContext) -> GateResult:
    """Names and other direct identifiers stay in the data only by a granted exception, where a program has it.

    Connecticut guidelines, privacy considerations: data with unique identifiers is not made public in its raw
    form, but for exceptions such as the roster of licences.
    """
    result = GateResult("")
    rule, kept = context.profile.exception(Kind.IDENTIFIERS), context.data("dispositions", "kept")
    if rule is None or not kept:
        return result
    if is_excepted(context, Kind.IDENTIFIERS):
        result.done = f"Names stay by the exception “{rule.label}”"
        return result
    # Before the approval the open request is named by no_exception_open; after it only a grant lets names stay.
    is_approved = context.release.stage == Stage.STAGED
    if not is_approved and any(
        row.kind == Kind.IDENTIFIERS and row.is_open for row in exceptions_of(context)
    ):
        result.done = f"Names wait for the exception “{rule.label}”"
        return result
    columns = ", ".join(f"“{name}”" for name in kept)
    text = (
        f"Identifies people directly and is to stay: {columns}. That needs the exception “{rule.label}”, which "
        "has not been granted. Ask for it, or return the release and have the column dropped."
    )
    result.unmet.append(Unmet(text, "exceptions", Role.COORDINATOR))
    return result


def risk_excepted(context: ReleaseContext) -> GateResult:
    """A risk that was accepted above the threshold goes out only by a granted exception, where the program has one.

    Connecticut handbook, aggregation chart: where the benefit does not outweigh the risk, the CDO is asked.
    """
    result = GateResult("")
    rule = context.profile.exception(Kind.RISK)
    is_accepted, overrides = context.data("risk", "accepted"), context.data("assessment", "overrides")
    if rule is None or not (is_accepted or overrides):
        return result
    if is_excepted(context, Kind.RISK):
        result.done = f"The risk is taken by the exception “{rule.label}”"
        return result
    is_approved = context.release.stage == Stage.STAGED
    if not is_approved and any(row.kind == Kind.RISK and row.is_open for row in exceptions_of(context)):
        result.done = f"The risk waits for the exception “{rule.label}”"
        return result
    above = "program's threshold" if is_accepted else "benefit of publishing"
    text = (
        f"The risk that somebody is recognized is above the {above}. That needs the exception “{rule.label}”, which "
        f"has not been granted: contact the {context.profile.role_words(rule.decide)} to discuss options and ask "
        "for it, or return the release for more treatment."
    )
    result.unmet.append(Unmet(text, "exceptions", Role.COORDINATOR))
    return result


def no_exception_open(context: ReleaseContext) -> GateResult:
    """An exception that is asked for is decided before the release is."""
    result = GateResult("")
    for row in exceptions_of(context):
        if not row.is_open:
            continue
        rule = context.profile.exception(row.kind)
        advise, decide = (rule.advise, rule.decide) if rule else (Role.PORTAL_ADMIN, Role.CDO)
        who = decide if row.advised_at else advise
        word = "decided" if row.advised_at else "advised on"
        text = (
            f"The exception “{rule.label if rule else row.get_kind_display()}” is not {word} yet "
            f"by the {context.profile.role_words(who)}."
        )
        result.unmet.append(Unmet(text, "exceptions", who))
    return result
