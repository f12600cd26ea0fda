"""Every URL name and who may open it. A name that is missing is closed; a test descends all URLs.

What a person may do with one release is decided in workflow.policies; this table only says who may come in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.roles import Role, assignments_of

Rule = Callable[[Any], bool]


class _Public:
    def __repr__(self) -> str:
        return "PUBLIC"


PUBLIC = _Public()


def member(user: Any) -> bool:
    """Anybody who holds a role in some program."""
    return assignments_of(user).exists() or user.is_superuser


def logged_in(user: Any) -> bool:
    return user.is_authenticated


def portal_admin(user: Any) -> bool:
    return assignments_of(user).filter(role=Role.PORTAL_ADMIN).exists()


def intake(user: Any) -> bool:
    """Whoever looks after the requests of the public in some program."""
    return assignments_of(user).filter(role__in=(Role.OPEN_DATA_TEAM, Role.CDO)).exists()


def admin_site(user: Any) -> bool:
    return user.is_active and user.is_staff


URL_ACCESS: dict[str, Rule | _Public] = {
    # getting in
    "login": PUBLIC,
    "logout": PUBLIC,
    "password_reset": PUBLIC,
    "password_reset_done": PUBLIC,
    "password_reset_confirm": PUBLIC,
    "password_reset_complete": PUBLIC,
    "invitation_accept": PUBLIC,
    "accessibility": PUBLIC,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    # people
    "profile": logged_in,
    "password_change": logged_in,
    "delegations": member,
    "delegation_end": member,
    "delegations_all": portal_admin,
    "people": portal_admin,
    "person": portal_admin,
    "person_invite": portal_admin,
    "invitation_resend": portal_admin,
    "role_assign": portal_admin,
    "role_revoke": portal_admin,
    "person_deactivate": portal_admin,
    "person_reactivate": portal_admin,
    "my_role_requests": logged_in,
    "role_request_new": logged_in,
    "role_requests": portal_admin,
    "role_request": portal_admin,
    # the work
    "home": logged_in,
    "my_work": member,
    "dataset_list": member,
    "dataset_register": member,
    "dataset": member,
    "dataset_edit": member,
    "dataset_not_for_release": member,
    "dataset_open_release": member,
    "dataset_refresh": member,
    "inventory": member,
    "inventory_export": member,
    "inventory_template": member,
    "inventory_import": member,
    "inventory_import_preview": member,
    "inventory_import_apply": member,
    "inventory_import_discard": member,
    "inventory_import_progress": member,
    "inventory_import_stop": member,
    "priority_list": member,
    "priority_weights": member,
    "priority_again": member,
    "dataset_priority": member,
    "priority_override": member,
    "dataset_withhold": member,
    "withholding_lift": member,
    "release": member,
    "release_standing": member,
    "release_move": member,
    "release_history": member,
    "return_point_answer": member,
    "return_point_pass": member,
    "department_items": member,
    "department_item_add": member,
    "department_item_retire": member,
    "department_review_add": member,
    "department_review_retire": member,
    "release_reviews": member,
    "review_request": member,
    "review_give": member,
    "review_claim": member,
    "review_unclaim": member,
    "review_assign": member,
    "review_step_aside": member,
    "review_withdraw": member,
    "order_make": member,
    "order_answer": member,
    "order_close": member,
    "schedule_list": member,
    "schedule_edit": member,
    "schedule_input": member,
    "access_plan": member,
    "access_plan_file": member,
    "calendar_feed": logged_in,
    "calendar_make": logged_in,
    "calendar_revoke": logged_in,
    # a secret address: whoever holds it reads dates and titles
    "calendar_file": PUBLIC,
    "release_calendar": member,
    "release_plan": member,
    "plan_item_add": member,
    "plan_item": member,
    "plan_item_remove": member,
    "plan_item_done": member,
    "plan_sign": member,
    "plan_copy": member,
    "plan_hold": member,
    "plan_hold_lift": member,
    "bundle": member,
    "bundle_new": member,
    "bundle_edit": member,
    "bundle_add": member,
    "bundle_leave": member,
    "bundle_retry": member,
    "bundle_stop": member,
    "bundle_dissolve": member,
    "freeze": member,
    "freeze_new": member,
    "freeze_lift": member,
    "freeze_except": member,
    "release_deadline": member,
    "deadline_pause": member,
    "deadline_resume": member,
    "release_publication": member,
    "publication_progress": member,
    "publication_resume": member,
    "publication_recheck": member,
    "portal_connection": portal_admin,
    "publication_dry_run": member,
    "preview_sharing": member,
    "release_reconciliation": member,
    "publication_take_back": member,
    # threads and questions for help
    "release_threads": member,
    "release_thread": member,
    "post_erase": member,
    "help_ask": member,
    "help_answer": member,
    "help_close": member,
    "help_reopen": member,
    # comments by link: the page of somebody without an account is opened by the secret in its address
    "guest_ask": member,
    "guest_revoke": member,
    "guest_comment": PUBLIC,
    "guest_code": PUBLIC,
    # exceptions
    "release_exceptions": member,
    "exception_request": member,
    "exception_advise": member,
    "exception_decide": member,
    "exception_revoke": member,
    # data
    "release_data": member,
    "file_upload": member,
    "file_progress": member,
    "file_read_again": member,
    "file_download": member,
    "columns_describe": member,
    "release_metadata": member,
    # checklists
    "release_checklists": member,
    "release_checks": member,
    "checks_progress": member,
    "checks_again": member,
    "check_waive": member,
    "waiver_withdraw": member,
    "release_checklist": member,
    "checklist_answer": member,
    "checklist_attest": member,
    "checklist_evidence": member,
    # where refreshed data come from; who may do what is asked of the dataset
    "dataset_source": member,
    "source_propose": member,
    "source_fetch": member,
    "source_decide": member,
    "source_withdraw": member,
    # privacy
    "release_privacy": member,
    "privacy_progress": member,
    "privacy_scan": member,
    "privacy_scan_cancel": member,
    "finding_dispose": member,
    "finding_undo": member,
    "privacy_raw": member,
    "privacy_risk": member,
    "quasi_confirm": member,
    "privacy_recipe": member,
    "privacy_recipe_step": member,
    "privacy_what_if": member,
    "privacy_recipe_values": member,
    "privacy_recipe_save": member,
    "privacy_recipe_restore": member,
    "privacy_hierarchy_upload": member,
    "privacy_recipe_search": member,
    "privacy_search_progress": member,
    "privacy_recipe_json": member,
    "privacy_aggregates": member,
    "aggregates_declare": member,
    "aggregates_suppress": member,
    "privacy_mosaic": member,
    "mosaic_again": member,
    "risk_accept": member,
    "privacy_assessment": member,
    "assessment_rate": member,
    "assessment_decide": member,
    "privacy_memo": member,
    "privacy_memo_pdf": member,
    "output_class": member,
    "treatment_retry": member,
    # requests of the public; what becomes of them is decided by the open data team
    "public_request_programs": PUBLIC,
    "public_requests": PUBLIC,
    "public_request_ask": PUBLIC,
    "public_request_sent": PUBLIC,
    "public_request": PUBLIC,
    "public_request_vote": PUBLIC,
    "public_request_follow": PUBLIC,
    "request_confirm": PUBLIC,
    "request_queue": intake,
    "request_triage": intake,
    "request_decide": intake,
    # the public catalogue, its files and feeds; what it leaves out is for those who can mend it
    "catalogue_list": PUBLIC,
    "catalogue_program": PUBLIC,
    "catalogue_file": PUBLIC,
    "catalogue_program_file": PUBLIC,
    "catalogue_feed_new": PUBLIC,
    "catalogue_feed_changed": PUBLIC,
    "catalogue_dictionary": PUBLIC,
    "catalogue_gaps": member,
    "catalogue_dataset": PUBLIC,
    "catalogue_object": PUBLIC,
    "catalogue_removals": PUBLIC,
    # the ends of public data
    "retirement_list": member,
    "dataset_retirement": member,
    "retirement_propose": member,
    "retirement_approve": member,
    "retirement_decide": member,
    "retirement_extend": member,
    "retirement_withdraw": member,
    "retirement_now": member,
    "retirement_object": member,
    "objection_answer": member,
    "archive_download": member,
    "retraction_list": member,
    "release_retraction": member,
    "retraction_progress": member,
    "post_mortem_write": member,
    "post_mortem_sign": member,
    "measure_add": member,
    "measure_done": member,
    "duty_answer": member,
    "place_add": member,
    "place_settle": member,
    # proposals, talks, joint data, yearly high-value inventories
    "proposal_list": member,
    "proposal_make": intake,
    "proposal": member,
    "proposal_answer": member,
    "proposal_talk": member,
    "dataset_talks": member,
    "dataset_talk": member,
    "dataset_departments": member,
    "contributor_remove": member,
    "high_value_inventories": member,
    "high_value_draft": member,
    "high_value_inventory": member,
    "high_value_choose": member,
    "high_value_hand_in": member,
    "high_value_sign": member,
    "high_value_csv": member,
    # programs; who may change one is asked of its portal admins
    "program_list": member,
    "program_detail": member,
    "program_download": member,
    "program_check_upload": portal_admin,
    "program_adopt": portal_admin,
    "program_copy": portal_admin,
    # reports
    "dashboard": member,
    "dashboard_csv": member,
    # letters; the mailbox exists in development only, where people without a password read their invitation
    "letter_preferences": logged_in,
    "mailbox": PUBLIC,
    "mailbox_letter": PUBLIC,
}

# The admin site guards itself; everything below it needs a person who may open it.
ADMIN_NAMESPACE = "admin"


def may_open(view_name: str) -> Rule | _Public | None:
    """The rule of a URL name; None when there is none, which closes it."""
    if view_name.split(":")[0] == ADMIN_NAMESPACE:
        return admin_site
    return URL_ACCESS.get(view_name)
