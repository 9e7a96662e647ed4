"""CSV files over SFTP, and the receipts that come back."""

from intake.sharing.connectors.sftp_csv.connector import SftpCsv

__all__ = ["SftpCsv"]
