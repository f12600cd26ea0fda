"""Every letter of the catalogue, as each kind of reader gets it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

from notifications.messages import MESSAGES, UnknownMessage, WordsMissing, context_checked, letter_render

TITLE = "Building permits 2019-2026"
WORDS = {
    "dataset": TITLE,
    "program": "City of Exampleville",
    "actor": "Dana Whitfield",
    "role": "data steward",
    "reason": "The column of remarks needs another look.",
    "version": 2,
    "points": 2,
    "point": "The column of units is not described.",
    "stage": "Readiness",
    "kind": "Department approval",
    "verdict": "Approved with conditions",
    "conditions": "Repeat it after the next release.",
    "findings": 3,
    "about": "the column of remarks",
    "answer": "Describe it as free text.",
    "guest": "Lee Morgan",
    "until": "28 Nov 2026",
    "code": "204816",
    "minutes": 10,
    "columns": 2,
    "due": "due Fri 4 Dec, in 9 business days",
    "what": "give the press release to the communications team",
    "department": "Public Works",
    "of": "Helen Park",
    "delegate": "Maria Lopez",
    "starts": "4 Dec 2026",
    "ends": "11 Dec 2026",
    "count": 1,
    "total": 2,
    "verdicts": "Priya Raman: approved; Lena Fischer: not approved",
    "person": "Grace Okafor",
    "order": "audit",
    "owner": "Maria Lopez",
    "outcome": "accepted",
    "todo": "Start the scan again on the privacy tab.",
    "problem": "Line 12 has five cells where the others have four.",
    "datasets": "“Permits 2025” and “Permits 2026”",
    "why": "“Permits 2026”: the portal refused the key.",
    "planned": "Tue 3 Nov 2026, 9:00",
    "earliest": "Thu 5 Nov 2026, 0:00",
    "officer": "chief data officer",
    "sentence": "One column was renamed, and 4 % more rows; nothing else stands out.",
    "lines": [{"title": TITLE, "words": "is overdue.", "link": f"{settings.BASE_URL}/releases/7/"}],
}
# Letters about people's roles speak of no dataset.
ABOUT_ROLES = ("delegation_begun", "delegation_ended")
READERS = [(message_id, asked) for message_id in MESSAGES for asked in (True, False)]


@pytest.fixture
def strict_templates():
    """A variable that a template names and nobody supplies shows up in the letter."""
    engine = engines["django"].engine
    before, engine.string_if_invalid = engine.string_if_invalid, "UNRESOLVED %s"
    yield
    engine.string_if_invalid = before


def needed_words(message_id):
    keys = {*MESSAGES[message_id].needs, "dataset"}
    return {key: value for key, value in WORDS.items() if key in keys} | {"actor": WORDS["actor"]}


@pytest.mark.parametrize(("message_id", "asked"), READERS)
@pytest.mark.parametrize("words_of", [needed_words, lambda message_id: WORDS], ids=["needed", "all"])
def test_letter_has_words_one_link_and_no_loose_ends(message_id, asked, words_of, strict_templates):
    letter = letter_render(message_id, words_of(message_id), path="/releases/7/", asked=asked)
    link = f"{settings.BASE_URL}/releases/7/"

    for form in (letter.subject, letter.text, letter.html):
        assert "UNRESOLVED" not in form
        assert "{" not in form.replace("body {", "").split("<style>")[0]
    assert TITLE in letter.subject or message_id in ABOUT_ROLES
    assert "\n" not in letter.subject
    # A letter about several datasets has one for each besides.
    assert set(re.findall(r"https?://\S+", letter.text)) == {link}
    assert set(re.findall(r'href="([^"]*)"', letter.html)) == {link}
    assert TITLE in letter.text.split("\n\n")[0] or message_id in ("invited", *ABOUT_ROLES)


@pytest.mark.parametrize("message_id", [m for m in MESSAGES if m not in ("invited", "hold", *ABOUT_ROLES)])
def test_first_paragraph_says_who_waits(message_id):
    asking = letter_render(message_id, WORDS, path="/x/", asked=True)
    news = letter_render(
        message_id, {**WORDS, "waits_on": "Priya Raman (privacy officer)"}, path="/x/", asked=False
    )

    assert asking.text.split("\n\n")[0].endswith("It waits on you.")
    assert news.text.split("\n\n")[0].endswith("It waits on Priya Raman (privacy officer).")
    assert asking.text != news.text


def test_every_message_has_its_templates_and_every_template_a_message():
    folder = Path(settings.BASE_DIR) / "templates" / "emails"
    assert {path.name for path in folder.iterdir() if path.is_dir()} == set(MESSAGES)
    for message_id in MESSAGES:
        assert {path.name for path in (folder / message_id).iterdir()} == {"subject.txt", "body.txt"}


def test_every_move_of_a_release_has_a_letter():
    from workflow.stages import MOVES

    assert set(MOVES) <= set(MESSAGES)


def test_plain_letter_is_not_escaped_and_html_letter_is():
    letter = letter_render("approve", {**WORDS, "dataset": "Fire & <rescue>"}, path="/x/", asked=False)

    assert "Fire & <rescue>" in letter.text
    assert letter.subject.startswith("Fire & <rescue>")
    assert "Fire &amp; &lt;rescue&gt;" in letter.html
    assert "<rescue>" not in letter.html
    assert not hasattr(letter.text, "__html__")
    assert not hasattr(letter.subject, "__html__")


def test_long_title_is_shortened_in_the_subject_only():
    title = "Calls for service " * 12
    letter = letter_render("publish", {**WORDS, "dataset": title.strip()}, path="/x/", asked=False)

    assert len(letter.subject) < 120
    assert title.strip() in letter.text


def test_line_breaks_in_a_title_cannot_reach_the_header():
    letter = letter_render(
        "publish", {**WORDS, "dataset": "Permits\r\nBcc: all@example.org"}, path="/x/", asked=False
    )

    assert letter.subject == "Permits Bcc: all@example.org: public now"


def test_link_is_on_our_own_address_whatever_the_path_says():
    letter = letter_render("publish", WORDS, path="//elsewhere.example/x", asked=False)

    assert f"{settings.BASE_URL}/elsewhere.example/x" in letter.text


def test_unknown_message_and_missing_words_are_refused():
    with pytest.raises(UnknownMessage, match="promote"):
        context_checked("promote", {"dataset": "x"})
    with pytest.raises(WordsMissing, match="reason"):
        context_checked("reject", {"dataset": "x", "reason": ""})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Row 12 shows 123-45-6789.", "Row 12 shows [number: see the page]."),
        ("Call (213) 555-0144 first.", "Call [number: see the page] first."),
        ("Write to j.doe@example.org today.", "Write to [address: see the page] today."),
        ("Use 2019-2026 and row 777,778.", "Use 2019-2026 and row 777,778."),
        ("4 of 9 columns, k = 14.", "4 of 9 columns, k = 14."),
    ],
)
def test_numbers_and_addresses_of_persons_stay_out_of_typed_words(typed, kept):
    context = context_checked("reject", {"dataset": "Permits", "reason": typed})

    assert context["reason"] == kept


def test_invitation_names_the_program_where_there_is_no_dataset_yet(strict_templates):
    words = {"program": "City of Exampleville", "role": "data steward", "days": 14, "actor": "Dana Whitfield"}
    letter = letter_render("invited", words, path="/invitation/a/b/", asked=True)

    assert letter.subject == "You are invited to City of Exampleville"
    assert letter.text.startswith(
        "Dana Whitfield invites you to work on open data for City of Exampleville, as data steward."
    )
    assert "for 14 days" in letter.text
    assert "UNRESOLVED" not in letter.text + letter.html
