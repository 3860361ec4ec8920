"""The Examine page: brings pictures in, shows what is known of them, and saves the case."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMessageBox, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.case import CaseDraft, Lesion, LesionDetails, Patient, PatientDetails
from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.people import OWNER
from skindesk.gui.background import Background
from skindesk.gui.drafts import DraftKeeper, Drafts, Form, Held, watch_fields
from skindesk.gui.drafts.kept import Offer
from skindesk.gui.examine.draft import Target, fill, values_of
from skindesk.gui.examine.examination import NOTHING_REVIEWED, Examination
from skindesk.gui.examine.examiner import Examiner
from skindesk.gui.examine.incoming import Read, first_file, holds_picture, reader_of_image
from skindesk.gui.examine.panel import ExaminePanel
from skindesk.gui.examine.picture_step import OTHER_KIND_KEYS
from skindesk.gui.examine.save_dialog import SaveDialog
from skindesk.gui.examine.viewer import Viewer
from skindesk.gui.widgets.labels import set_role
from skindesk.gui.widgets.words import lesion_line, patient_name, sentence
from skindesk.imaging.decode import EXTENSIONS, picture_from_bytes, read_picture_file
from skindesk.inference.explanation import support_map
from skindesk.system.settings import Settings

if TYPE_CHECKING:
    from skindesk.storage.saving import SavedCase

_DRAWER_BELOW_PX = 1100
_MAP_LONG_SIDE_PX = 640


class ExamineWorkspace(QWidget):
    """One picture at a time, from opening it to saving its case; without `reviewing`, no impression is asked for."""

    patient_changed = Signal(object)
    """The Patient whose picture is on the screen, or None."""
    case_saved = Signal(int)
    case_wanted = Signal(int)
    """The user wants to see the case that was just saved."""

    def __init__(
        self,
        workspace: Workspace,
        background: Background,
        reviewing: bool = True,
        parent: QWidget | None = None,
        person_id: str = OWNER.person_id,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background, self._reviewing = workspace, background, reviewing
        self._target: Target | None = None
        self._begun: dict[str, Any] | None = None
        self._aimed: dict[str, Any] | None = None
        """What was typed of the patient before the program ended."""
        self.dialog: SaveDialog | None = None
        """The dialog that asks whose picture it is, while it is open."""
        self.examiner = Examiner(workspace, background, self)
        self.viewer = Viewer(background)
        self.panel = ExaminePanel(reviewing)
        self.setAcceptDrops(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.viewer, 1)
        row.addWidget(self.panel)
        drafts = Drafts(lambda: workspace.casework, background, person_id)
        self._keeper = DraftKeeper(drafts, Form.EXAMINATION, self._held, self)
        self._connect()
        QTimer.singleShot(0, self.examiner.open_model)  # once the window is there

    @property
    def examination(self) -> Examination | None:
        """The picture on the screen with all that is known of it."""
        return self.examiner.examination

    @property
    def unsaved(self) -> bool:
        """Whether something was said of the picture that is not saved."""
        examination = self.examination
        return examination is not None and self.panel.review(examination) not in (NOTHING_REVIEWED, examination.kept)

    def apply_settings(self, settings: Settings) -> None:
        """Follow a change of the settings."""
        self.examiner.open_model()

    def open_file(self, path: Path) -> None:
        """Show and examine a picture file; asks first where that would lose an impression."""
        self._load(path.name, lambda: read_picture_file(path))

    def start_for(self, patient: Patient, lesion: Lesion | None) -> None:
        """Begin another picture of a known patient; saving then starts from this lesion, or from a new one."""
        if not self.close_allowed():
            return
        self._clear()
        self.viewer.show_nothing()
        self._set_target((patient, lesion))
        words = self.tr("New picture of {lesion}, {name}: open it, drop it or paste it.")
        place = self.tr("a new lesion") if lesion is None else lesion_line(lesion)
        self.viewer.notice.show_information(words.format(lesion=place, name=patient_name(patient)))

    def go_on(self, offer: Offer) -> None:
        """Go on with what was begun before the program ended; what is on the screen must be allowed to go."""
        pictures, values = offer.draft.pictures, offer.draft.values
        if not pictures:
            return
        self._clear()
        self._set_target(None if offer.patient is None else (offer.patient, offer.lesion))
        self.panel.picture.kind.choose(Modality(values["modality"]))
        self.viewer.show_opening(values["file_name"])
        self.examiner.examine(lambda: picture_from_bytes(values["file_name"], pictures[0]))
        self._begun, self._aimed = values, values["aimed_at"]
        self._keeper.adopt()

    def save_taken_back(self) -> None:
        """The last save was taken back: where it was that of this picture, it can be saved again."""
        examination = self.examination
        if examination is not None and examination.saved:
            examination.saved, examination.kept = False, NOTHING_REVIEWED
            self.viewer.notice.clear()
            self._keeper.touch()

    def follow_patient(self, patient: Patient) -> None:
        """A patient was corrected: show them as they are now where the next save goes to them."""
        if self._target is not None and self._target[0].patient_id == patient.patient_id:
            self._set_target((patient, self._target[1]))

    def follow_lesion(self, lesion: Lesion) -> None:
        """A lesion was corrected, likewise."""
        if self._target is not None and self._target[1] is not None and self._target[1].case_id == lesion.case_id:
            self._set_target((self._target[0], lesion))

    def forget_patient(self, patient: Patient) -> None:
        """A patient was erased: nothing of theirs stays on the screen but a picture that is not saved yet."""
        if self._target is None or self._target[0].patient_id != patient.patient_id:
            return
        if not self.unsaved:
            self._clear()
            self.viewer.show_nothing()
        self._set_target(None)

    def close_allowed(self) -> bool:
        """Whether the picture on the screen may go; the user is asked where an impression would be lost."""
        if not self.unsaved:
            return True
        discarded = self.ask_discard()
        if discarded:
            self._keeper.drop()
        return discarded

    def ask_discard(self) -> bool:
        """Ask whether what was said of the picture may be lost."""
        question = QMessageBox(self)
        question.setWindowTitle(self.tr("Not saved"))
        question.setText(self.tr("What you noted on this picture is not saved."))
        question.setInformativeText(self.tr("Save it to a case with Ctrl+S, or discard it."))
        keep = question.addButton(self.tr("Keep it"), QMessageBox.ButtonRole.RejectRole)
        discard = question.addButton(self.tr("Discard"), QMessageBox.ButtonRole.DestructiveRole)
        set_role(discard, "danger", "kind")
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        question.exec()
        return question.clickedButton() is discard

    def choose_file(self) -> None:
        """Ask for a picture file."""
        endings = " ".join(f"*{ending}" for ending in sorted(EXTENSIONS))
        pictures, everything = self.tr("Pictures"), self.tr("All files")
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open a photograph"), "", f"{pictures} ({endings});;{everything} (*)"
        )
        if name:
            self.open_file(Path(name))

    def paste(self) -> None:
        """Take a picture or a copied file from the clipboard."""
        if not self._take(QGuiApplication.clipboard().mimeData(), self.tr("pasted picture.png")):
            words = self.tr("The clipboard holds no picture. Copy one, then press Ctrl+V.")
            self.viewer.notice.show_information(words)

    def reveal(self) -> None:
        """Show the network's answer, now or as soon as there is one."""
        examination = self.examination
        if examination is None:
            return
        examination.reveal_asked = True
        if examination.answer is not None:
            self._show_answer(examination)

    def save(self) -> None:
        """Ask whose picture it is, and save it."""
        examination = self.examination
        if examination is None or self.dialog is not None or not self.panel.save_button.isEnabled():
            return
        dialog = SaveDialog(
            lambda: self._workspace.casework, self._background, self._drafter(examination), self.window()
        )
        dialog.saved.connect(self._saved)
        dialog.finished.connect(self._dialog_closed)
        if self._target is not None:
            dialog.take(*self._target)
        elif self._aimed is not None:
            dialog.restore(self._aimed)
        watch_fields(dialog, self._keeper.touch)
        self.dialog = dialog
        dialog.open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the steps become a drawer that can be put away."""
        super().resizeEvent(event)
        narrow = self.window().width() < _DRAWER_BELOW_PX
        self.viewer.panel_button.setVisible(narrow)
        self.panel.setVisible(not narrow or self.viewer.panel_button.isChecked())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self._take(event.mimeData(), self.tr("dropped picture.png"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A picture in the clipboard is pasted as a picture even while a text field has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            pastes = event.matches(QKeySequence.StandardKey.Paste)
            if pastes and holds_picture(QGuiApplication.clipboard().mimeData()):
                event.ignore()
                return True
        return False

    def _connect(self) -> None:
        self.examiner.model_opened.connect(self._model_opened)
        self.examiner.model_failed.connect(self._model_failed)
        self.examiner.shown.connect(self._picture_shown)
        self.examiner.unreadable.connect(self.viewer.show_failure)
        self.examiner.modalities_found.connect(self.panel.picture.offer)
        self.examiner.asked_anew.connect(self._asked_anew)
        self.examiner.answered.connect(self._answered)
        self.examiner.unanswered.connect(self._unanswered)
        self.viewer.open_wanted.connect(self.choose_file)
        self.viewer.shelf.picked.connect(self.open_file)
        self.viewer.panel_button.toggled.connect(self.panel.setVisible)
        self.viewer.map_toggled.connect(self._toggle_map)
        self.panel.picture.declared.connect(self.examiner.declare)
        self.panel.impression.given.connect(self.reveal)
        self.panel.network.reveal_wanted.connect(self.reveal)
        self.panel.network.map_toggled.connect(self._show_map)
        self.panel.save_wanted.connect(self.save)
        watch_fields(self.panel, self._keeper.touch)
        for field in (self.panel.impression.combo(), self.panel.notes):
            field.installEventFilter(self)
        self._bind(QKeySequence.StandardKey.Open, self.choose_file)
        self._bind(QKeySequence.StandardKey.Paste, self.paste)
        self._bind(QKeySequence.StandardKey.Save, self.save)
        self._bind(QKeySequence("Ctrl+R"), self.reveal)
        self._bind(OTHER_KIND_KEYS, self.panel.picture.take_other_kind)

    def _bind(self, keys: QKeySequence | QKeySequence.StandardKey, slot: Callable[[], None]) -> None:
        QShortcut(QKeySequence(keys), self, slot)

    def _take(self, data: QMimeData, name: str) -> bool:
        """Open the file or picture in dropped or copied data; False where there is neither."""
        path = first_file(data)
        if path is not None:
            self.open_file(path)
            return True
        read = reader_of_image(data, name)
        if read is not None:
            self._load(name, read)
        return read is not None

    def _load(self, name: str, read: Read) -> None:
        if not self.close_allowed():
            return
        if self.examination is not None and self.examination.saved:
            self._target = None
        self._clear()
        self._set_target(self._target)
        self.viewer.show_opening(name)
        self.examiner.examine(read)

    def _held(self) -> Held | None:
        """What is begun: something was said of the picture, or it is aimed at somebody."""
        examination = self.examination
        aimed = self._target is not None or self._aimed is not None or self.dialog is not None
        if examination is None or not (self.unsaved or (aimed and not examination.saved)):
            return None
        values = values_of(examination, self.panel, self._target)
        values["aimed_at"] = self._aimed if self.dialog is None else self.dialog.values()
        return Held(values, (examination.picture.content,))

    def _clear(self) -> None:
        self._keeper.drop()
        self._begun = self._aimed = None
        self.examiner.forget()
        self.viewer.notice.clear()
        self.panel.reset()

    def _set_target(self, target: Target | None) -> None:
        self._target = target
        self.patient_changed.emit(None if target is None else target[0])

    def _model_opened(self, contract: ModelContract) -> None:
        self.panel.impression.offer(contract.labels)
        self.panel.picture.answered_by(contract.modality)
        self.panel.network.name_model(contract)
        self.viewer.shelf.name_classes(contract.labels)

    def _model_failed(self, error: Exception) -> None:
        self.panel.network.name_model(None)
        self.panel.network.show_trouble(sentence(error))
        self.viewer.notice.show_error(error)

    def _picture_shown(self, examination: Examination) -> None:
        self.viewer.show_examination(examination)
        self.panel.picture.show_examination(examination)
        self.panel.allow_review(True)
        self.panel.network.show_working()
        if self._begun is not None:
            fill(examination, self.panel, self._begun)
            self._begun = None
        self._keeper.touch()
        self.panel.impression.take_focus()

    def _asked_anew(self, examination: Examination) -> None:
        """Another network is to answer: what the last one said goes at once."""
        self.panel.network.name_model(None)
        self.panel.network.show_working()
        self.panel.save_button.setEnabled(False)
        self.viewer.show_map(None)
        self.viewer.allow_map(False)

    def _answered(self, examination: Examination) -> None:
        self.panel.picture.show_examination(examination)
        self.panel.save_button.setEnabled(True)
        first = self._reviewing and self._workspace.settings.impression_first
        if examination.revealed or examination.reveal_asked or not first:
            self._show_answer(examination)
        else:
            self.panel.network.show_ready()

    def _unanswered(self, error: Exception) -> None:
        """The picture can be reviewed and saved without the network."""
        self.panel.network.show_trouble(sentence(error))
        self.panel.save_button.setEnabled(True)

    def _show_answer(self, examination: Examination) -> None:
        if examination.answer is None:
            return
        examination.reveal(self.panel.impression.value())
        self.panel.network.show_prediction(examination.answer.prediction, examination.contract)
        self.panel.bring_answer_into_view()
        self._show_map("", False)
        self.viewer.allow_map(True)

    def _toggle_map(self, on: bool) -> None:
        """The map of the leading class, from the button beside the picture or the key."""
        answer = None if self.examination is None else self.examination.answer
        if answer is not None:
            self._show_map(answer.prediction.top.label.code, on)

    def _show_map(self, code: str, on: bool) -> None:
        """Lay a class's map over the picture, or take it away."""
        examination = self.examination
        if examination is None or examination.answer is None or examination.contract is None:
            return
        self.panel.network.mark_map(code if on else None)
        if not on:
            self.viewer.show_map(None)
            return
        contract = examination.contract
        index = contract.codes.index(code)
        width, height = _map_size(examination.image.original_width_px, examination.image.original_height_px)
        heat = support_map(examination.answer.cam, index, contract.preprocessing, width, height)
        self.viewer.show_map(heat, contract.labels[index].name)

    def _drafter(self, examination: Examination) -> Callable[[int | PatientDetails, int | LesionDetails], CaseDraft]:
        """Makes the draft once the patient and the lesion are known."""

        def draft(patient: int | PatientDetails, lesion: int | LesionDetails) -> CaseDraft:
            review = self.panel.review(examination)
            return CaseDraft(
                patient=patient,
                lesion=lesion,
                pictures=(examination.draft_picture(self.panel.picture.modality()),),
                review=None if review == NOTHING_REVIEWED else review,
                visited_at=datetime.now(UTC),
            )

        return draft

    def _saved(self, case: "SavedCase") -> None:
        examination = self.examination
        if examination is not None:
            examination.saved = True
            examination.kept = self.panel.review(examination)
        self._keeper.drop()
        self._set_target((case.patient, case.lesion))
        words = self.tr("Saved as L{number} of {name}.")
        text = words.format(number=case.lesion.number, name=patient_name(case.patient))
        self.viewer.notice.show_done(text, self.tr("Show case"), lambda: self.case_wanted.emit(case.case_id))
        self.case_saved.emit(case.case_id)

    def _dialog_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None
        self._keeper.touch()


def _map_size(width_px: int, height_px: int) -> tuple[int, int]:
    """A size of the picture's shape that is enough for a map of a few cells."""
    scale = min(1.0, _MAP_LONG_SIDE_PX / max(width_px, height_px))
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))
