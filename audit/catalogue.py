"""Every action that an audit event may name, with the sentence the history page shows.

Templates use `{actor}`, `{subject}` and keys of the event's data. A test holds that every action used
stands here, and event_record refuses any other.
"""

ACTIONS: dict[str, str] = {
    # accounts
    "accounts.profile_adopted": "Version {version} of the program profile was adopted.",
    "accounts.person_invited": "{actor} invited {subject}.",
    "accounts.invitation_accepted": "{subject} accepted the invitation and chose a password.",
    "accounts.role_assigned": "{actor} gave {subject} the role {role}.",
    "accounts.role_revoked": "{actor} took the role {role} from {subject}.",
    "accounts.person_deactivated": "{actor} closed the account of {subject}.",
    "accounts.department_added": "{actor} added the department {subject}.",
    "accounts.department_changed": "{actor} changed the department {subject}.",
    "accounts.person_renamed": "{actor} changed the name of {subject}.",
    "accounts.person_reactivated": "{actor} opened the account of {subject} again.",
    "accounts.logged_in": "{subject} logged in.",
    "accounts.login_refused": "A log-in was refused.",
    "accounts.password_changed": "{subject} changed their password.",
    # access
    "access.refused": "{actor} was refused: {reason}",
    # work
    "work.retried": "{actor} started the work again.",
    # workflow: the moves
    "workflow.dataset_registered": "{actor} registered the dataset {subject}.",
    "workflow.record_changed": "{actor} changed the inventory record: {fields}.",
    "workflow.columns_described": "{actor} described {described} of {total} columns.",
    "workflow.plan_changed": "{actor} changed the publication plan.",
    "workflow.not_for_release": "{actor} recorded that {subject} is not for release.",
    "workflow.release_opened": "{actor} opened release {number}.",
    "workflow.readiness_begun": "{actor} began readiness.",
    "workflow.submitted_for_quality": "{actor} submitted the release for the quality check.",
    "workflow.quality_passed": "{actor} passed quality.",
    "workflow.privacy_cleared": "{actor} cleared privacy.",
    "workflow.approved": "{actor} approved the release.",
    "workflow.published": "{actor} published the release.",
    "workflow.returned_for_changes": "{actor} returned the release for changes, to {to_stage}.",
    "workflow.rejected": "{actor} rejected the release.",
    "workflow.withdrawn": "{actor} withdrew the release.",
    "workflow.held": "{actor} put the release on hold.",
    "workflow.resumed": "{actor} resumed the release.",
    "workflow.superseded": "The release was superseded by the next one.",
    "workflow.retracted": "{actor} retracted the release; the public copy was made private at once.",
    "workflow.retired": "{actor} retired the release.",
    "workflow.reinstated": "{actor} reinstated the release after a new review.",
    # workflow: reviews
    "workflow.review_requested": "{actor} asked for a {kind} review.",
    "workflow.review_given": "{actor} gave the {kind} review: {verdict}.",
    # dossier
    "file.received": "{actor} uploaded {name} ({size} bytes).",
    "file.read": "The file {name} was read: {rows} rows, {columns} columns.",
    "file.unreadable": "The file {name} could not be read.",
    "file.viewed": "{actor} looked at the raw file {name}.",
    "file.downloaded": "{actor} downloaded the raw file {name}.",
    # publishing
    "publishing.requested": "A copy on the portal was asked for: {goal}.",
    "publishing.private_copy_made": "The private copy was compared with the approved copy: {rows} rows, equal.",
    "publishing.public_copy_made": "The public copy was checked from outside: {rows} rows, equal.",
    "publishing.copy_differs": "The copy on the portal differed from the approved copy: {what}.",
    "publishing.stopped": "The publication stopped at “{step}”.",
    "publishing.resumed": "{actor} started the publication again.",
    "publishing.take_back_asked": "The copy on the portal is being made private.",
    "publishing.taken_back": "The copy on the portal was made private.",
    # privacy
    "privacy.scan_requested": "{actor} asked for the file to be scanned again.",
    "privacy.scan_cancelled": "{actor} stopped the scan.",
    "privacy.scanned": "The file was scanned for personal data: {columns} columns, {findings} to decide.",
    "privacy.finding_disposed": "{actor} decided the column “{column}”: {decision}.",
    "privacy.quasi_confirmed": "{actor} confirmed the columns that could single out a person: {columns}.",
    "privacy.risk_accepted": "{actor} accepted the risk: k = {k}, where {k_min} is asked for.",
    "privacy.treated": "The treated copy was made: {rows} rows, {columns} columns.",
    # checklists
    "checklists.answered": "{actor} answered {items} of the {checklist} checklist.",
    "checklists.attested": "{actor} attested the {checklist} checklist.",
    "checklists.evidence_opened": "{actor} opened the file {name}, added to {item}.",
    "checklists.checks_asked": "{actor} had the machine checks run again.",
    "checklists.checks_finished": "The machine checks ran: {error} checks with errors, {warn} with warnings.",
    "checklists.waiver_granted": "{actor} waived an error of “{check}” in {column}.",
    "checklists.waiver_withdrawn": "{actor} took back the waiver of “{check}” in {column}.",
}
