"""The five people of the journey, each with what their role does."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import expect

from checklists.catalogue import current
from tests.browser.permits import COLUMNS, ROWS, TITLE
from tests.browser.person import WORK, Person


class Coordinator(Person):
    def register_dataset(self) -> None:
        """Enter it in the inventory, with every field of the record."""
        self.page.get_by_role("link", name="Datasets", exact=True).click()
        self.look()
        self.page.get_by_role("link", name="Register a dataset", exact=True).click()
        self.sees_heading("Register a dataset")
        self.fill(
            {
                "Dataset name": TITLE,
                "Description": "Every permit for building in the city, with its date, cost and place.",
                "What one row is": "Building permit",
                "Source system": "Permit system",
                "Data begins on": "2025-01-01",
                "Geographic coverage": "City of Riverbend",
                "Already published at": "https://www.example.gov/permits",
                "Rows in the source": str(ROWS),
                "Counted on": timezone.localdate().isoformat(),
                "Technical challenges": "None; the system exports it every night.",
                "Why this priority": "It is asked for every week.",
                "What is known about its quality": "Clerks enter it at the counter.",
                "Keywords": "permits, building, housing",
                "Contact e-mail for readers": "permits@example.gov",
            }
        )
        self.choose(
            {
                "Data steward": "Maria Lopez",
                "Open data coordinator": "Dana Reed",
                "Data custodian": "Carl Nguyen",
                "Geographic granularity": "ZIP code",
                "Update frequency": "Monthly",
                "Collection frequency": "Daily",
                "Priority": "High",
                "Classification of the raw data": "Public",
                "Quality of the data": "High",
                "Category": "Housing",
                "Licence": "Public domain",
            }
        )
        self.tick("F. The public often asks for it")
        self.look()
        self.press("Register the dataset")
        self.sees_heading(TITLE)

    def attest(self) -> None:
        """Stand for the answers of the submission checklist."""
        self.take_up("Review and attest", TITLE)
        self.look()
        self.page.get_by_role("link", name=current("submission").title, exact=True).click()
        self.tick("I have looked at this checklist and at the data.")
        self.press("Attest")
        self.sees("Attested, with your name and the time.")

    def check_quality(self) -> None:
        """See what the machine found, then answer the checklist."""
        self.open_dataset(TITLE)
        self.open_tab("Checklists")
        self.page.get_by_role("link", name="Open the results of the machine checks").click()
        self.sees_heading("Results")
        self.look()
        self.answer_checklist("quality")

    def plan_publication(self) -> None:
        """It goes public now, without an announcement."""
        self.open_dataset(TITLE)
        self.open_tab("Plan")
        now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
        self.fill({"Goes public on": now, "Who should hear of it": "Builders and neighbourhood groups"})
        self.tick("No announcement")
        self.look()
        self.press("Save the plan")
        self.sees("saved")


class Steward(Person):
    def upload(self, path: Path) -> None:
        """Take up the dataset on My work, hand in its file, and watch it being read."""
        self.take_up("Open the data", TITLE)
        self.field("Data file").set_input_files(path)
        self.look()
        self.press("Upload")
        self.sees(f"0 of {len(COLUMNS)} columns described", timeout=WORK)
        self.sees_heading(path.name)
        self.look(again=True)

    def look_at_the_rows(self) -> None:
        """In clear, as only those who prepare the data may."""
        self.page.get_by_role("link", name="Look at the raw rows").click()
        self.sees("That you looked, and at which rows, is recorded.")
        self.look(is_raw=True)
        self.open_tab("Data")

    def describe_columns(self) -> None:
        """What is typed is saved when the field is left, and the page says so."""
        state = self.page.locator("#dictionary-state")
        for count, (name, meaning) in enumerate(COLUMNS.items(), 1):
            field = self.field(f"Description of {name}")
            field.fill(meaning)
            field.blur()
            expect(state).to_contain_text(f"{count} of {len(COLUMNS)} columns described, saved")
        self.look()

    def accept_preview(self) -> None:
        """The private copy is on the portal: look, and accept it."""
        self.take_up("Preview and answer", TITLE)
        self.give_approval("Steward preview")


class Approver(Person):
    def approve_for_the_department(self) -> None:
        self.take_up("Review and decide", TITLE)
        self.give_approval("Department approval")


class PrivacyOfficer(Person):
    def read_findings(self) -> None:
        """Take up the release on My work and read what the scan found, masked."""
        self.take_up("Open the findings", TITLE)
        self.sees_heading("What the scan found")
        self.look(again=True)

    def decide(self, column: str, choice: str, reason: str) -> None:
        card = self.page.get_by_role("article", name=column, exact=True)
        card.get_by_text(f"Decide this column: {column}").click()
        self.tick(choice, card)
        self.field("Reason", card).fill(reason)
        self.press(f"Record the decision on {column}", card)
        self.sees(f"Recorded for “{column}”")

    def confirm_quasi_identifiers(self, *columns: str) -> None:
        """Tick exactly these columns and wait for the copy that they are measured on."""
        self.sees("Every finding is decided")
        self.page.get_by_role("link", name="Choose and confirm them").click()
        self.sees_heading("Could somebody be singled out?")
        self.look()
        for name in COLUMNS:
            box = self.page.get_by_role("checkbox", name=f"{name} could single out", exact=True)
            if box.is_checked() != (name in columns):
                self.tick(f"{name} could single out")
        self.press("Confirm the ticked columns")
        expect(self.page.get_by_role("heading", name="Measures, before and after")).to_be_visible(
            timeout=WORK
        )
        self.sees("Measured on the copy that will be published", timeout=WORK)
        self.look(again=True)

    def weigh_benefit(self, steps: dict[str, str]) -> None:
        """Rate the file by `steps` (the measured one is proposed), the copy as it is proposed, and decide."""
        pages = self.page.get_by_role("navigation", name="Pages of the privacy review")
        pages.get_by_role("link", name="Benefit and risk").click()
        self.sees_heading("Benefit and risk")
        self.look()
        for factor, step in steps.items():
            group = self.page.get_by_role("group", name=re.compile(rf"^{re.escape(factor)} "))
            self.tick(f"{step}:", group)
            self.field(f"Why this step for {factor.lower()}", group).fill(
                "As permits are known to the office."
            )
        self.press("Record the rating before the remedies")
        self.sees("Before the remedies: rated; rate again")
        self.press("Record the rating after the remedies")
        self.sees("The matrix proposes: Publish")
        self.look(again=True)
        self.tick("Publish The", self.page.get_by_role("group", name="What is decided?"))
        self.field("Why").fill("Builders need it each month, and what is left tells of no single person.")
        self.field("In words for the public").fill("Personal details were removed.")
        self.press("Record the decision")
        self.sees_heading("Benefit and risk")
        self.sees("Recorded: Publish.")
        self.page.get_by_role("link", name="Memo of the decision, for the public record").click()
        self.sees_heading(f"Privacy memo: {TITLE}")
        self.look()


class Cdo(Person):
    def approve(self) -> None:
        """Decide on the decision page of the approval queue, in the admin."""
        self.page.get_by_role("link", name="Approval queue", exact=True).click()
        self.look()
        self.page.get_by_role("link", name=TITLE).first.click()
        self.sees_heading(f"Approve the release of “{TITLE}”?")
        self.look()
        self.press("Approve")
        dialog = self.page.get_by_role("dialog", name="Approve")
        self.press("Approve", dialog)
        expect(dialog).to_be_hidden()

    def read_dashboard(self) -> None:
        self.page.get_by_role("link", name="Dashboard", exact=True).click()
        self.look()
