from accounts.forms.sign_in import PasswordChangeForm, SignInForm
from accounts.forms.team import TeamForm

__all__ = ["PasswordChangeForm", "SignInForm", "TeamForm"]
