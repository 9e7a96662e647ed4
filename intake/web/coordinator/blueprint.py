"""The coordinator's blueprint: for signed-in staff, as the desk's pages are."""

from flask import Blueprint

from intake.web.desk.blueprint import guard

blueprint = Blueprint("coordinator", __name__, url_prefix="/coordinator")
guard(blueprint)
