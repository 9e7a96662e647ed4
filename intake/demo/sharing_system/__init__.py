"""The reference sharing system: what a receiver of our events has to do, as a small real one.

It has its own database and knows of the intake system only what docs/connecting.md says.
"""

from intake.demo.sharing_system.app import SharingSystem, create_sharing_system

__all__ = ["SharingSystem", "create_sharing_system"]
