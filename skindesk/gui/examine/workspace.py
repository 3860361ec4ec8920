"""The Examine page: brings pictures in, shows what is known of them, and saves the case."""

import logging
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Lesion, Patient, Site, SkinType
from skindesk.domain.contract import ModelContract
from skindesk.domain.evidence import EvidenceLine
from skindesk.domain.offered import NOTHING_OFFERED, OfferedFacts
from skindesk.domain.people import OWNER
from skindesk.gui.background import Background
from skindesk.gui.drafts import DraftKeeper, Drafts, Form, Held, watch_fields
from skindesk.gui.drafts.kept import Offer
from skindesk.gui.examine.answering import Answering
from skindesk.gui.examine.bringing import Bringing
from skindesk.gui.examine.draft import Begun, Target, fill, pictures_in, values_of
from skindesk.gui.examine.examination import NOTHING_REVIEWED, Examination
from skindesk.gui.examine.examined_picture import ExaminedPicture
from skindesk.gui.examine.examiner import Examiner, Incoming
from skindesk.gui.examine.incoming import holds_picture
from skindesk.gui.examine.offered_note import OfferedNote
from skindesk.gui.examine.panel import ExaminePanel
from skindesk.gui.examine.picture_step import OTHER_KIND_KEYS
from skindesk.gui.examine.picture_tools import PictureTools
from skindesk.gui.examine.save_dialog import SaveDialog
from skindesk.gui.examine.saving import Saving
from skindesk.gui.examine.side import Side
from skindesk.gui.examine.strip import PictureStrip
from skindesk.gui.examine.strip_item import PictureState, StripItem, strip_image
from skindesk.gui.examine.viewer import PictureTool, Viewer
from skindesk.gui.incoming.folder_watcher import FolderWatcher
from skindesk.gui.widgets.labels import set_role
from skindesk.gui.widgets.words import age, lesion_line, patient_name, sentence
from skindesk.imaging.decode import picture_from_bytes
from skindesk.services.evidence import evidence_for
from skindesk.system.settings import Settings

if TYPE_CHECKING:
    from skindesk.domain.prediction import Prediction
    from skindesk.storage.saving import SavedCase

_log = logging.getLogger(__name__)

_DRAWER_BELOW_PX = 1100


