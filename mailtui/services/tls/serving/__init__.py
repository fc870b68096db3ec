"""What every port shows to its clients, beside what the files hold that it should show."""

from mailtui.services.tls.serving.model import Expected, Shown, Survey, Verdict
from mailtui.services.tls.serving.service import Serving

__all__ = ["Expected", "Serving", "Shown", "Survey", "Verdict"]
