"""The edit form of one company: its record as inputs, and the inputs as the values of a revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from company_db.classification import codes
from company_db.form_fields import CHOOSABLE, FIELDS, TABLES
from company_db.form_inputs import Input, Kind, Rows, Tongues
from company_db.intake import cleaning
from company_db.intake.columns import COLUMNS
from company_db.model import MOST_PHOTOS, CompanyRecord, PhotoRecord
from company_db.photos import KeptPhoto
from generator.forms.fields import FieldError, FormReading

BLANK_ROWS = 1  # of a table that is empty
MORE_ROWS = 2
MOST_ROWS = 40
_COLUMNS = {column.field: column for column in COLUMNS}
_WRONG = {"ja": "{label}を確かめてください", "en": "{label}: please check"}


def form_of(record: CompanyRecord, language: str = "ja") -> dict[str, str]:
    """Return the inputs that show a record; names of codes stand in the form's language."""
    typed: dict[str, str] = {}
    for name, field in FIELDS.items():
        typed |= _shown(name, field, getattr(record, name), language)
    for name, table in TABLES.items():
        rows = getattr(record, name)
        typed[f"{name}-rows"] = str(min(max(len(rows), BLANK_ROWS), MOST_ROWS))
        for i, row in enumerate(rows):
            for part in table.parts:
                value = row if isinstance(row, str) else getattr(row, part.name)
                typed |= _shown(f"{name}-{i}-{part.name}", part, value, language)
    for i, photo in enumerate(record.photos):
        typed |= {
            f"photos-{i}-digest": photo.digest,
            f"photos-{i}-alt": photo.alt,
            f"photos-{i}-alt_en": photo.alt_en,
        }
    return typed | {f"show-{name}": "yes" for name in record.consent & CHOOSABLE}


def _shown(name: str, field: Input, value: Any, language: str) -> dict[str, str]:
    match field.kind:
        case Kind.CHOICES:
            return {f"{name}-{code}": "yes" for code in value}
        case Kind.TICK:
            return {name: "yes"} if value else {}
        case Kind.WORDS:
            known = dict(field.choices(language))
            return {name: ("、" if language == "ja" else ", ").join(known[code] for code in value)}
        case Kind.LIST:
            return {name: "\n".join(value)}
    if value in (None, "") or (field.name, value) in {("role", "maker")}:
        return {name: ""}
    return {name: value if isinstance(value, str) else _written(field, value)}


def _written(field: Input, value: Any) -> str:
    return _COLUMNS[field.name].write(value) if field.name in _COLUMNS else str(value)


def row_count(typed: Mapping[str, str], table: str) -> int:
    """Return how many rows a table shows."""
    written = typed.get(f"{table}-rows", "")
    return min(int(written), MOST_ROWS) if written.isdecimal() and len(written) < 4 else BLANK_ROWS


def more_rows(typed: Mapping[str, str], table: str) -> dict[str, str]:
    """Return the inputs with more empty rows in one table."""
    return {**typed, f"{table}-rows": str(min(row_count(typed, table) + MORE_ROWS, MOST_ROWS))}


def photo_count(typed: Mapping[str, str]) -> int:
    """Return how many photos the form shows."""
    return sum(1 for i in range(MOST_PHOTOS) if typed.get(f"photos-{i}-digest"))


def without_photo(typed: Mapping[str, str], place: int) -> dict[str, str]:
    """Return the inputs without one photo; those after it move up."""
    rest = [i for i in range(MOST_PHOTOS + 1) if i != place]
    kept = {name: value for name, value in typed.items() if not name.startswith("photos-")}
    for new, old in enumerate(rest):
        parts = ((part, typed.get(f"photos-{old}-{part}")) for part in ("digest", "alt", "alt_en"))
        kept |= {f"photos-{new}-{part}": value for part, value in parts if value}
    return kept


def filled_fields(typed: Mapping[str, str]) -> frozenset[str]:
    """Return the fields in which something is written."""
    names = {
        name.partition("-")[0]
        for name, value in typed.items()
        if value.strip() and not name.endswith("-rows")
    }
    return frozenset(names & {*FIELDS, *TABLES, "photos"})


def read_form(
    typed: Mapping[str, str], current: CompanyRecord, kept: Mapping[str, KeptPhoto], language: str = "ja"
) -> tuple[dict[str, Any], CompanyRecord | None, list[FieldError]]:
    """Read the inputs: the values of a revision, the record it would make, and what must be mended."""
    reading = FormReading(typed, language)
    values: dict[str, Any] = {name: _read(reading, name, field) for name, field in FIELDS.items()}
    values |= {name: _read_table(reading, name, table) for name, table in TABLES.items()}
    for name in ("languages", "export_countries"):
        values[name] = _in_order_of(getattr(current, name), values[name])
    values["photos"] = _read_photos(reading, kept)
    chosen = {name for name in CHOOSABLE if typed.get(f"show-{name}") == "yes"}
    values["consent"] = sorted((current.consent - CHOOSABLE) | chosen)
    if values["contact_email"]:
        reading.address("contact_email", label=FIELDS["contact_email"].label.of(language))
    proposed = None if reading.errors else _checked(reading, current, values)
    return values, proposed, reading.errors