class ExamineWorkspace(QWidget):
    """The pictures of one lesion, from opening to saving the case; without `reviewing`, no impression is asked for."""

    patient_changed = Signal(object)
    """The Patient whose pictures are on the screen, or None."""
    case_saved = Signal(int)
    case_wanted = Signal(int)
    """The user wants to see a case: that which was just saved, or a similar one."""

    def __init__(
        self,
        workspace: Workspace,
        background: Background,
        reviewing: bool = True,
        parent: QWidget | None = None,
        person_id: str = OWNER.person_id,
        watcher: FolderWatcher | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background, self._reviewing = workspace, background, reviewing
        self._target: Target | None = None
        self._begun: dict[str, Any] | None = None
        self._aimed: dict[str, Any] | None = None
        """What was typed of the patient before the program ended."""
        self.examiner = Examiner(workspace, background, self)
        self.viewer = Viewer(background)
        self.strip = PictureStrip()
        self.offered = OfferedNote()
        self.panel = ExaminePanel(reviewing)
        self.side = Side(workspace, background, self.panel)
        self.tools = PictureTools(self.viewer, self.side.measure, background, self)
        self.answering = Answering(self.panel.network, self.viewer, self._evidence, self)
        self.saving = Saving(workspace, background, self.panel, self)
        self.bringing = Bringing(workspace, background, watcher or FolderWatcher(self), self, self._count)
        self.setAcceptDrops(True)
        self._lay_out()
        drafts = Drafts(lambda: workspace.casework, background, person_id)
        self._keeper = DraftKeeper(drafts, Form.EXAMINATION, self._held, self)
        self._connect()
        QTimer.singleShot(0, self.examiner.open_model)  # once the window is there

    @property
    def examination(self) -> Examination | None:
        """The pictures on the screen with all that is known of them."""
        return self.examiner.examination

    @property
    def dialog(self) -> SaveDialog | None:
        """The dialog that asks whose pictures they are, while it is open."""
        return self.saving.dialog

    @property
    def unsaved(self) -> bool:
        """Whether something was said of the pictures, or a picture added, that is not saved."""
        examination = self.examination
        if examination is None or not self.panel.takes_review:
            return False
        grown = examination.saved and len(examination.pictures) > examination.kept_pictures
        return grown or self.panel.review(examination) not in (NOTHING_REVIEWED, examination.kept)

    def apply_settings(self, settings: Settings) -> None:
        """Follow a change of the settings."""
        self.examiner.open_model()
        self._refresh()

    def open_file(self, path: Path) -> None:
        """Show and examine a picture file; asks first where that would lose an impression."""
        self.bringing.open_files([path])

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
        contents, values = offer.draft.pictures, offer.draft.values
        begun = pictures_in(values)
        self._clear()
        self._set_target(None if offer.patient is None else (offer.patient, offer.lesion))
        incoming = [
            Incoming(each.file_name, partial(picture_from_bytes, each.file_name, content), partial(_prepare, each))
            for each, content in zip(begun, contents, strict=False)
        ]
        if incoming:
            self.viewer.show_opening(incoming[0].name)
            self.examiner.examine(incoming)
            self._begun, self._aimed = values, values["aimed_at"]
            self._keeper.adopt()

    def save_taken_back(self) -> None:
        """The last save was taken back: where it was that of these pictures, they can be saved again."""
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
        """Whether the pictures on the screen may go; the user is asked where an impression would be lost."""
        if not self.unsaved:
            return True
        discarded = self.ask_discard()
        if discarded:
            self._keeper.drop()
        return discarded

    def ask_discard(self) -> bool:
        """Ask whether what was said of the pictures may be lost."""
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

    def reveal(self, anyway: bool = True) -> None:
        """Show the network's answer, now or as soon as there is one; `anyway` also that to a poor picture."""
        self.answering.reveal(anyway)

    def save(self) -> None:
        """Ask whose pictures they are, and save them."""
        examination = self.examination
        if examination is not None and self.panel.save_button.isEnabled():
            self.saving.ask(examination, self._target, self._aimed, self._offered_facts())

    def show_similar(self) -> None:
        """Show similar confirmed cases once the answer is in sight, or go back from there."""
        if self.examination is not None and self.answering.is_in_sight:
            self.side.show_similar(self.examination.picture, None if self._target is None else self._target[0])

    def show_knowledge(self) -> None:
        """Show what is known of the leading class once the answer is in sight, else the search; or go back."""
        shown = self._prediction_in_sight()
        if shown is None:
            self.side.show_knowledge("", "")
        else:
            self.side.show_knowledge(shown.model.model_id, shown.top.label.code)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the steps become a drawer that can be put away."""
        super().resizeEvent(event)
        narrow = self.window().width() < _DRAWER_BELOW_PX
        self.viewer.panel_button.setVisible(narrow)
        self.side.setVisible(not narrow or self.viewer.panel_button.isChecked())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped; on the strip below the picture it is added to the lesion's pictures."""
        event.acceptProposedAction()
        here = self.strip.mapFrom(self, event.position().toPoint())
        self.bringing.drop(event.mimeData(), self.strip.isVisible() and self.strip.rect().contains(here))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A picture in the clipboard is pasted as a picture even while a text field has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            pastes = event.matches(QKeySequence.StandardKey.Paste)
            if pastes and holds_picture(QGuiApplication.clipboard().mimeData()):
                event.ignore()
                return True
        return False

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.bringing.arrivals)
        left.addWidget(self.viewer, 1)
        left.addWidget(self.offered)
        left.addWidget(self.strip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.side)

    def _connect(self) -> None:
        self._follow_examiner()
        self.bringing.begun.connect(self._load)
        self.bringing.added.connect(self.examiner.add)
        self.bringing.remarked.connect(self.viewer.notice.show_information)
        self.viewer.open_wanted.connect(self.bringing.choose)
        self.viewer.camera_wanted.connect(self.bringing.open_camera)
        self.viewer.shelf.picked.connect(self.open_file)
        self.viewer.panel_button.toggled.connect(self.side.setVisible)
        self.strip.chosen.connect(self.examiner.choose)
        self.strip.removed.connect(self.examiner.remove)
        self.strip.add_wanted.connect(self.bringing.choose_more)
        self.panel.picture.declared.connect(self.examiner.declare)
        self.panel.picture.region_wanted.connect(self.examiner.crop)
        self.panel.impression.given.connect(partial(self.reveal, False))
        self.panel.network.reveal_wanted.connect(self.reveal)
        self.panel.network.similar_wanted.connect(self.show_similar)
        self.panel.network.knowledge_wanted.connect(self.show_knowledge)
        self.panel.save_wanted.connect(self.save)
        self.tools.region_taken.connect(self.examiner.crop)
        self.tools.measured.connect(self._keeper.touch)
        self.tools.sheet_wanted.connect(self.side.show_measure)
        self.side.case_wanted.connect(self.case_wanted)
        self.answering.revealed.connect(self._first_answer)
        self.offered.patient_wanted.connect(lambda patient: self._set_target((patient, None)))
        self.offered.new_patient_wanted.connect(lambda _facts: self.save())
        self.saving.saved.connect(self._saved)
        self.saving.touched.connect(self._keeper.touch)
        watch_fields(self.panel, self._keeper.touch)
        for field in (self.panel.impression.combo(), self.panel.notes):
            field.installEventFilter(self)
        self._bind_keys()

    def _follow_examiner(self) -> None:
        self.examiner.model_opened.connect(self._model_opened)
        self.examiner.model_failed.connect(self._model_failed)
        self.examiner.modalities_found.connect(self.panel.picture.offer)
        self.examiner.shown.connect(self._picture_shown)
        self.examiner.sharpened.connect(self.viewer.sharpen)
        self.examiner.changed.connect(self._refresh)
        self.examiner.unreadable.connect(self._unreadable)
        self.examiner.repeated.connect(self._repeated)

    def _bind_keys(self) -> None:
        wishes: dict[QKeySequence | QKeySequence.StandardKey, Callable[[], object]] = {
            QKeySequence.StandardKey.Open: self.bringing.choose,
            QKeySequence("Ctrl+Shift+O"): self.bringing.choose_more,
            QKeySequence.StandardKey.Paste: self.bringing.paste,
            QKeySequence.StandardKey.Save: self.save,
            QKeySequence("Ctrl+T"): self.bringing.open_camera,
            QKeySequence("Ctrl+R"): self.reveal,
            OTHER_KIND_KEYS: self.panel.picture.take_other_kind,
            QKeySequence("F2"): self.show_knowledge,
            QKeySequence("F3"): self.show_similar,
            QKeySequence("F4"): self._toggle_measure,
            QKeySequence("C"): partial(self.tools.use, PictureTool.CROP),
            QKeySequence("R"): partial(self.tools.use, PictureTool.RULER),
            QKeySequence("O"): partial(self.tools.use, PictureTool.OUTLINE),
        }
        for keys, wish in wishes.items():
            QShortcut(QKeySequence(keys), self, wish)

    def _toggle_measure(self) -> None:
        if self.side.sheet is self.side.measure:
            self.side.back()
        elif self.examination is not None:
            self.side.show_measure()

    def _load(self, incoming: Sequence[Incoming]) -> None:
        if not incoming or not self.close_allowed():
            return
        if self.examination is not None and self.examination.saved:
            self._target = None
        self._clear()
        self._set_target(self._target)
        self.viewer.show_opening(incoming[0].name)
        self.examiner.examine(incoming)

    def _held(self) -> Held | None:
        """What is begun: something was said of the pictures, or they are aimed at somebody."""
        examination = self.examination
        aimed = self._target is not None or self._aimed is not None or self.dialog is not None
        if examination is None or not (self.unsaved or (aimed and not examination.saved)):
            return None
        values = values_of(examination, self.panel, self._target)
        values["aimed_at"] = self._aimed if self.dialog is None else self.dialog.values()
        return Held(values, tuple(picture.file.content for picture in examination.pictures))

    def _clear(self) -> None:
        self._keeper.drop()
        self._begun = self._aimed = None
        self.examiner.forget()
        self.viewer.notice.clear()
        self.side.back()
        self.panel.reset()
        self._refresh()

    def _set_target(self, target: Target | None) -> None:
        self._target = target
        self.patient_changed.emit(None if target is None else target[0])
        self.strip.show_caption("" if target is None or target[1] is None else lesion_line(target[1]))
        self._show_offered()
        self.answering.refresh()

    def _model_opened(self, contract: ModelContract) -> None:
        self.panel.impression.offer(contract.labels)
        self.panel.picture.answered_by(contract.modality)
        self.panel.network.name_model(contract)
        self.viewer.shelf.name_classes(contract.labels)

    def _model_failed(self, error: Exception) -> None:
        self.panel.network.name_model(None)
        self.panel.network.show_trouble(sentence(error))
        self.viewer.notice.show_error(error)

    def _picture_shown(self, picture: ExaminedPicture) -> None:
        examination = self.examination
        if examination is None:
            return
        self.viewer.show_picture(picture.screen, picture.size_px, picture.file.name)
        self.panel.picture.answered_by(picture.modality)
        self.panel.allow_review(True)
        if self._begun is not None:
            fill(examination, self.panel, self._begun)
            self.panel.impression.show_blind(examination.blind_impression, examination.blind_confidence)
            self._begun = None
        self._keeper.touch()
        self._show_offered()
        self._refresh()
        if not examination.revealed:
            self.panel.impression.take_focus()

    def _refresh(self, _picture: ExaminedPicture | None = None) -> None:
        """Show what is known by now."""
        examination = self.examination
        if examination is None:
            self.strip.show_items((), 0)
            self.tools.show_picture(None)
            self.answering.show(None, True)
            return
        picture = examination.picture
        self.strip.show_items([_strip_item(each) for each in examination.pictures], examination.at)
        self.panel.picture.show_picture(picture)
        self.panel.save_button.setEnabled(all(each.is_looked_through for each in examination.pictures))
        self.tools.show_picture(picture)
        if not examination.revealed:
            examination.asked_first = self._asks_first()
        self.answering.show(examination, self._asks_first())

    def _count(self) -> int:
        return 0 if self.examination is None else len(self.examination.pictures)

    def _asks_first(self) -> bool:
        return self._reviewing and self._workspace.settings.impression_first

    def _unreadable(self, name: str, error: Exception) -> None:
        if self.examination is None and not self.examiner.is_opening:
            self.viewer.show_failure(error)
        else:
            self.viewer.notice.show_error(error)

    def _repeated(self, name: str) -> None:
        words = self.tr("{name} is among the pictures already.")
        self.viewer.notice.show_information(words.format(name=name))

    def _first_answer(self) -> None:
        examination = self.examination
        if examination is not None:
            examination.reveal(self.panel.impression.value(), self.panel.impression.confidence())
            self.panel.impression.show_blind(examination.blind_impression, examination.blind_confidence)
            self.panel.bring_answer_into_view()
            self._keeper.touch()
            QTimer.singleShot(0, self, lambda: _log.info("an answer is in sight"))

    def _prediction_in_sight(self) -> "Prediction | None":
        examination = self.examination
        if examination is None or examination.answer is None or not self.answering.is_in_sight:
            return None
        combined = examination.combined()
        together = combined is not None and self.panel.network.of_all
        return combined.prediction if combined is not None and together else examination.answer.prediction

    def _evidence(self, picture: ExaminedPicture) -> Sequence[EvidenceLine]:
        if picture.contract is None:
            return ()
        patient, lesion = self._target or (None, None)
        born = None if patient is None else patient.details.birth_date
        return evidence_for(
            picture.card,
            picture.contract,
            SkinType.UNKNOWN if patient is None else patient.details.skin_type,
            None if born is None else age(born, date.today()),
            Site.UNKNOWN if lesion is None else lesion.details.site,
        )

    def _offered_facts(self) -> OfferedFacts:
        """What the first file that names somebody tells."""
        pictures = () if self.examination is None else self.examination.pictures
        named = (each.image.offered for each in pictures if each.image.offered != NOTHING_OFFERED)
        return next(named, NOTHING_OFFERED)

    def _show_offered(self) -> None:
        facts = self._offered_facts()
        target = None if self._target is None else self._target[0]
        self.offered.show_offer(facts, target)
        if facts.identifier and self._workspace.is_open:
            self._background.start(
                lambda: self._workspace.casework.log.patients(facts.identifier),
                partial(self._show_known, facts),
                lambda _error: None,
            )

    def _show_known(self, facts: OfferedFacts, found: tuple[Patient, ...]) -> None:
        if facts == self._offered_facts():
            wanted = facts.identifier.strip().casefold()
            known = next((each for each in found if each.details.identifier.casefold() == wanted), None)
            self.offered.show_offer(facts, None if self._target is None else self._target[0], known)

    def _saved(self, case: "SavedCase") -> None:
        examination = self.examination
        if examination is not None:
            examination.saved = True
            examination.kept = self.panel.review(examination)
            examination.kept_pictures = len(examination.pictures)
        self._keeper.drop()
        self._set_target((case.patient, case.lesion))
        words = self.tr("Saved as L{number} of {name}.")
        text = words.format(number=case.lesion.number, name=patient_name(case.patient))
        self.viewer.notice.show_done(text, self.tr("Show case"), lambda: self.case_wanted.emit(case.case_id))
        self.case_saved.emit(case.case_id)


def _prepare(begun: Begun, picture: ExaminedPicture) -> None:
    """Let a picture be as it was left."""
    picture.modality, picture.region = begun.modality, begun.region
    picture.measurement, picture.set_scale = begun.measurement, begun.scale


def _strip_item(picture: ExaminedPicture) -> StripItem:
    state = PictureState.WAITING
    if picture.answer is not None:
        abstained = picture.answer.prediction.abstention_reason is not None
        state = PictureState.ABSTAINED if abstained else PictureState.ANSWERED
    elif picture.trouble is not None:
        state = PictureState.ABSTAINED
    generated = picture.screen.generated
    return StripItem(picture.file.name, state, picture.modality, strip_image(picture.screen), "", generated)
