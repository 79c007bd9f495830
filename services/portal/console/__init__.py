"""The console: what people open in a browser, in Chinese or in English.

How to make a room of it (`services/portal/console/<room>.py`):

- A function from a `Frame` to routes: ``return [frame.get("/things", listing), frame.post("/things/{id}", save)]``, called in
  `services.portal.pipeline`. Handlers take a `Visit`; their docstring is what the API's description says of them.
- ``visit.actor`` is who is signed in (nobody: the visitor is sent to ``/sign-in`` and comes back), ``visit.form`` and
  ``visit.field("name")`` what a POST brought. A POST is checked to be of a form of ours before the handler is asked.
- Answers: ``visit.page("things.html", things=…)`` a whole page, ``visit.part("parts/things.html", …)`` a piece for htmx
  (``visit.is_live`` tells), ``visit.go("/things", Text("已保存。", "Saved."))`` sends on and says it there.
- Every `RefusalError` that a handler does not catch becomes a page (or a piece) with its words and status. A form catches
  `InvalidError` itself and is shown again, with ``faults=`` (`services.portal.console.faults`) and ``given=visit.form``: nothing
  that was written is ever lost.

Templates lie in `services/portal/pages`, extend ``frame.html`` (blocks ``title`` and ``main``) and import
``parts/forms.html`` and ``parts/shown.html`` *with context*, ``parts/icons.html``. They are written in Chinese inside
``_("…")``; English goes into ``locale/en/<room>.po`` (``python -m tools.translations`` adds what is missing, a test finds it). No
inline script or style: the policy forbids both. Addresses begin with ``{{ root }}``: a proxy may put a path before them.

Classes (`pages/assets/*.css`): ``sheet`` a card with a ``header``, ``stack`` things below each other, ``split`` with an ``aside``
at its side, ``heading`` over a page, ``narrow`` for a form alone; ``buttons`` of ``button``, ``second``, ``danger``, ``link``, ``small``,
``wide``; ``notice`` good, warn, bad; ``badge``; ``chips`` of ``chip``, ``not``, ``add``; ``table.cards`` whose cells carry
``data-label`` and become cards on a phone; ``publications``, ``figures``, ``tiles``, ``tabs``, ``steps``, ``pairs``, ``empty``.
"""
