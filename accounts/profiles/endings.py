"""The parts of a profile about the ends of public data: retirement, and emergency retraction."""

from __future__ import annotations

from accounts.profiles import parts, words
from accounts.profiles.fields import CHOICE, DAYS, FLAG, PEOPLE, TEXT, roles, word
from accounts.profiles.shape import Key, Rows, Table, Value

LONGEST_MARK = 40


def mark_fault(value: str) -> str:
    return "" if len(value) <= LONGEST_MARK else f'"{value[:60]}" is longer than {LONGEST_MARK} characters.'


MARK = Value(says=mark_fault)

RETIREMENT = Table(
    {
        "criteria": Key(
            Rows(Table(CHOICE, parts.Choice), unique="code", noun="criterion"),
            "The grounds on which data may be retired; at least one must be met where there are any.",
        ),
        "notice_days": Key(DAYS, "Days of public notice before the data is taken off the portal."),
        "days": Key(
            word(words.DAY_KINDS),
            "How the days of notice and objection are counted. A window that would end on a day off ends "
            "on the next business day, at 17:00.",
        ),
        "objection_days": Key(
            DAYS, "Days in which objections are heard, where that is longer than the notice."
        ),
        "grace_days": Key(DAYS, "Data at most this many days old may be retired without the notice."),
        "archive_years": Key(DAYS, "For how many years the archive copy is kept; 0 keeps it for good."),
        "roles": Key(roles("so nobody could retire data"), "Who may retire data."),
        "approval": Key(roles(), "Whose approval it needs besides."),
        "notification_plan": Key(FLAG, "Whether a plan for telling the users of the data is needed."),
        "notice_title_prefix": Key(
            MARK, "What portals show before the title of the dataset while its notice runs."
        ),
        "notice_tag": Key(MARK, "A keyword that the dataset has on portals while its notice runs."),
    },
    parts.Retirement,
)

RETRACTION = Table(
    {
        "public_text": Key(
            TEXT,
            "What the public page says from the minute of an emergency retraction, approved in advance.",
        ),
        "postmortem_days": Key(
            PEOPLE, "Business days until the post-mortem of a retraction is to be closed."
        ),
        "duties": Key(
            Rows(Table(CHOICE, parts.Choice), unique="code", noun="duty"),
            "Duties to notify that the post-mortem asks about, each with the law or rule that it comes from.",
        ),
    },
    parts.Retraction,
)
