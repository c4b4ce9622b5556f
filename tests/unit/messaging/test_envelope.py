import pytest

from messaging import registry
from messaging.envelope import Envelope, NoLonger


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "  "},
        {"body": " \n"},
        {"channel": "pigeon"},
        {"channel": "email", "subject": " "},
        {"channel": "email", "subject": "one\ntwo"},
        {"channel": "email", "subject": "one\rtwo"},
    ],
)
def test_an_envelope_that_could_not_be_sent_is_refused(wrong: dict[str, str]) -> None:
    right = {"to": "07700 900123", "subject": "", "body": "Hello", "channel": "text"}
    Envelope(**right)
    with pytest.raises(ValueError, match=r"an envelope needs|an email needs|a subject is|pigeon"):
        Envelope(**(right | wrong))


def test_an_envelope_shown_in_a_log_names_nobody() -> None:
    shown = repr(Envelope(to="amina@example.com", subject="For Amina", body="Dear Amina", channel="email"))
    assert shown == "Envelope(channel='email')"


@pytest.fixture
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_resolvers", {})


@pytest.mark.usefixtures("empty_registry")
def test_a_purpose_is_answered_for_by_one_function_only() -> None:
    def first(message, at):
        return NoLonger("Nothing to say.")

    def second(message, at):
        return NoLonger("Nothing to say.")

    registry.register("a_purpose", first)
    registry.register("a_purpose", first)  # the same one again, as when an app is loaded twice
    with pytest.raises(ValueError, match="answered for already"):
        registry.register("a_purpose", second)
    assert registry.resolver_of("a_purpose") is first
    assert registry.purposes() == ["a_purpose"]


@pytest.mark.usefixtures("empty_registry")
@pytest.mark.parametrize("purpose", ["", "A", "a b", "../up", "x" * 41, "with-hyphen"])
def test_a_purpose_is_a_plain_word_because_it_names_files(purpose: str) -> None:
    with pytest.raises(ValueError, match="is not a purpose"):
        registry.register(purpose, lambda message, at: NoLonger("Nothing to say."))


@pytest.mark.usefixtures("empty_registry")
def test_an_unknown_purpose_has_no_resolver() -> None:
    with pytest.raises(registry.UnknownPurpose):
        registry.resolver_of("never_heard_of")
