"""What a program's page says about the ends of public data: retirement and emergency retraction."""

from __future__ import annotations

from accounts.profiles import Profile
from workflow.selectors.program_phrases import Pairs, days_words, pair, roles_words

_DAYS = {"calendar": "day", "business": "business day"}


def retirement_words(profile: Profile) -> Pairs:
    """How published data is retired here."""
    rule = profile.retirement
    notice = (
        f"{days_words(rule.notice_days, _DAYS[rule.days])} of public notice"
        if rule.notice_days
        else "at once, without notice"
    )
    if rule.notice_days and rule.grace_days:
        notice += f"; none for data of up to {days_words(rule.grace_days, 'day')}"
    pairs = [pair("Retired by", roles_words(profile, rule.roles)), pair("Notice", notice)]
    marks = [f"“{rule.notice_title_prefix}” before the title"] if rule.notice_title_prefix else []
    marks += [f"the keyword “{rule.notice_tag}”"] if rule.notice_tag else []
    if marks:
        pairs.append(pair("Portals show meanwhile", " and ".join(marks)))
    if rule.objection_days > rule.notice_days:
        pairs.append(pair("Objections are heard", f"for {days_words(rule.objection_days, _DAYS[rule.days])}"))
    kept = f"for {days_words(rule.archive_years, 'year')}" if rule.archive_years else "for good"
    pairs.append(pair("The archive copy is kept", kept))
    if rule.approval:
        pairs.append(pair("Needs the approval of", roles_words(profile, rule.approval)))
    if rule.notification_plan:
        pairs.append(pair("Users", "a plan for telling them is needed"))
    if rule.criteria:
        pairs.append(pair("Grounds, at least one of", "; ".join(row.label for row in rule.criteria)))
    return pairs


def retraction_words(profile: Profile) -> Pairs:
    """What follows when data is taken back in an emergency."""
    rule = profile.retraction
    pairs = [
        pair("The public page says", rule.public_text),
        pair("Post-mortem", f"closed within {days_words(rule.postmortem_days, 'business day')}"),
    ]
    if rule.duties:
        duties = "; ".join(f"{row.label} ({row.help})" if row.help else row.label for row in rule.duties)
        pairs.append(pair("Duties to notify that it asks about", duties))
    return pairs
