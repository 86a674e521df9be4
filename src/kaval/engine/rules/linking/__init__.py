"""Which reports are about one subject, and why: linked by strong identifiers of the reported party, nothing
else."""

from kaval.engine.rules.linking.group import Link, group, links, subject_key
from kaval.engine.rules.linking.keys import candidate_keys, identifier_key, strong_keys

__all__ = ["Link", "candidate_keys", "group", "identifier_key", "links", "strong_keys", "subject_key"]
