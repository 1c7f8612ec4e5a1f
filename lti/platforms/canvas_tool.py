"""How Canvas shows us: where, to whom, and what it tells with each launch.

https://github.com/instructure/canvas-lms/blob/master/doc/api/registration.md
"""

from typing import Any

PREFIX = "https://canvas.instructure.com/lti/"
PRIVACY = "name_only"
"""Names, and neither e-mail addresses nor pictures."""
WIDTH, HEIGHT = 800, 640
COURSE_MENU = "course_navigation"
PICKERS = {
    "link_selection": "ContentArea",
    "editor_button": "RichTextEditor",
    "assignment_selection": f"{PREFIX}assignment_selection",
    "module_index_menu_modal": f"{PREFIX}module_index_menu_modal",
}
"""Where a teacher picks a panel, and the same in the words of a registration."""
# No name and no address: `variable_expander.rb` would give them whatever the privacy
# level. Nothing of how somebody sees or reads either: our pages ask the browser.
CUSTOM = {
    "canvas_user_id": "$Canvas.user.id",
    "canvas_user_global_id": "$Canvas.user.globalId",
    "canvas_course_id": "$Canvas.course.id",
    "section_ids": "$Canvas.course.sectionIds",
    "section_names": "$com.instructure.User.sectionNames",
    "section_restricted": "$Canvas.course.sectionRestricted",
    "group_context_ids": "$Canvas.group.contextIds",
    "course_group_ids": "$com.instructure.Course.groupIds",
    "timezone": "$Person.address.timezone",
    "api_domain": "$Canvas.api.domain",
    "student_view": "$com.instructure.User.student_view",
    "masquerading_user_id": "$Canvas.masqueradingUser.id",
    "enrollment_state": "$Canvas.enrollment.enrollmentState",
    "course_state": "$Canvas.course.workflowState",
    "term_id": "$Canvas.term.id",
    "term_name": "$Canvas.term.name",
    "context_history": "$Context.id.history",
    "root_account_uuid": "$vnd.Canvas.root_account.uuid",
}


def messages(target: str) -> list[dict[str, Any]]:
    """Return our placements as a registration says them."""
    menu = {
        "type": "LtiResourceLinkRequest",
        "target_link_uri": target,
        "label": "Laurel",
        "placements": [f"{PREFIX}{COURSE_MENU}"],
        "custom_parameters": {"panel": "overview"},
        # Off until a teacher wants it, as everything of ours.
        f"{PREFIX}{COURSE_MENU}/default_enabled": False,
        f"{PREFIX}visibility": "members",
    }
    picker = {
        "type": "LtiDeepLinkingRequest",
        "target_link_uri": target,
        "label": "Laurel",
        "placements": list(PICKERS.values()),
        f"{PREFIX}launch_width": WIDTH,
        f"{PREFIX}launch_height": HEIGHT,
    }
    return [menu, picker]


def extensions() -> dict[str, str]:
    """Return what Canvas adds to a tool's description."""
    return {
        f"{PREFIX}privacy_level": PRIVACY,
        f"{PREFIX}tool_id": "laurel",
        f"{PREFIX}vendor": "Laurel",
    }


def placements(target: str, icon: str) -> list[dict[str, Any]]:
    """Return the same placements as a developer key says them."""
    menu = {
        "placement": COURSE_MENU,
        "message_type": "LtiResourceLinkRequest",
        "target_link_uri": target,
        "text": "Laurel",
        "default": "disabled",
        "visibility": "members",
        "custom_fields": {"panel": "overview"},
    }
    pickers = [
        {
            "placement": name,
            "message_type": "LtiDeepLinkingRequest",
            "target_link_uri": target,
            "text": "Laurel",
            "icon_url": icon,
            "selection_width": WIDTH,
            "selection_height": HEIGHT,
        }
        for name in PICKERS
    ]
    return [menu, *pickers]
