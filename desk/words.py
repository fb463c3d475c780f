"""The desk's closed sets in plain words: why not, what a telling is, how the parts of a story are called."""

from dataclasses import dataclass

from storage.filters import Sort, State
from storage.log import Verb
from stories.privacy import PrivateKind
from stories.story import Relation, Teller, WhyNot


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reject button: its word, its key after `r`, its label, and when it is the right one."""

    why: WhyNot
    key: str
    label: str
    meaning: str


REASONS = (
    Reason(why=WhyNot.COMPLAINT, key="c", label="Complaint", meaning="Bad service, and it ends badly too."),
    Reason(why=WhyNot.PRAISE_ONLY, key="p", label="Praise only", meaning="Happy with them, but nothing happens."),
    Reason(why=WhyNot.ADVICE, key="a", label="Advice", meaning="How-to, tips, figures or opinions about service."),
    Reason(why=WhyNot.PROMO, key="m", label="Promotion", meaning="A company praises itself, or sells something."),
    Reason(
        why=WhyNot.CAMPAIGN, key="g", label="Campaign", meaning="A marketing act for everybody, not for one customer."
    ),
    Reason(
        why=WhyNot.CALL, key="l", label="Call for stories", meaning="Asks for stories or links to them; tells none."
    ),
    Reason(
        why=WhyNot.OTHER_KINDNESS, key="k", label="Other kindness", meaning="Kind, but not a service to a customer."
    ),
    Reason(why=WhyNot.UNRELATED, key="u", label="Unrelated", meaning="Something else; the words only sound alike."),
)

WHY = {reason.why: reason.label for reason in REASONS}

RELATIONS = {
    Relation.FIRST: "First telling",
    Relation.COPY: "Copy",
    Relation.NEAR_COPY: "Near copy",
    Relation.RETELLING: "Retelling",
}

TELLERS = {
    Teller.CUSTOMER: "told by the customer",
    Teller.EMPLOYEE: "told by the employee",
    Teller.THIRD_PARTY: "told by somebody else",
}

STATES = {
    State.OPEN: "Inbox",
    State.HELD: "Held",
    State.APPROVED: "Approved",
    State.REJECTED: "Rejected",
    State.ANY: "All",
}

SORTS = {
    Sort.BEST: "Best first",
    Sort.NEWEST: "Newest finds",
    Sort.OLDEST: "Oldest finds",
    Sort.DATE: "Newest told",
    Sort.TOLD: "Most told",
    Sort.DECIDED: "Last decided",
}

VERBS = {
    Verb.APPROVE: "Approved",
    Verb.REJECT: "Rejected",
    Verb.HOLD: "Put on hold",
    Verb.UNPUBLISH: "Taken out of the feed",
    Verb.REOPEN: "Reopened",
    Verb.NOTE: "Noted",
    Verb.MERGE: "Merged",
    Verb.SPLIT: "Split",
    Verb.APART: "Kept apart",
    Verb.EDIT: "Edited",
    Verb.MASK: "Masked",
    Verb.UNDO: "Took back",
    Verb.REDO: "Did again",
}

PRIVATE = {
    PrivateKind.SURNAME: "a surname",
    PrivateKind.PHONE: "a telephone number",
    PrivateKind.MAIL: "a mail address",
    PrivateKind.ORDER: "a number of somebody’s own",
    PrivateKind.ADDRESS: "an address",
}

KEYS = (  # as desk/static/desk.js and the templates' data-key give them
    (
        "Everywhere",
        (
            ("a", "Approve"),
            ("r, then a letter", "Reject with that reason"),
            ("h", "Put on hold"),
            ("u", "Undo what was just done; again, what you did before"),
            ("U", "Do again what was just undone"),
            ("/", "Search; Enter leads to the first story"),
            ("?", "These keys"),
        ),
    ),
    (
        "In a list",
        (
            ("j / k", "To the next and the previous story"),
            ("Enter", "Open it"),
            ("x", "Select it; what is pressed then is done to all that are selected"),
            ("m", "Merge what is selected"),
        ),
    ),
    (
        "On a story",
        (
            ("j / k", "The next and the previous story"),
            ("m", "Merge with the first that is perhaps the same event"),
            ("x", "Keep the first that is perhaps the same event apart"),
            ("n", "Write a note"),
            ("e", "Edit title, summary and facts"),
            ("E", "Mask words"),
            ("o", "Open the page the story comes from"),
            ("i", "Back to the list"),
        ),
    ),
)


def plain(word: str) -> str:
    """A word of a closed set as one writes it: `online-shop` is *online shop*."""
    return word.replace("-", " ")
