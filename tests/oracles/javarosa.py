"""JavaRosa, the engine of ODK Collect, as a child process: the jar that comes with pyxform, in its own Java machine.

One request is one form and its steps, one answer is every question's state (`tests.oracles.engines` speaks to it).
"""

import importlib.resources
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import jpype  # type: ignore[import-untyped]
import jpype.imports  # type: ignore[import-untyped]

Steps = list[tuple[str, str]]
_TEMPLATE = -2  # TreeReference.INDEX_TEMPLATE
_PART = re.compile(r"([^/\[\]]+)(?:\[(\d+)\])?")


def start() -> None:
    """The Java machine runs, in UTC, and knows ODK's functions."""
    jar = importlib.resources.files("pyxform") / "validators/odk_validate/bin/ODK_Validate.jar"
    jpype.startJVM("-Duser.timezone=UTC", "-Duser.language=en", "-Xss8m", classpath=[str(jar)])
    from org.javarosa.core.model import CoreModelModule  # type: ignore[import-not-found]  # a Java class
    from org.javarosa.core.services import PropertyManager, PrototypeManager  # type: ignore[import-not-found]
    from org.javarosa.model.xform import XFormsModule  # type: ignore[import-not-found]
    from org.opendatakit.validate import StubPropertyManager  # type: ignore[import-not-found]

    PrototypeManager.registerPrototypes(CoreModelModule.classNames)
    XFormsModule().registerModule()
    PropertyManager.setPropertyManager(StubPropertyManager())


def state_of(form_xml: str, steps: Steps) -> dict[str, dict[str, Any]]:
    """Every question's state after the steps; raises what JavaRosa raises."""
    return _Session(form_xml).run(steps)


