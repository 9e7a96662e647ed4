"""The accounts' blueprint: its pages are staff's, under /desk and /coordinator."""

from flask import Blueprint

from intake.web.desk.blueprint import guard

blueprint = Blueprint("accounts", __name__)
guard(blueprint)
