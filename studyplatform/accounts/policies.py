"""What is known of a person, for the apps above."""

from allauth.account.models import EmailAddress

from studyplatform.accounts.models import User


def has_confirmed_address(person: User) -> bool:
    """Tell whether letters to the person reach them: they confirmed an e-mail address."""
    return bool(EmailAddress.objects.filter(user=person, verified=True).exists())
