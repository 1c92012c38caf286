"""The recorded result of a pass over the whole site: what the test-result page may truthfully say."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from generator.content.library import Contribution
from generator.content.model import Record
from generator.errors import Problem
from generator.settings import Settings
from generator.site.audit.site import RULES, AuditResult
from generator.storage.files import write_file

RECORD_NAME = "accessibility-check.yml"


class AuditRecord(Record):
    """全ページの機械検査の記録, written by ``koho check --site --record``."""

    checked: date = Field(description="検査した日")
    pages: int = Field(ge=1, description="検査したページの数")
    findings: dict[str, int] = Field(default_factory=dict, description="規則ごとの、直すところの数")

    @property
    def total(self) -> int:
        """How many places were to be mended."""
        return sum(self.findings.values())


def record_audit(result: AuditResult, settings: Settings, on: date) -> Path:
    """Write the record beside the words, where it is kept with them."""
    counted = Counter(finding.rule for finding in result.findings)
    record = {"checked": on.isoformat(), "pages": result.pages}
    record |= {"findings": {rule: counted[rule] for rule in RULES if counted[rule]}}
    head = "# koho check --site --record が書きます。手で直さないでください。\n"
    path = settings.content / RECORD_NAME
    write_file(path, (head + yaml.safe_dump(record, allow_unicode=True, sort_keys=False)).encode())
    return path


class AuditRecordSource:
    """``koho.sources: audit``: the record, when there is one."""

    name = "audit"

    def fingerprint(self, settings: Settings) -> str:
        """Change with the record's file."""
        path = settings.content / RECORD_NAME
        return f"{path.stat().st_mtime_ns}" if path.exists() else ""

    def load(self, settings: Settings, on: date) -> Contribution:
        """Read the record; a site that was never checked has none. ``on`` decides nothing here."""
        path = settings.content / RECORD_NAME
        if not path.exists():
            return Contribution()
        try:
            return Contribution([AuditRecord(**yaml.safe_load(path.read_text(encoding="utf-8")))])
        except (ValidationError, yaml.YAMLError, TypeError):
            mend = "消してから koho check --site --record をもう一度実行してください"
            return Contribution(
                problems=[Problem(f"content/{RECORD_NAME}", 0, "", "", "検査の記録が読めません", mend)]
            )


audit_record_source = AuditRecordSource()
