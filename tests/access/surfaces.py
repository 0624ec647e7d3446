"""Every address, Celery task and kind of job: by which adapter the oracle looks at it.

`EXEMPT` says why nothing of lists can show there. test_surfaces.py fails for one in neither.
"""

from __future__ import annotations

from tests.access.adapters_pages import named

#: What an address takes → the adapter that opens every address with these arguments.
WALKED: dict[frozenset[str], str] = {
    frozenset(): "plain_pages",
    frozenset({"list_id"}): "list_pages",
    frozenset({"list_id", "element_id"}): "element_pages",
    frozenset({"list_id", "element_id", "code"}): "element_pages",
    frozenset({"list_id", "section_id"}): "section_pages",
    frozenset({"list_id", "view_id"}): "view_pages",
    frozenset({"list_id", "mapping_id"}): "mapping_pages",
    frozenset({"list_id", "schedule_id"}): "mapping_pages",
    frozenset({"list_id", "field_id"}): "field_pages",
    frozenset({"kind"}): "crm_pages",
    frozenset({"kind", "element_id"}): "crm_pages",
    frozenset({"kind", "element_id", "list_id"}): "card_tab_pages",
    frozenset({"task_id"}): "task_pages",
    frozenset({"report_id"}): "report_pages",
    frozenset({"widget_id"}): "report_pages",
}
ADAPTERS = {
    "file": "file_pages",
    "file_thumbnail": "file_pages",
    "file_preview": "files",
    # Of the Disk, in worlds of its own (test_disk_oracle.py).
    **dict.fromkeys(["disk_folder", "disk_file", "disk_preview", "disk_used"], "disk_pages"),
    **dict.fromkeys(["disk_rename", "disk_move", "disk_delete", "disk_copy"], "disk_pages"),
    **dict.fromkeys(["disk_history", "disk_item_access", "disk_version_add"], "disk_pages"),
    **dict.fromkeys(["disk_restore", "disk_purge"], "bin_"),
    **dict.fromkeys(["disk_content", "disk_version_restore"], "contents"),
    "chat_replies": "quick_replies",
    "chat_reply_suggestions": "quick_replies",
}
PEOPLE = "people and departments are known to every active employee; no content of lists"
NEWS = "a person's own news, closed ones without words (tests/staff/test_notification_mail.py)"
TALK = "one's own comment on an element that one sees (tests/lists_core/test_comments.py)"
OWN = "about the person's own account, no content of lists"
BULK = "its starter's or the list manager's, elements by rights (lists_core/test_bulk_undo.py)"
JOBS = "a job is its starter's alone (tests/lists_core/test_jobs.py)"
TYPES = "asks for full access first (tests/lists_core/test_type_changes.py)"
PROCESS = "whoever sees the element, and no more (tests/workflows/test_process_pages.py)"
UPLOAD = "reads the file that the person uploaded (tests/lists_core/test_import_files.py)"
PROCESSES = "asks for full access to the list first (tests/workflows/test_designer_access.py)"
INDEXES = "asks for full access first, names of fields alone (test_index_pages.py)"
TITLES = "shows titles and texts of tasks alone (tests/workflows/test_calendars.py)"
DOCUMENTS = "asks for the template's list first (tests/workflows/test_document_pages.py)"
CRM = "asks for the item as its list does (tests/crm_link/test_setup.py)"
CARD_TABS = "lists go by their own rights (tests/crm_link/test_card_tabs.py)"
BINDING = "only readable items and fields (tests/crm_link/test_type_crm.py)"
QUESTIONS = "counts what one sees (tests/crm_link/test_questionnaire_pages.py)"
ROBOTS = "asks for the settings of CRM and its list first (tests/crm_link/test_robots.py)"
ROLES = "asks for the settings of CRM first (tests/crm_link/test_role_pages.py)"
REPLIES = "by the predicate of the list of replies (tests/openlines/test_replies_rights.py)"
CHAT = "a conversation is its line's people's (tests/openlines/test_conversations.py)"
CHAT_CUSTOMER = "the conversation first, CRM by its rights (tests/openlines/test_customers.py)"
LINES = "who manages or supervises the line alone (tests/openlines/test_line_pages.py)"
SITES = "a stranger's form or call shows nothing (tests/crm_link/test_web_forms.py)"
REQUISITES = "asks for the item first (tests/crm_link/test_requisites.py)"
ALIKE = "items one may read, points of fields one may see (tests/crm_link/test_duplicates.py)"
CARD = "opens the item as its list does first (tests/crm_link/test_card.py)"
ACTIVITIES = "opens the item of the activity first (tests/crm_link/test_activities.py)"
CALLS = "calls go by their items (tests/crm_link/test_telephony.py)"
STAGES = "for those who may change CRM's settings alone (tests/crm_link/test_stage_pages.py)"
RULES = "for who manages CRM, after full access to the lists (tests/crm_link/test_rule_pages.py)"
BOOKING = "the deal's own right first, objects by their own (tests/crm_link/test_rule_pages.py)"
EXEMPT: dict[str, str] = {
    "crm_call_place": CALLS,
    "chat_reply_save": REPLIES,
    **dict.fromkeys(["chat_line_replies", "chat_line_replies_create"], REPLIES),
    **dict.fromkeys(["chat_line_replies_choose", "chat_line_replies_off"], REPLIES),
    "chat_reply_statistics": REPLIES,
    **dict.fromkeys(["crm_questionnaires_ready", "crm_questionnaire_add"], QUESTIONS),
    **dict.fromkeys(
        ["crm_questionnaire", "crm_question_add", "crm_questionnaire_delete"], QUESTIONS
    ),
    **dict.fromkeys(["crm_questionnaires", "crm_qualification_report"], QUESTIONS),
    **dict.fromkeys(["crm_robots", "crm_robot_add", "crm_robot", "crm_robot_switch"], ROBOTS),
    **dict.fromkeys(["crm_robot_delete", "crm_robots_order", "crm_robots_detach"], ROBOTS),
    **dict.fromkeys(["crm_booking_rule", "crm_booking_rule_delete"], RULES),
    **dict.fromkeys(["crm_feed_rule", "crm_feed_rule_delete"], RULES),
    **dict.fromkeys(["crm_feed_rule_rebuild", "crm_feed_rule_again"], RULES),
    **dict.fromkeys(["booking_choose", "booking_book"], BOOKING),
    **dict.fromkeys(
        [
            "chat",
            "chat_conversation",
            "chat_list",
            "chat_count",
            "chat_seen",
            "chat_messages",
            "chat_say",
            "chat_read",
            "chat_typing",
            "chat_take",
            "chat_close",
            "chat_reopen",
            "chat_leave",
            "chat_transfer",
            "chat_invite",
        ],
        CHAT,
    ),
    **dict.fromkeys(["chat_customer", "chat_customer_edit", "chat_customer_link"], CHAT_CUSTOMER),
    **dict.fromkeys(["chat_customer_make", "chat_customer_unlink"], CHAT_CUSTOMER),
    "chat_transcript": CHAT,
    "chat_keys": "names keys alone",
    **dict.fromkeys(["chat_lines", "chat_line_add", "chat_pause", *named("line_id")], LINES),
    **dict.fromkeys([*named("line_id", "member_id"), *named("line_id", "channel_id")], LINES),
    **dict.fromkeys(named("line_id", "kind"), LINES),
    **dict.fromkeys(
        [
            "chat_window",
            "chat_window_script",
            "chat_window_messages",
            "chat_window_deed",
            "chat_window_live",
            "chat_window_file",
        ],
        "a visitor's own talk, by a secret of theirs (tests/openlines/test_window.py)",
    ),
    **dict.fromkeys(
        ["chat_hook", "chat_hook_file", "chat_telegram"],
        "other programs bring messages (tests/openlines/test_channel_webhook.py)",
    ),
    "chat_vote": "a customer's vote, by a signed address (tests/openlines/test_channel_email.py)",
    **dict.fromkeys(named("role_id"), ROLES),
    "crm_suggest": BINDING,
    "crm_tab_figures": CARD_TABS,
    **dict.fromkeys(["crm", "crm_set_up", "crm_calendar"], CRM),
    **dict.fromkeys(["crm_lead_convert", "crm_look_alikes", "crm_duplicates"], ALIKE),
    **dict.fromkeys(["crm_merge", "list_bulk_merge"], ALIKE),
    **dict.fromkeys(["web_form_page", "web_form_json", "web_form_visit"], SITES),
    **dict.fromkeys(["web_form_script", *named("form_id")], SITES),
    **dict.fromkeys(["crm_card_head", "crm_card_field", "crm_card_section"], CARD),
    **dict.fromkeys(["crm_card_section_edit", "crm_card_stage", "crm_timeline"], CARD),
    **dict.fromkeys(["crm_comment_add", "crm_comment_edit", "crm_activity_add"], CARD),
    **dict.fromkeys(["crm_products", "crm_product_totals", "crm_product_row"], CARD),
    "crm_card_layout": "names of fields for who has full access (tests/crm_link/test_layout.py)",
    **dict.fromkeys(named("activity_id"), ACTIVITIES),
    **dict.fromkeys(["crm_stages", "crm_stage_add", "crm_stages_order", "crm_stage"], STAGES),
    **dict.fromkeys(["crm_stage_delete", "crm_pipeline", "crm_pipeline_delete"], STAGES),
    **dict.fromkeys([*named("requisite_id"), "requisite_account_delete"], REQUISITES),
    "calendar_feed": TITLES,
    **dict.fromkeys(["sign_out", "sign_out_everywhere", "look_as_stop"], "ends a session"),
    **dict.fromkeys(["openid_connect_callback", "password_set"], "before the sign-in"),
    **dict.fromkeys(["session_end", "security_passkey_rename", "security_remove"], OWN),
    **dict.fromkeys(named("pk"), PEOPLE),
    "employee_photo": PEOPLE,
    "hook": "starts a process, shows its number (tests/workflows/test_hooks.py)",
    **dict.fromkeys(["comment_edit", "comment_delete"], TALK),
    **dict.fromkeys(["notification_open", "notification_read"], NEWS),
    "secret_reveal": "POST alone, with a step-up (tests/access/test_secrets.py)",
    **dict.fromkeys(["bulk_change", "bulk_change_csv", "bulk_undo", "bulk_stop"], BULK),
    **dict.fromkeys(["job", "job_cancel", "job_file"], JOBS),
    **dict.fromkeys(["field_type_preview", "field_type_apply"], TYPES),
    **dict.fromkeys(["type_change_confirm", "type_change_undo"], TYPES),
    "index_change": INDEXES,
    **dict.fromkeys(
        [
            "process",
            "process_settings",
            "process_export",
            "process_copy",
            "process_pause",
            "process_delete",
            "process_restore",
            "process_publish",
            "process_versions",
            "process_compare",
            "process_connections",
            "process_hook",
            "process_secret",
            "process_version_restore",
            "process_design",
            "process_draft",
            "process_step",
            "process_parts",
            "process_placeholders",
            "process_condition_row",
            "process_people",
            "process_dry_run",
        ],
        PROCESSES,
    ),
    **dict.fromkeys(["document_template", "document_template_edit"], DOCUMENTS),
    **dict.fromkeys(["document_template_fill", "document_template_replace"], DOCUMENTS),
    **dict.fromkeys(["document_template_delete", "document_version_restore"], DOCUMENTS),
    **dict.fromkeys(["import_new_columns", "list_import_columns"], UPLOAD),
    **dict.fromkeys(named("instance_id"), PROCESS),
    **dict.fromkeys(["process_start", "process_command", "process_move"], PROCESS),
}
JOB_KINDS = {
    "bulk_edit": "bulk_edit",
    "bulk_move": "bulk_moving",
    "bulk_delete": "bulk_deleting",
    "bulk_restore": "bulk_deleting",
    "bulk_copy": "copying",
    "bulk_undo": "undoing",
    "export_table": "export",
    "import_table": "importing",
    "import_url": "importing",
}
EXEMPT_JOBS = {
    "feed_rebuild": "reads and writes as the rule's employee (tests/crm_link/test_feeds.py)",
    "crm_rebind": "merges rewrite links, nothing is read (tests/crm_link/test_rebind.py)",
    "merge_items": "asks for each right again (tests/crm_link/test_merging.py)",
    "move_processes": "designers move, nothing is read (tests/workflows/test_moving_pages.py)",
    "bulk_start": "starts where one may run and sees (tests/workflows/test_process_grid.py)",
    "mend_processes": "names no element; owners' own list (tests/workflows/test_running_page.py)",
    "booking_intake": "the rule books, nothing is read (tests/crm_link/test_booking_intake.py)",
    "crm_empty_stages": "structure: the items of a stage that goes, whoever may see them",
    "copy_list": "needs full access; looks at what the actor may see (test_designer.py)",
    "link_replace": "writes what its starter may write, or what a designer lets deletion write",
    "link_return": "the same, to what the deletion had written (test_directories.py)",
    "section_delete": "structure: what the section holds goes one up, whoever may see it",
    "purge_list": "structure: the list goes with all its rows, whoever may see them",
    "preview_type_change": TYPES,
    "change_type": "structure: all rows, whoever asks",
}
NO_READING = "works for nobody: it shows nothing and sends nothing of lists"
EXEMPT_TASKS = {
    "lists_core.run_job": "runs the kinds of job above",
    "crm_link.feed": "reads and writes as the rule's employee (tests/crm_link/test_feeds.py)",
    "crm_link.tell_activities": "guarded as all news (tests/crm_link/test_activities.py)",
    "crm_link.make_papers": "as whoever booked may read (test_booking_papers.py)",
    "staff.mail_notifications": "leaves out what is closed (test_notification_mail.py)",
    "workflows.send": "sends what steps could read (tests/workflows/test_message_actions.py)",
    "workflows.work": "every step reads as its own employee (tests/workflows/test_data_actions.py)",
    **dict.fromkeys(
        [
            "openlines.work", "openlines.send", "openlines.read",
            "svod.clear_sessions", "lists_core.sweep_jobs", "lists_core.delete_unused_files",
            "lists_core.empty_designer_bins", "lists_core.empty_disk_bin",
            "lists_core.empty_element_bins",
            "lists_core.forget_old_drafts",
            "lists_core.forget_old_jobs", "lists_core.forget_old_events", "lists_core.keep_indexes",
            "lists_core.start_imports",
            "crm_link.forget_visits", "crm_link.tell_orphans",
            "staff.mail_password_reset", "staff.mail_invitation", "staff.forget_old_notifications",
            "crm_link.free_expired",
        ],
        NO_READING,
    ),
}  # fmt: skip