def _in_order_of(before: tuple[str, ...], ticked: tuple[str, ...]) -> tuple[str, ...]:
    """Return ticked codes in the order in which the company once named them, new ones last."""
    return (*(code for code in before if code in ticked), *(code for code in ticked if code not in before))


def _read(reading: FormReading, name: str, field: Input) -> Any:
    """Read one input; a field that is empty or wrong is None."""
    label = field.label.of(reading.language)
    match field.kind:
        case Kind.CHOICES:
            return tuple(
                code for code, _ in field.choices("ja") if reading.typed.get(f"{name}-{code}") == "yes"
            )
        case Kind.TICK:
            return reading.typed.get(name) == "yes"
        case Kind.CHOICE:
            allowed = dict(field.choices(reading.language))
            text = reading.choice(name, label=label, allowed=allowed, required=field.is_required)
        case Kind.LONG | Kind.LIST:
            text = reading.text(name, label=label, required=field.is_required, longest=field.longest)
        case _:
            text = reading.line(name, label=label, required=field.is_required, longest=field.longest)
    if not text:
        return None
    if field.kind is Kind.LIST:
        return tuple(filter(None, map(str.strip, text.splitlines())))
    try:
        return _codes_of(field, text, reading.language) if field.kind is Kind.WORDS else field.read(text)
    except ValueError as error:
        reading.refuse(
            name, f"{label}: {error}" if reading.language == "ja" else _mend(field, reading.language)
        )
        return None


def _mend(field: Input, language: str) -> str:
    hint = field.hint.of(language)
    return (
        f"{field.label.of(language)}: {hint}"
        if hint
        else _WRONG[language].format(label=field.label.of(language))
    )


def _codes_of(field: Input, text: str, language: str) -> tuple[str, ...]:
    entries = field.entries() if field.entries else {}
    found = []
    for word in cleaning.parts(text):
        code = codes.find_code(entries, word)  # type: ignore[arg-type]  # every list that is typed has names and aliases
        if code is None:
            raise ValueError(f"「{word}」は一覧にありません。下の一覧の言葉で書いてください")
        found.append(code)
    return tuple(dict.fromkeys(found))


def _read_table(reading: FormReading, name: str, table: Rows) -> tuple[Any, ...]:
    found: list[Any] = []
    for i in range(row_count(reading.typed, name)):
        prefix = f"{name}-{i}-"
        if any(value.strip() for key, value in reading.typed.items() if key.startswith(prefix)):
            before = len(reading.errors)
            values = {part.name: _read(reading, prefix + part.name, part) for part in table.parts}
            if len(reading.errors) == before:
                found += _made(reading, prefix, table, values)
    return tuple(found)


def _made(reading: FormReading, prefix: str, table: Rows, values: Mapping[str, Any]) -> Iterable[Any]:
    try:
        return [table.record(**{name: value for name, value in values.items() if value is not None})]
    except ValidationError as error:
        by_name = {part.name: part for part in table.parts}
        for name in {str(fault["loc"][0]) for fault in error.errors()}:
            reading.refuse(prefix + name, _mend(by_name[name], reading.language))
        return []


def _read_photos(reading: FormReading, kept: Mapping[str, KeptPhoto]) -> tuple[PhotoRecord, ...]:
    labels = (
        ("写真の説明", "写真の説明（英語）")
        if reading.language == "ja"
        else ("What the photo shows (Japanese)", "What the photo shows (English)")
    )
    found = []
    for i in range(photo_count(reading.typed)):
        alt = reading.line(f"photos-{i}-alt", label=labels[0], required=True)
        alt_en = reading.line(f"photos-{i}-alt_en", label=labels[1])
        photo = kept.get(reading.typed[f"photos-{i}-digest"])
        if photo is None:
            reading.refuse(
                f"photos-{i}-file",
                "写真をもう一度選んでください"
                if reading.language == "ja"
                else "Please choose the photo again",
            )
        elif alt:
            found.append(
                PhotoRecord(
                    digest=photo.digest, alt=alt, alt_en=alt_en, width=photo.width, height=photo.height
                )
            )
    if reading.typed.get(f"photos-{len(found)}-alt", "").strip() and not reading.typed.get(
        f"photos-{len(found)}-digest"
    ):
        mend = Tongues("写真を選んでください", "Please choose the photo")
        reading.refuse(f"photos-{len(found)}-file", mend.of(reading.language))
    return tuple(found)


def _checked(reading: FormReading, current: CompanyRecord, values: Mapping[str, Any]) -> CompanyRecord | None:
    whole = {name: getattr(current, name) for name in CompanyRecord.model_fields}
    for name, value in values.items():
        whole[name] = CompanyRecord.model_fields[name].get_default() if value is None else value
    try:
        return CompanyRecord.model_validate(whole)
    except ValidationError as error:
        for name in {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}:
            field = FIELDS.get(name)
            reading.refuse(name, _mend(field, reading.language) if field else name)
        return None
