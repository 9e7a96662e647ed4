"""The tree of commands."""

import click

from intake.cli.api_clients import api_clients_group
from intake.cli.audit import audit_group, consents_group
from intake.cli.benches import bench_group
from intake.cli.calendar import calendar_group
from intake.cli.campaign_letters import campaigns_letters
from intake.cli.campaigns import campaigns_group
from intake.cli.destinations import destinations_group
from intake.cli.document_versions import documents_group
from intake.cli.partner_history import partners_history
from intake.cli.people import staff_group
from intake.cli.publishing import publish_group
from intake.cli.recordings import recordings_group
from intake.cli.revocations import revocations_group
from intake.cli.rosters import roster_group
from intake.cli.running import config_group, db_group, demo, serve, worker
from intake.cli.scan_reading import scan_read
from intake.cli.scans import scan_group
from intake.cli.sharing import decide, partners_group
from intake.cli.sheets import pdf_group
from intake.cli.texts import forms_group


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ferpa-waiver-intake")
def intake() -> None:
    """Multilingual FERPA waivers: signed, sealed, published, and taken back."""


scan_group.add_command(scan_read)
partners_group.add_command(partners_history)
campaigns_group.add_command(campaigns_letters)

for _command in (
    demo,
    serve,
    worker,
    db_group,
    config_group,
    staff_group,
    roster_group,
    destinations_group,
    partners_group,
    api_clients_group,
    decide,
    publish_group,
    revocations_group,
    campaigns_group,
    calendar_group,
    forms_group,
    documents_group,
    pdf_group,
    recordings_group,
    scan_group,
    consents_group,
    audit_group,
    bench_group,
):
    intake.add_command(_command)
