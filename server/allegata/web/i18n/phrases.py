"""Says in the language of the page what is put together from data and words: who speaks, how much, when, how a vote was cast."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape
from pyoxigraph import NamedNode

from allegata.domain import Assertion, Value
from allegata.domain.comparisons import Estimate, figure
from allegata.model.namespaces import expand, slug
from allegata.web.i18n.gettext import SOURCE, gettext, language, ngettext, pgettext
from allegata.web.i18n.names import marked_name, name_of
from allegata.web.state import state

_DURATION: Final = re.compile(r"P(\d+)([YMD])")


def assertion_text(assertion: Assertion) -> str | Markup:
    """Return how an assertion puts its claim, and who puts it."""
    return (
        assertion.said
        if language() == SOURCE
        else _attributed(assertion, Markup(", ").join(map(marked_name, assertion.asserters)))
    )


def assertion_plain_text(assertion: Assertion) -> str:
    """Return the same without marks of language, for pictures."""
    return assertion.said if language() == SOURCE else str(_attributed(assertion, ", ".join(map(name_of, assertion.asserters))))


def _attributed(assertion: Assertion, speakers: str) -> str:
    return attribution(assertion.polarity, speakers) if assertion.polarity.iri else assertion.said


def attribution(polarity: Value, speakers: str) -> str:
    """Return by whom something is affirmed, denied, doubted or left open; speakers that are marked up stay so."""
    pattern = {
        "affirms": gettext("affirmed by %(speakers)s"),
        "denies": gettext("denied by %(speakers)s"),
        "doubts": gettext("doubted by %(speakers)s"),
        "leavesOpen": gettext("left open by %(speakers)s"),
    }.get(slug(polarity.iri), gettext("%(polarity)s by %(speakers)s"))
    filled = escape(pattern) if isinstance(speakers, Markup) else pattern
    return filled % {"speakers": speakers, "polarity": name_of(polarity)}


def turned_heading(assertion: Assertion) -> Markup:
    """Return the heading of the page of an assertion that does not affirm, which names who denies, doubts or leaves open what."""
    speakers = Markup(", ").join(map(marked_name, assertion.asserters))
    number = 2 if any(_is_group(speaker) for speaker in assertion.asserters) else len(assertion.asserters)
    patterns = {
        "denies": ngettext("%(speakers)s denies: “%(claim)s”", "%(speakers)s deny: “%(claim)s”", number),
        "doubts": ngettext("%(speakers)s doubts: “%(claim)s”", "%(speakers)s doubt: “%(claim)s”", number),
        "leavesOpen": ngettext("%(speakers)s leaves open: “%(claim)s”", "%(speakers)s leave open: “%(claim)s”", number),
    }
    return escape(patterns[slug(assertion.polarity.iri)]) % {"speakers": speakers, "claim": marked_name(assertion.claim)}


def _is_group(speaker: Value) -> bool:
    """Return whether a speaker is a group of people, of whom English speaks in the plural."""
    return expand("alg:PopulationGroup") in state().descriptions.classes(NamedNode(speaker.iri))


def side(word: str) -> str:
    """Return the heading of a side of a claim: the polarity's name in its scheme."""
    return concept_name("polarity", word).capitalize()


def choice(word: str) -> str:
    """Return the word for a position in a vote, which is the choice's name in its scheme."""
    return concept_name("choice", word)


def concept_name(scheme: str, name: str) -> str:
    """Name a concept of a scheme in the language of the page; one that no scheme has, by the last part of its IRI."""
    iri = state().descriptions.iri_at(f"scheme/{scheme}/{name}")
    return name_of(Value(state().descriptions.label_of(iri), iri)) if state().descriptions.has(iri) else name


def quantity(estimate: Estimate) -> str:
    """Write the number of an estimate with its unit."""
    if language() == SOURCE:
        return f"{estimate.number} {estimate.unit}"
    return _interval(estimate, gettext("%(number)s %(unit)s") % {"number": _last(estimate), "unit": unit(estimate.unit)})


def number(estimate: Estimate) -> str:
    """Write the number of an estimate."""
    return estimate.number if language() == SOURCE else _interval(estimate, _last(estimate))


def _last(estimate: Estimate) -> str:
    """Write the number that stands last; an interval without an end has one alone."""
    return figure(estimate.low if estimate.open_end else estimate.high)


def _interval(estimate: Estimate, last: str) -> str:
    """Put the numbers of an estimate together, the last as it is given, with its unit or without."""
    text = last
    if estimate.open_end:
        text = gettext("%(low)s or more") % {"low": last}
    elif estimate.low != estimate.high:
        text = gettext("%(low)s to %(high)s") % {"low": figure(estimate.low), "high": last}
    return gettext("about %(number)s") % {"number": text} if estimate.approximate else text


def unit(name: str) -> str:
    """Name the unit of a number."""
    if language() == SOURCE:
        return name
    units = {
        "persons": pgettext("unit", "persons"),
        "pages": pgettext("unit", "pages"),
        "recommendations": pgettext("unit", "recommendations"),
        "years": pgettext("unit", "years"),
        "days": pgettext("unit", "days"),
    }
    return units.get(name, name)


def time(estimate: Estimate) -> str:
    """Return what time an estimate is about."""
    if language() == SOURCE:
        return estimate.time
    start, end = estimate.start, estimate.end
    if start and end:
        return start if start == end else gettext("%(start)s to %(end)s") % {"start": start, "end": end}
    if start or end:
        return gettext("from %(date)s") % {"date": start} if start else gettext("as of %(date)s") % {"date": end}
    return gettext("no date given")


def duration(text: str) -> str:
    """Return a distance in time of one unit (XML Schema, duration); any other as the data has it."""
    found = _DURATION.fullmatch(text)
    if not found:
        return text
    count = int(found[1])
    return {
        "Y": ngettext("%(count)s year", "%(count)s years", count),
        "M": ngettext("%(count)s month", "%(count)s months", count),
        "D": ngettext("%(count)s day", "%(count)s days", count),
    }[found[2]] % {"count": count}


def scheme_name(slug: str) -> str:
    """Name a scheme; English pages do by the last part of its IRI."""
    iri = state().descriptions.iri_at(f"scheme/{slug}")
    return slug if language() == SOURCE else name_of(Value(state().descriptions.label_of(iri), iri))