class _Session:
    def __init__(self, form_xml: str) -> None:
        from java.io import ByteArrayInputStream  # type: ignore[import-not-found]
        from org.javarosa.core.model.instance import InstanceInitializationFactory  # type: ignore[import-not-found]
        from org.javarosa.form.api import FormEntryController, FormEntryModel  # type: ignore[import-not-found]
        from org.javarosa.xform.util import XFormUtils  # type: ignore[import-not-found]

        self._form = XFormUtils.getFormFromInputStream(ByteArrayInputStream(form_xml.encode("utf-8")))
        self._model = FormEntryModel(self._form)
        self._controller = FormEntryController(self._model)
        self._form.initialize(True, InstanceInitializationFactory())
        root = self._form.getMainInstance().getRoot()
        self._repeats = set(_repeats(root, f"/{root.getName()}"))

    def run(self, steps: Steps) -> dict[str, dict[str, Any]]:
        self._walk()
        for path, text in steps:
            self._step(path, text)
        self._walk()
        choices = self._walk()
        root = self._form.getMainInstance().getRoot()
        return dict(self._states(root, f"/{root.getName()}", choices))

    def _walk(self, *, new_repeat: str = "") -> dict[str, list[str]]:
        """Goes through the form as a person would; the choices that each question offers.

        With `new_repeat`, adds one instance of that repeat at its first prompt and stops there.
        """
        controller, model, choices = self._controller, self._model, {}
        controller.jumpToIndex(self._first())
        while (event := controller.stepToNextEvent()) != controller.EVENT_END_OF_FORM:
            index = model.getFormIndex()
            if event == controller.EVENT_PROMPT_NEW_REPEAT and new_repeat:
                if self._path(index.getReference()).rpartition("[")[0] == new_repeat:
                    controller.newRepeat()
                    return {new_repeat: []}
            elif event == controller.EVENT_QUESTION:
                offered = model.getQuestionPrompt().getSelectChoices()
                if offered is not None:
                    choices[self._path(index.getReference())] = [str(choice.getValue()) for choice in offered]
        return {} if new_repeat else choices

    def _first(self) -> Any:
        from org.javarosa.core.model import FormIndex

        return FormIndex.createBeginningOfFormIndex()

    def _path(self, reference: Any) -> str:
        """The reference with positions at repeats only, as in every answer of this process."""
        path, plain = "", ""
        for level in range(reference.size()):
            name, number = str(reference.getName(level)), int(reference.getMultiplicity(level))
            plain += f"/{name}"
            path += f"/{name}[{number + 1}]" if plain in self._repeats else f"/{name}"
        return path

    def _element(self, path: str) -> Any:
        """The node at the path; None when an instance on the way is missing."""
        element = self._form.getMainInstance().getBase()
        for name, position in _PART.findall(path):
            element = element.getChild(name, int(position or 1) - 1)
            if element is None:
                return None
        return element

    def _count(self, path: str) -> int:
        above, _, name = path.rpartition("/")
        return int(self._element(above).getChildMultiplicity(name))

    def _step(self, path: str, text: str) -> None:
        parts = _PART.findall(path)
        for level, (name, position) in enumerate(parts, start=1):
            if position:
                above = "".join(f"/{part}[{number}]" if number else f"/{part}" for part, number in parts[: level - 1])
                self._grow(f"{above}/{name}", int(position))
        element = self._element(path)
        if element is None:
            raise LookupError(f"no node {path}")
        if element.isRepeatable() and not parts[-1][1]:
            self._grow(path, int(text))
            while self._count(path) > int(text):
                self._remove(f"{path}[{self._count(path)}]")
        else:
            self._form.setValue(self._data(element, text), element.getRef(), element, True)

    def _grow(self, path: str, wanted: int) -> None:
        while self._count(path) < wanted:
            self._walk()
            if self._count(path) < wanted and not self._walk(new_repeat=path):
                raise LookupError(f"no new instance of {path} is offered")

    def _remove(self, path: str) -> None:
        controller = self._controller
        controller.jumpToIndex(self._first())
        while (event := controller.stepToNextEvent()) != controller.EVENT_END_OF_FORM:
            index = self._model.getFormIndex()
            if event == controller.EVENT_REPEAT and self._path(index.getReference()) == path:
                controller.deleteRepeat()
                return
        raise LookupError(f"no instance {path}")

    def _data(self, element: Any, text: str) -> Any:
        from org.javarosa.core.model import FormDef
        from org.javarosa.xform.util import XFormAnswerDataParser

        if not text:
            return None
        question = FormDef.findQuestionByRef(element.getRef(), self._form)
        return XFormAnswerDataParser.getAnswerData(text, element.getDataType(), question)

    def _states(self, element: Any, path: str, choices: dict[str, list[str]]) -> Iterator[tuple[str, dict[str, Any]]]:
        if element.getNumChildren() == 0:
            if not element.isRepeatable():
                yield path, self._state(element, choices.get(path))
            return
        for place in range(element.getNumChildren()):
            child = element.getChildAt(place)
            number = int(child.getMultiplicity())
            if number != _TEMPLATE:
                below = f"{path}/{child.getName()}" + (f"[{number + 1}]" if child.isRepeatable() else "")
                yield from self._states(child, below, choices)

    def _state(self, element: Any, choices: list[str] | None) -> dict[str, Any]:
        value, relevant = element.getValue(), bool(element.isRelevant())
        return {
            "value": _text(value) if relevant and value is not None else "",
            "relevant": relevant,
            "required": bool(element.isRequired()),
            "valid": bool(self._form.evaluateConstraint(element.getRef(), value))
            if relevant and value is not None
            else None,
            "choices": choices,
        }


def _repeats(element: Any, path: str) -> Iterator[str]:
    for place in range(element.getNumChildren()):
        child = element.getChildAt(place)
        below = f"{path}/{child.getName()}"
        if child.isRepeatable():
            yield below
        yield from _repeats(child, below)


def _text(value: Any) -> str:
    from org.javarosa.core.model.data import BooleanData  # type: ignore[import-not-found]
    from org.javarosa.xform.util import XFormAnswerDataSerializer

    if isinstance(value, BooleanData):
        return "true" if value.getValue() else "false"
    return str(XFormAnswerDataSerializer().serializeAnswerData(value))


def main() -> None:
    """Answers line by line until the input ends."""
    start()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, Any]
        try:
            answer = {"state": state_of(request["form"], [(path, text) for path, text in request["steps"]])}
        except Exception as error:  # whatever goes wrong is the answer, the process lives on
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
