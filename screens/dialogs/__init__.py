"""Questions of the console: choose, confirm, prompt, note, plan. Each returns its answer; ``escape`` gives none."""

from mailtui.screens.dialogs.choose import Choice, ChooseDialog
from mailtui.screens.dialogs.confirm import ConfirmDialog
from mailtui.screens.dialogs.note import NoteDialog
from mailtui.screens.dialogs.plan import PlanDialog
from mailtui.screens.dialogs.prompt import PromptDialog
from mailtui.screens.dialogs.proposal import Proposal

__all__ = ["Choice", "ChooseDialog", "ConfirmDialog", "NoteDialog", "PlanDialog", "PromptDialog", "Proposal"]
