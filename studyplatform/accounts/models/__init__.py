from studyplatform.accounts.models.consent import Consent
from studyplatform.accounts.models.profile import Profile
from studyplatform.accounts.models.user import User

__all__ = ["Consent", "Profile", "User"]
