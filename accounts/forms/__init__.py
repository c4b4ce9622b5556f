from accounts.forms.pin import PinForm
from accounts.forms.second_factor import CodeForm, RenewCodesForm, SetUpForm
from accounts.forms.sign_in import PasswordChangeForm, SignInForm
from accounts.forms.team import TeamForm

__all__ = [
    "CodeForm",
    "PasswordChangeForm",
    "PinForm",
    "RenewCodesForm",
    "SetUpForm",
    "SignInForm",
    "TeamForm",
]
