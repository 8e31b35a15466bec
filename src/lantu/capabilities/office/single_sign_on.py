"""People who come by the house's own identity provider · 统一身份认证登录."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.capabilities.office.people import actor_of
from lantu.capabilities.office.sessions import SignInRefused, open_session
from lantu.stores.records.models import Person
from lantu.stores.records.querying import select
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.capabilities.office.sessions import SignedIn
    from lantu.stores.records import Database


def sign_in_by_provider(records: Database, issuer: str, subject: str, login: str, address: str) -> SignedIn:
    """Open a session for somebody for whom the provider vouches · 由认证方登录.

    Whoever came before is known by the provider's own subject, which never changes. Whoever comes for the first time
    is known by the login, once: from then on only the subject counts. Nobody gets an account by coming.

    Parameters
    ----------
    records
        The city's.
    issuer
        Address of the provider.
    subject
        What the provider calls the person.
    login
        The claim that is held against logins; empty where the provider sent none.
    address
        Network address of the browser.

    Returns
    -------
    SignedIn
        With the secret of the browser.

    Raises
    ------
    SignInRefused
        If nobody here has that subject or login, or the account is closed.
    """
    known_as = f"{issuer}|{subject}"
    with records.reading() as session:
        person = session.scalar(select(Person).where(Person.oidc_subject == known_as))
        if person is None and login:
            person = session.scalar(select(Person).where(Person.login == login, Person.oidc_subject.is_(None)))
    if person is None or not person.active:
        raise SignInRefused(
            Text(
                f"You are known to the identity provider as {login or subject}, but not here.",
                f"认证方确认您为{login or subject}，但本系统无此账号。",
            ),
            Text(
                f"Ask your administrator for an account with the login {login or subject}.",
                f"请系统管理员开立登录名为{login or subject}的账号。",
            ),
        )
    with records.writing(actor_of(person), "single sign-on") as session:
        found = session.get_one(Person, person.id)
        if found.oidc_subject is None:
            found.oidc_subject = known_as
        return open_session(records, session, found, address, "oidc")
