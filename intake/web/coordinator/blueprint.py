"""The coordinator's blueprint: for signed-in staff, as the desk's pages are.

Roles come with accounts; until then every member of staff is a coordinator too.
"""

from flask import Blueprint

from intake.web.desk.blueprint import guard

blueprint = Blueprint("coordinator", __name__, url_prefix="/coordinator")
guard(blueprint)
