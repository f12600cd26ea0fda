"""manage.py state_diagram: the diagram and tables of the state machine, from the tables that run it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from workflow.gates import GATES
from workflow.routing import EVENTS, ROUTES
from workflow.stages import MOVES, STAGE_OWNER, Stage, return_targets

HEADER = "<!-- Written by `manage.py state_diagram --write`. Do not edit. -->\n\n# The state machine of a release\n"


class Command(BaseCommand):
    help = (
        "Print the state diagram (Mermaid) with owners, moves and gates; --write FILE keeps it in the docs."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--write", metavar="FILE", help="write to this file instead of printing")

    def handle(self, *args: Any, **options: Any) -> None:
        text = render()
        if options["write"]:
            Path(options["write"]).write_text(text, "utf-8")
        else:
            self.stdout.write(text, ending="")


def render() -> str:
    """The whole page, in Markdown with a Mermaid diagram. Equal tables give equal bytes."""
    return "\n".join([HEADER, *_diagram(), "", *_stages(), "", *_moves(), ""])


def _diagram() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Stage.INVENTORY}"]
    for move in MOVES.values():
        for source in move.sources if not move.stays else ():
            targets = return_targets(source) if move.name == "return_for_changes" else move.targets
            lines += [f"    {source} --> {target}: {move.name}" for target in targets]
    return [*lines, "```"]


def _stages() -> list[str]:
    rows = [
        f"| {Stage(stage).label} | `{stage}` | {owner.replace('_', ' ')} |"
        for stage, owner in STAGE_OWNER.items()
    ]
    return [
        "## Stages and their owners",
        "",
        "| stage | in code | owner (by default) |",
        "| --- | --- | --- |",
        *rows,
    ]


def _moves() -> list[str]:
    rows = []
    for move in MOVES.values():
        gates = "; ".join(gate.__name__.replace("_", " ") for gate in GATES[move.name]) or "none"
        told = "; ".join(str(entry).replace("_", " ") for entry in ROUTES[move.name]) or "nobody"
        rows.append(f"| {move.label} | `{move.name}` | {gates} | `{EVENTS[move.name]}` | {told} |")
    return [
        "## Moves",
        "",
        "| move | in code | gates | audit action | who is told |",
        "| --- | --- | --- | --- | --- |",
        *rows,
    ]
