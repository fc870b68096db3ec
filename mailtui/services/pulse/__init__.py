"""The machine's pulse: services, queue, disks, certificates, resolver, load."""

from mailtui.services.pulse.pulse import Pulse

__all__ = ["Pulse"]
