from messaging.models.message import Message
from messaging.models.stop import StopRequest

__all__ = ["Message", "StopRequest"]
