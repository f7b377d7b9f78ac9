"""The Matrix connector passes what every connector must; what is special to it is in the folder beside."""

from typing import ClassVar

from connectors.kit.testing import Conformance
from connectors.matrix.client import Matrix


class TestMatrix(Conformance):
    connector = Matrix
    options: ClassVar = {"server": "https://matrix.example.org", "token": "syt_secret_of_the_test"}
    tape = "matrix.json"
    acts: ClassVar = {"reply": {"text": "Coming"}}
