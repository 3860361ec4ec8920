"""How roles read on the screen."""

from PySide6.QtCore import QCoreApplication

from skindesk.domain.people import Role

translate = QCoreApplication.translate  # under this name the translation tools find the texts


def role_word(role: Role) -> str:
    """What somebody is in the practice."""
    return {
        Role.ADMINISTRATOR: translate("roles", "Administrator"),
        Role.CLINICIAN: translate("roles", "Clinician"),
        Role.ASSISTANT: translate("roles", "Assistant"),
    }[role]


def role_sentence(role: Role) -> str:
    """What a role may do."""
    return {
        Role.ADMINISTRATOR: translate("roles", "Everything a clinician does; manages people and protection."),
        Role.CLINICIAN: translate("roles", "Adds patients and pictures, gives impressions and plans, exports."),
        Role.ASSISTANT: translate("roles", "Adds patients and pictures; leaves impression and plan to a clinician."),
    }[role]
