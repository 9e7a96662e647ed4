"""What other systems tell us by themselves, each call signed."""

from intake.web.webhooks.twilio_routes import blueprint

__all__ = ["blueprint"]
