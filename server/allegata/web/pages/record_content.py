"""Gathers what pages of actors, instruments and provisions show: how states stand to treaties and voted, who acts for whom."""

from __future__ import annotations

from collections import defaultdict

from pyoxigraph import NamedNode

from allegata.domain import Value, Vote
from allegata.domain.dataset import Dataset
from allegata.domain.standings import Standing, standings
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.pages.lists import SHOWN, Content, claims, first_of, kind_of, values


def actor(dataset: Dataset, iri: str) -> Content:
    """Return what an actor says, who acts for whom, and of a state how it stands to treaties and how it voted, by year."""
    node = NamedNode(iri)
    name = {"name": name_of(dataset.descriptions.value(node))}
    asserted = dataset.attributions.by("alg:assertedBy", iri)
    return {
        **first_of(asserted, {"asserter": iri.removeprefix(dataset.base)}),
        "relayed": dataset.attributions.by("alg:relayedBy", iri)[:SHOWN],
        "named": {
            gettext("Claims that name %(name)s as duty bearer") % name: claims(dataset, "alg:dutyBearer", node),
            gettext("Claims that describe %(name)s as affected") % name: claims(dataset, "alg:affects", node),
            gettext("Recommendations addressed to %(name)s") % name: claims(dataset, "alg:addressee", node),
            gettext("Claims about %(name)s") % name: claims(dataset, "alg:about", node),
        },
        "connections": _connections(dataset, node),
        "standings": _by_word(standings(dataset.record, "alg:state", iri)),
        "commitments": dataset.record.commitments("alg:state", iri),
        "voted": _by_year(dataset, node),
    }


def _connections(dataset: Dataset, node: NamedNode) -> list[tuple[str, tuple[Value, ...]]]:
    """Return who acts for whom and who is a part of whom, in both directions, each with its heading."""
    read = dataset.descriptions

    def back(curie: str) -> tuple[Value, ...]:
        return tuple(sorted((read.value(item) for item in read.subjects(curie, node)), key=lambda value: value.text))

    found = [
        (gettext("Acts for"), read.values(node, "prov:actedOnBehalfOf")),
        (gettext("Government or body that acts for the state"), back("prov:actedOnBehalfOf")),
        (gettext("Part of"), read.values(node, "org:subOrganizationOf")),
        (gettext("Parts"), back("org:subOrganizationOf")),
    ]
    return [(heading, things) for heading, things in found if things]


def _by_word(found: tuple[Standing, ...]) -> dict[str, list[Standing]]:
    parts: dict[str, list[Standing]] = {"party": [], "left": [], "signed": [], "none": []}
    for item in found:
        parts[item.word].append(item)
    return parts


def _by_year(dataset: Dataset, node: NamedNode) -> list[tuple[str, list[tuple[Vote, str]]]]:
    """Return the votes of a state with its positions, newest year first."""
    years: dict[str, list[tuple[Vote, str]]] = defaultdict(list)
    for vote, choice in dataset.record.choices(node.value).items():
        described = dataset.record.vote(vote, positions=False)
        years[described.date[:4]].append((described, choice.text))
    return [(year, sorted(items, key=lambda item: item[0].date)) for year, items in sorted(years.items(), reverse=True)]


def instrument(dataset: Dataset, iri: str) -> Content:
    """Return how states stand to an instrument, the votes on it, and its provisions."""
    return {
        "standings": standings(dataset.record, "alg:instrument", iri),
        "provisions": values(dataset, "alg:provisionOf", iri),
        "commitments": dataset.record.commitments("alg:instrument", iri),
        "votes": dataset.record.votes(iri),
        "named": {gettext("Claims about it"): claims(dataset, "alg:about", NamedNode(iri))},
    }


def provision(dataset: Dataset, iri: str) -> Content:
    """Return the claims on rights that a provision protects, the acts that speak of it, and those towards its instrument."""
    read, node = dataset.descriptions, NamedNode(iri)
    rights = read.nodes(node, "alg:protects")
    return {
        "named": {
            gettext("Claims that concern “%(right)s”") % {"right": name_of(read.value(right))}: claims(
                dataset, "alg:concernsRight", right
            )
            for right in rights
        },
        "spoken_of": [item for item in dataset.record.commitments() if iri in {about.iri for about in item.provisions}],
        "parts": [item for item in values(dataset, "dct:isPartOf", iri) if kind_of(dataset, item.iri) == "provision"],
        "commitments": [
            item
            for instrument in read.nodes(node, "alg:provisionOf")
            for item in dataset.record.commitments("alg:instrument", instrument.value)
        ],
    }
