"""A destination behind a firewall: it fetches its events, nothing is sent to it."""

from datetime import timedelta

from intake.sharing.connectors.base import Connector, Delivery, InvalidTarget, Target
from intake.sharing.standard_webhooks import InvalidSecret, check_secret


class Pull(Connector):
    """Read at ``GET /api/v1/events``; what the next cursor is asked for is acknowledged."""

    kind = "pull"
    delivery = Delivery.FETCHED
    confirms_signed = True
    LONGEST_DELIVERY = timedelta(0)

    def __init__(self, target: Target, *, allow_private: bool) -> None:
        """Nothing to connect to."""

    @classmethod
    def check(cls, target: Target) -> None:
        """Raise InvalidTarget where there is an address, or the secret can't sign."""
        if target.url:
            raise InvalidTarget("a destination that pulls has no address")
        try:
            check_secret(target.secret)
        except InvalidSecret as error:
            raise InvalidTarget(str(error)) from None
