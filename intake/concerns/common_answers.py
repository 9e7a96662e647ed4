"""Answers to the commonest questions, in every language: staff need not know it to send one.

They say what the waiver says, and no more; each is translated and checked with the catalogues.
"""

from enum import StrEnum

from translations import mark, translate


class CommonAnswer(StrEnum):
    """What one answers."""

    MUST_WE_SIGN = "must_we_sign"
    WHAT_IS_SHARED = "what_is_shared"
    WHO_GETS_IT = "who_gets_it"
    WHO_GOT_IT = "who_got_it"
    TAKE_IT_BACK = "take_it_back"
    INTERPRETER = "interpreter"
    LOOKED_INTO = "looked_into"


TITLES = {
    # TRANSLATORS: Names of ready answers, for staff who choose one.
    CommonAnswer.MUST_WE_SIGN: mark("Must we sign?"),
    CommonAnswer.WHAT_IS_SHARED: mark("What is shared, and why?"),
    CommonAnswer.WHO_GETS_IT: mark("Who gets the information?"),
    CommonAnswer.WHO_GOT_IT: mark("Who has got our information?"),
    CommonAnswer.TAKE_IT_BACK: mark("How can we take it back?"),
    CommonAnswer.INTERPRETER: mark("We need an interpreter"),
    CommonAnswer.LOOKED_INTO: mark("Something was shared wrongly"),
}

_TEXTS = {
    # TRANSLATORS: A ready answer to a family's question, by SMS or email. Use the waiver's words.
    CommonAnswer.MUST_WE_SIGN: mark(
        "You do not have to say yes. If you say no, the student can still get services. "
        "Your answer has no effect on anybody's immigration status."
    ),
    # TRANSLATORS: A ready answer to a family's question. The link leads to a page in your language.
    CommonAnswer.WHAT_IS_SHARED: mark(
        "Only if you say yes is information shared, such as grades and attendance, and only to "
        "help the student. All of it, and why, is written here: %(waiver)s"
    ),
    # TRANSLATORS: A ready answer to a family's question. Partners are organizations.
    CommonAnswer.WHO_GETS_IT: mark(
        "Only if you say yes do partners get information: those that work at the student's school, "
        "and only what they need to help the student. The list of partners: %(partners)s"
    ),
    # TRANSLATORS: A ready answer to a family's question.
    CommonAnswer.WHO_GOT_IT: mark(
        "Here you can see who got the student's information, and when. You need a phone or email "
        "that the school knows: %(disclosures)s"
    ),
    # TRANSLATORS: A ready answer to a family's question: taking a permission back.
    CommonAnswer.TAKE_IT_BACK: mark(
        "You can take back your permission at any time. You need not say why. From then on nothing "
        "more is shared. You can do it on paper at the school, or here: %(revoke)s"
    ),
    # TRANSLATORS: A ready answer to a family's question.
    CommonAnswer.INTERPRETER: mark(
        "The school can call you with somebody who speaks your language. It is free. Please ask "
        "for it here: %(interpreter)s"
    ),
    # TRANSLATORS: A ready answer to a family that thinks that information was shared wrongly.
    CommonAnswer.LOOKED_INTO: mark(
        "Thank you for telling us. We take it seriously. People who watch over our rules will look "
        "into it. If you want to stop sharing now, you can do it here: %(revoke)s"
    ),
}


def common_answer(which: CommonAnswer, language: str, base_url: str) -> str:
    """A ready answer in a language, with links to pages in it."""
    start = f"{base_url}/{language}"
    links = {
        "waiver": f"{start}/",
        "partners": f"{start}/partners",
        "disclosures": f"{start}/disclosures/",
        "revoke": f"{start}/revoke/",
        "interpreter": f"{start}/interpreter",
    }
    return translate(_TEXTS[which], language) % links
