"""What was answered on the page before: kept on the server until it is saved, so that going back loses nothing."""

from uuid import UUID, uuid4

from django.http import HttpRequest, QueryDict

KEPT = "corrections"
# One user corrects one thing at a time; what was left half done is forgotten after as many others.
MOST = 5


def keep_answers(request: HttpRequest, about: object) -> None:
    """Keep what was posted, for the next page about the same thing."""
    kept = request.session.get(KEPT, {})
    kept.pop(str(about), None)
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    if not sent.get("client_uuid"):
        # Without one a second press could not be told from a second correction.
        sent["client_uuid"] = str(uuid4())
    kept[str(about)] = sent.urlencode()
    request.session[KEPT] = dict(list(kept.items())[-MOST:])


def answers_before(request: HttpRequest, about: object) -> QueryDict | None:
    """Return what was kept, or None."""
    kept = request.session.get(KEPT, {}).get(str(about))
    return QueryDict(kept) if kept else None


def forget_answers(request: HttpRequest, about: object) -> None:
    """Forget it, once it is saved."""
    kept = request.session.get(KEPT, {})
    if kept.pop(str(about), None) is not None:
        request.session[KEPT] = kept


def id_in(answers: QueryDict | None, name: str = "client_uuid") -> UUID | None:
    """Return the id among what was posted, or None where there is none or it is no id."""
    try:
        return UUID(answers.get(name, "")) if answers else None
    except ValueError:
        return None
