"""What a log line may hold: never a query string, which can carry what a person typed."""

import logging
import re

QUERY_STRING = re.compile(r"\?[^\s\"']*")


class NoPersonalData(logging.Filter):
    """Cut every query string out of a record, whether it stands in the message or in its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(QUERY_STRING.sub("?…", arg) if isinstance(arg, str) else arg for arg in record.args)
        if isinstance(record.msg, str):
            record.msg = QUERY_STRING.sub("?…", record.msg)
        return True
