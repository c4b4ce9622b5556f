from accounts.views.home import ChooseTeam, Home, Start, WhoCanDoWhat, landing_page
from accounts.views.locking import LockNow, LockState, PinSet, Unlock
from accounts.views.second_factor import RecoveryCodes, RecoveryCodesDownload, RecoveryCodesRenew, SecondFactorSetUp
from accounts.views.signing_out import sign_out

__all__ = [
    "ChooseTeam",
    "Home",
    "LockNow",
    "LockState",
    "PinSet",
    "RecoveryCodes",
    "RecoveryCodesDownload",
    "RecoveryCodesRenew",
    "SecondFactorSetUp",
    "Start",
    "Unlock",
    "WhoCanDoWhat",
    "landing_page",
    "sign_out",
]
