from studyplatform.accounts.models.api_token import ApiToken
from studyplatform.accounts.models.consent import Consent
from studyplatform.accounts.models.past_handle import PastHandle
from studyplatform.accounts.models.profile import Profile
from studyplatform.accounts.models.user import User

__all__ = ["ApiToken", "Consent", "PastHandle", "Profile", "User"]
