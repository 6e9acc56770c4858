"""The catalogue: every built-in metric by slug. A plain dictionary; a new metric is one entry in one of the files beside."""

from __future__ import annotations

from paceline.metrics.catalog.companions import COMPANIONS
from paceline.metrics.catalog.hygiene import HYGIENE
from paceline.metrics.catalog.leads import LEADS
from paceline.metrics.catalog.quality import QUALITY
from paceline.metrics.catalog.quantity import QUANTITY
from paceline.metrics.catalog.results import RESULTS
from paceline.metrics.catalog.tempo import TEMPO
from paceline.metrics.vocabulary import Metric

CATALOG: dict[str, Metric] = {
    metric.slug: metric for metric in (*RESULTS, *LEADS, *QUALITY, *QUANTITY, *TEMPO, *COMPANIONS, *HYGIENE)
}
