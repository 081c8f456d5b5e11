"""Offers what was lost, does what the person decides, and asks about each evaluation once a session."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.desk import Desk
from gui.recovery.lost import Key, Lost, Measured, close_it, go_on, lost, measured
from gui.recovery.offer import LostCard, OfferDialog
from gui.watched import Standing


class Recovery(QObject):
    """Watches for evaluations that were lost or interrupted; those that another person goes on with are taken back."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._decided: set[Key] = set()
        self.dialog = OfferDialog(desk, window)
        self.dialog.rejected.connect(self._all_later)
        desk.lookout.changed.connect(self._look)
        desk.language_changed.connect(self.dialog.retranslate)

    @property
    def offered(self) -> tuple[Lost, ...]:
        """What is offered now."""
        return tuple(card.one for card in self.dialog.cards)

    def _look(self, standings: tuple[Standing, ...]) -> None:
        waiting = {one.key: one for one in lost(standings, self._decided)}
        for card in list(self.dialog.cards):
            if card.one.key not in waiting:
                self.dialog.remove(card)
        known = {card.one.key for card in self.dialog.cards}
        new = [one for key, one in waiting.items() if key not in known]
        for one in new:
            self._offer(one)
        if new and not self.dialog.isVisible():
            self.dialog.show()
            self.dialog.raise_()

    def _offer(self, one: Lost) -> None:
        card = LostCard(self._desk, one)
        card.resume.connect(lambda: self._resume(card))
        card.close_it.connect(lambda reason: self._close(card, reason))
        card.inspect.connect(lambda: self._inspect(card))
        card.later.connect(lambda: self._decide(card))
        self.dialog.add(card)

        def done(found: Measured) -> None:
            card.show_measured(found)

        self._desk.tasks.start(lambda _: measured(one.record, one.evaluation), owner=card, done=done)

    def _decide(self, card: LostCard) -> None:
        self._decided.add(card.one.key)
        self.dialog.remove(card)

    def _all_later(self) -> None:
        for card in list(self.dialog.cards):
            self._decide(card)

    def _inspect(self, card: LostCard) -> None:
        one = card.one
        self._decide(card)
        self._desk.go("run" if one.process_lost else "results", record=one.record, evaluation=one.evaluation)

    def _resume(self, card: LostCard) -> None:
        one = card.one
        card.set_busy(True)
        self._desk.tasks.start(
            lambda _: go_on(one),
            owner=self,
            done=lambda _: self._goes_on(card, one),
            failed=lambda error: self._not_done(card, one, error, self.tr("Going on with {evaluation}")),
            title=self.tr("Going on with {evaluation}").format(evaluation=one.evaluation),
        )

    def _goes_on(self, card: LostCard, one: Lost) -> None:
        self._decided.discard(one.key)  # lost again, it is offered again
        self.dialog.remove(card)
        self._desk.know(one.record)
        self._desk.go("run", record=one.record, evaluation=one.evaluation)

    def _close(self, card: LostCard, reason: str) -> None:
        one, person = card.one, self._desk.person
        card.set_busy(True)
        self._desk.tasks.start(
            lambda _: close_it(one, reason, person),
            owner=self,
            done=lambda _: self._closed(card, one),
            failed=lambda error: self._not_done(card, one, error, self.tr("Closing {evaluation}")),
            title=self.tr("Closing {evaluation}").format(evaluation=one.evaluation),
        )

    def _closed(self, card: LostCard, one: Lost) -> None:
        self._decide(card)
        self._desk.lookout.look_now()
        self._desk.inform(self.tr("{evaluation} is closed; its report can be written.").format(evaluation=one.evaluation))

    def _not_done(self, card: LostCard, one: Lost, error: Exception, doing: str) -> None:
        if card in self.dialog.cards:
            card.set_busy(False)
        self._desk.fail(error, doing.format(evaluation=one.evaluation))
