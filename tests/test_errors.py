"""The exception tree: it is drawn as it is, each class speaks for itself, and each has one shape."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

from allegata import errors
from allegata.errors import AllegataError


def tree(kind: type[AllegataError] = AllegataError) -> list[type[AllegataError]]:
    """Return a class and all below it."""
    return [kind, *(below for child in kind.__subclasses__() for below in tree(child))]


def test_the_drawing_names_every_class_and_no_other() -> None:
    drawn = {word for line in (errors.__doc__ or "").splitlines() for word in line.replace("└──", "├──").split("├──")[1:2]}
    assert {name.split()[0] for name in drawn} | {"AllegataError"} == {kind.__name__ for kind in tree()}


def test_each_class_has_a_sentence() -> None:
    assert len(tree()) > 20
    assert all((kind.__doc__ or "").strip().endswith(".") for kind in tree())


def test_each_request_error_has_its_own_problem_type() -> None:
    kinds = tree(errors.RequestError)[1:]
    assert len({kind.slug for kind in kinds}) == len(kinds)
    assert all(400 <= kind.status <= 504 for kind in kinds)


def test_a_problem_has_the_members_of_rfc_9457_and_its_extensions() -> None:
    problem = errors.LimitExceeded("too deep", remedy="Nest less.", limit="query_nesting", allowed=64, near=None).problem()
    assert problem["type"] == "https://w3id.org/allegata/problem/limit-exceeded"
    assert (problem["status"], problem["detail"], problem["remedy"]) == (400, "too deep", "Nest less.")
    assert (problem["limit"], problem["allowed"]) == ("query_nesting", 64)
    assert "near" not in problem
    json.dumps(problem)


def test_an_error_passes_from_one_process_to_another() -> None:
    made = [errors.CorpusSyntaxError(Path("a.ttl"), 7, "no dot"), errors.Busy("Later.", remedy="Wait.", retryAfter=2)]
    for error in made:
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.members) == (type(error), str(error), error.members)
