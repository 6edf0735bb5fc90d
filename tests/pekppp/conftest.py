"""Surveys that were answered and published, as for publications."""

from tests.publication.conftest import answered as answered
from tests.publication.conftest import issued as issued
