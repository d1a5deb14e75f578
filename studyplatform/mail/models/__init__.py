from studyplatform.mail.models.letter import Letter
from studyplatform.mail.models.preference import Preference

__all__ = ["Letter", "Preference"]
