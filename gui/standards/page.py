"""The screen of the standards: a list to search, the chosen standard, and what a laboratory does with its own."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.page import Page
from gui.standards.dialogs import AskDialog, Asked
from gui.standards.listing import Listed, matches, read_all
from gui.standards.rows import TableRow, list_rows
from gui.standards.table import RowsTable
from gui.standards.view import StandardView
from gui.widgets.search_box import SearchBox
from testbench.criteria.flaws import Flaw
from testbench.criteria.own_standards import confirm, copy_standard, lock, new_version
from testbench.criteria.requirement import Requirement
from testbench.criteria.standard import Standard
from testbench.engine.clock import wall_now
from testbench.engine.standard_check import check_standard
from testbench.errors import InputError
from testbench.office.standard_words import LimitRow
from testbench.typed_number import plain_number

FIRST = "hj76-2017"


class StandardsPage(Page):
    """Standards. `arrive` takes `standard`, the name of the one to show."""

    name: ClassVar[str] = "standards"
    icon: ClassVar[str] = "standards"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._wanted = desk.preferences.get("standards.shown", FIRST)
        self.search = SearchBox()
        self.list = RowsTable(desk, (170, 84, 90), shaped=1, admits=_admits, wraps=False)
        self.view = StandardView(desk)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._build()
        self._wire()
        desk.preferences.restore_layout("standards.splitter", self.splitter)
        self.retranslate()
        self.restyle()

    def title(self) -> str:
        """What the screen is called."""
        return self.tr("Standards")

    def _build(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.view)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 5)
        self.splitter.setSizes([370, 790])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.addWidget(self.splitter)
        self.view.hide()

    def _wire(self) -> None:
        self.search.searched.connect(self._search)
        self.list.chosen.connect(self._choose)
        view = self.view
        view.copy.clicked.connect(self.ask_to_copy)
        view.check.clicked.connect(self.check)
        view.confirm.clicked.connect(self.ask_to_confirm)
        view.lock.clicked.connect(self.ask_to_lock)
        view.renew.clicked.connect(self.renew)
        view.open.clicked.connect(self.open_file)
        view.figure_chosen.connect(view.enable_confirming)
        self._find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        self._find.activated.connect(self._focus_search)

    def retranslate(self) -> None:
        """Set all texts."""
        self.search.setPlaceholderText(self.tr("Search standards, characteristics, measurands"))
        self.search.setAccessibleName(self.tr("Search"))
        self._find.setWhatsThis(self.tr("Search"))
        self.list.set_headings(self.tr("Standard"), self.tr("State"), self.tr("Provisional"))
        self.list.setAccessibleName(self.tr("Standards"))
        self.view.retranslate()

    def arrive(self, **target: Any) -> None:
        """Read the standards again; show the one that is asked for."""
        self.reload(str(target["standard"]) if "standard" in target else None)

    def leave(self) -> None:
        """Remember the layout."""
        self.desk.preferences.save_layout("standards.splitter", self.splitter)

    # ---- the list -----------------------------------------------------------------------------------------------------

    def reload(self, wanted: str | None = None) -> None:
        """Read all standards again, and show one."""
        self._wanted = wanted or self._wanted
        self.desk.tasks.start(
            lambda progress: read_all(), owner=self, done=self._loaded, title=self.tr("Reading the standards")
        )

    def _loaded(self, listed: tuple[Listed, ...]) -> None:
        wanted = self._wanted
        self.list.rows.show_rows(list_rows(listed))
        if not self.list.choose(lambda item: isinstance(item, Listed) and item.name == wanted):
            self.list.choose(lambda item: True)

    def _search(self, query: str) -> None:
        self.list.proxy.search(query)
        if self.list.item is None:
            self.list.choose(lambda item: True)

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _choose(self, item: object) -> None:
        if isinstance(item, Listed):
            self._wanted = item.name
            self.desk.preferences.set("standards.shown", item.name)
            self.view.show_listed(item)
            self.view.show()

    @property
    def _shown(self) -> str:
        return "" if self.view.listed is None else self.view.listed.name

    # ---- what is done -------------------------------------------------------------------------------------------------

    def ask_to_copy(self) -> None:
        """Copy the standard, under a name that is asked for."""
        name = self._shown
        self._ask(
            self.tr("Copy a standard"),
            self.tr("Copy {name}").format(name=name),
            self.tr("The copy is the laboratory's own: its limits can be changed, confirmed and locked."),
            (Asked(self.tr("Name of the copy"), f"{name.partition('@')[0]}-own", self.tr("small letters, digits, - _ .")),),
            self.tr("Copy"),
            lambda texts: self._do(lambda: copy_standard(name, texts[0]), lambda path: self._made(path.stem)),
        )

    def check(self) -> None:
        """Look for everything that is wrong in the file."""
        name = self._shown

        def show(flaws: tuple[Flaw, ...]) -> None:
            if name == self._shown:
                self.view.show_flaws(flaws)

        self.desk.tasks.start(
            lambda progress: check_standard(name), owner=self, done=show, title=self.tr("Checking the standard")
        )

    def ask_to_confirm(self) -> None:
        """Enter who has read the selected limit in the standard's own text, and where."""
        row, name = self.view.figure, self._shown
        if row is None:
            return
        what = self.tr("{characteristic}: {limit}").format(
            characteristic=self.desk.say(row.title), limit=self.desk.say(row.limit)
        )
        self._ask(
            self.tr("Confirm a figure"),
            what,
            self.tr("The figure is provisional no longer. Who has read it, when and where stays in the file."),
            (
                Asked(self.tr("Read by"), self.desk.person),
                Asked(self.tr("Edition and page"), "", self.tr("HJ 76-2017, page 12")),
                Asked(self.tr("Limit, if another one stands there"), "", "2.5", optional=True),
            ),
            self.tr("Confirm"),
            lambda texts: self._confirm(name, row, texts),
        )

    def _confirm(self, name: str, row: LimitRow, texts: tuple[str, ...]) -> None:
        by, edition, written = texts

        def work() -> tuple[Requirement, Requirement]:
            return confirm(name, row.figure, by=by, edition=edition, at=wall_now(), limit=_limit(written))

        self._do(work, lambda _: self._changed(self.tr("The figure is confirmed")))

    def ask_to_lock(self) -> None:
        """Lock the file, by a person who is asked for."""
        name = self._shown
        self._ask(
            self.tr("Lock a standard"),
            self.tr("Lock {name}").format(name=name),
            self.tr("From then on a change to the file is refused wherever it is used. A change needs a new version."),
            (Asked(self.tr("Locked by"), self.desk.person),),
            self.tr("Lock"),
            lambda texts: self._do(lambda: lock(name, by=texts[0], at=wall_now()), self._locked),
        )

    def _locked(self, standard: Standard) -> None:
        self._changed(self.tr("Version {version} is locked").format(version=standard.version))

    def renew(self) -> None:
        """Make a version of a locked standard that can be changed."""
        name = self._shown
        words = self.tr("It is version {version} now and can be changed")
        self._do(lambda: new_version(name), lambda made: self._changed(words.format(version=made.version)))

    def open_file(self) -> None:
        """Open the file of an own standard in the program that the system has for it."""
        listed = self.view.listed
        if listed is not None and listed.file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(listed.file)))

    def _made(self, name: str) -> None:
        self.search.clear()
        self.list.proxy.search("")
        self.desk.inform(self.tr("{name} is the laboratory's own now").format(name=name))
        self.reload(name)

    def _changed(self, words: str) -> None:
        self.desk.inform(words)
        self.reload()

    def _do(self, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        self.desk.tasks.start(
            lambda progress: work(),
            owner=self,
            done=done,
            failed=lambda error: self.desk.fail(error, self.tr("The standard was not changed")),
            title=self.tr("Changing the standard"),
        )

    def _ask(
        self,
        title: str,
        what: str,
        consequence: str,
        lines: tuple[Asked, ...],
        confirm: str,
        act: Callable[[tuple[str, ...]], object],
    ) -> None:
        dialog = AskDialog(title, what, consequence, lines, confirm, self)
        dialog.accepted.connect(lambda: act(dialog.texts))
        dialog.open()


def _admits(row: TableRow, query: str) -> bool:
    return isinstance(row.item, Listed) and matches(row.item, query)


def _limit(written: str) -> Decimal | None:
    """The limit that was typed; InputError for what is no number from 0 on."""
    if not written:
        return None
    plain = plain_number(written)
    if plain is None or not Decimal(plain).is_finite() or Decimal(plain) < 0:
        raise InputError(f"the limit {written} is no number from 0 on; write it as 2.5")
    return Decimal(plain)
