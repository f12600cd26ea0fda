"""Pages and handles of people on social networks."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

_SITES = (
    r"(?:facebook\.com|fb\.com|instagram\.com|twitter\.com|x\.com|linkedin\.com/in|tiktok\.com/@"
    r"|t\.me|snapchat\.com/add"
    r"|youtube\.com/@|medium\.com/@|reddit\.com/u(?:ser)?|pinterest\.com|venmo\.com/u?|orcid\.org"
    r"|flickr\.com/people|threads\.net/@)"
)
_URL = rf"(?i){EDGE}(?:https?://)?(?:www\.|m\.)?{_SITES}/?[A-Za-z0-9_.%@-]{{2,60}}"

DETECTOR = Detector(
    name="url_of_person",
    version=1,
    entity="URL_OF_PERSON",
    label="page or handle of a person",
    group="direct",
    explanation=(
        "Addresses at social networks, or handles in a column named after one; an organisation may own it."
    ),
    headers=(
        *("twitter", "twitter handle", "facebook", "instagram", "linkedin", "tiktok", "snapchat"),
        *("social media handle", "handle", "screen name", "username", "user name", "personal website"),
        *("personal url", "homepage", "profile url", "linkedin profile", "orcid", "skype", "telegram"),
        *("user handle", "login name", "login id", "userid", "user id"),
    ),
    fits=fits_regex(
        rf"(?:https?://)\S+|@[A-Za-z0-9_.]{{2,30}}|(?:www\.)?{_SITES}\S*|[a-z][a-z0-9_.-]{{2,30}}"
    ),
    patterns=(Pattern("page of a network", _URL, 0.6, glue=""),),
    against=("followers", "likes", "shares", "posts", "count", "reach", "agency", "department", "type"),
    types=("text",),
    named="confirm",
)
