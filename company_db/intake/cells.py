"""Cells that hold several things: code words, and one line a machine, process, certification or product."""

from __future__ import annotations

from collections.abc import Mapping

from company_db.classification import codes
from company_db.classification.codes import CodeEntry
from company_db.intake import cleaning
from company_db.model import CapabilityRecord, CertificationRecord, EquipmentRecord, ProductRecord


def read_codes(entries: Mapping[str, CodeEntry], text: str) -> tuple[str, ...]:
    """Read code words, separated by 、 or line breaks."""
    whole = codes.find_code(entries, text)  # 「鉱業、採石業、砂利採取業」 is one name
    return (whole,) if whole else tuple(cleaning.code(entries, part) for part in cleaning.parts(text))


def write_codes(entries: Mapping[str, CodeEntry], value: tuple[str, ...]) -> str:
    """Write code words, one a line."""
    return "\n".join(entries[code].ja for code in value)


def _bars(line: str, most: int) -> list[str]:
    found = [part.strip() for part in line.replace("|", "｜").split("｜")]
    if len(found) > most:
        raise ValueError(f"「{line}」: ｜で区切るのは{most}項目までです")
    return found + [""] * (most - len(found))


def lines(text: str) -> list[str]:
    """Return the filled lines of a cell."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _write_bars(*values: object) -> str:
    return "｜".join("" if value is None else str(value) for value in values).rstrip("｜")


def read_capability(line: str) -> CapabilityRecord:
    """Read 方法｜材質｜最大サイズ｜最小サイズ｜精度｜ロット｜最小数."""
    process, materials, largest, smallest, accuracy, lots, least = _bars(line, 7)
    return CapabilityRecord(
        process=cleaning.code(codes.processes(), process),
        materials=read_codes(codes.materials(), materials),
        max_size=largest,
        min_size=smallest,
        accuracy=accuracy,
        lots=read_codes(codes.lots(), lots),
        minimum_lot=cleaning.count(least) if least else None,
    )


def write_capability(part: CapabilityRecord) -> str:
    """Write one line of 加工内容."""
    return _write_bars(
        codes.processes()[part.process].ja,
        "、".join(codes.materials()[code].ja for code in part.materials),
        part.max_size,
        part.min_size,
        part.accuracy,
        "、".join(codes.lots()[code].ja for code in part.lots),
        part.minimum_lot,
    )


def read_equipment(line: str) -> EquipmentRecord:
    """Read 名称｜メーカー｜型式｜台数｜能力｜検査｜英語名."""
    name, maker, model, number, capacity, kind, name_en = _bars(line, 7)
    return EquipmentRecord(
        name=name,
        name_en=name_en,
        maker=maker,
        model=model,
        count=cleaning.count(number) if number else 1,
        capacity=capacity,
        inspection=kind == "検査",
    )


def write_equipment(part: EquipmentRecord) -> str:
    """Write one line of 保有設備."""
    kind = "検査" if part.inspection else ""
    return _write_bars(part.name, part.maker, part.model, part.count, part.capacity, kind, part.name_en)


def read_certification(line: str) -> CertificationRecord:
    """Read 認証｜番号｜有効期限."""
    name, number, expires = _bars(line, 3)
    return CertificationRecord(
        code=cleaning.code(codes.certifications(), name),
        number=number,
        expires=cleaning.day(expires) if expires else None,
    )


def write_certification(part: CertificationRecord) -> str:
    """Write one line of 認証."""
    return _write_bars(codes.certifications()[part.code].ja, part.number, part.expires)


_ROLES = {"": "maker", "製造": "maker", "販売": "distributor", "サービス": "service"}


def read_product(line: str) -> ProductRecord:
    """Read 名称｜英語名｜製造・販売・サービス｜説明｜説明（英語）."""
    name, name_en, role, description, description_en = _bars(line, 5)
    if role not in _ROLES:
        raise ValueError(f"「{role}」: 製造・販売・サービス のどれかで書いてください")
    return ProductRecord(
        name=name, name_en=name_en, role=_ROLES[role], description=description, description_en=description_en
    )


def write_product(part: ProductRecord) -> str:
    """Write one line of 製品・サービス."""
    role = {"maker": "製造", "distributor": "販売", "service": "サービス"}[part.role]
    return _write_bars(part.name, part.name_en, role, part.description, part.description_en)
