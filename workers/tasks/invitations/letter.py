"""What a mail says: the same in Indonesian and in English, as text and as HTML."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from api.actions.invitations import Letter, MailKind

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip
_SUBJECTS = {
    MailKind.INVITATION: "Undangan: {title} / Invitation",
    MailKind.TICKET: "Tiket: {title} / Ticket",
    MailKind.WITHDRAWAL: "Undangan ditarik: {title} / Invitation withdrawn",
}
_INDONESIAN = {
    MailKind.INVITATION: (
        "{agency} mengundang Anda ke {title}.",
        "Mohon jawab paling lambat {answer_by} lewat tautan pribadi ini: {link}",
        "Tautan hanya berlaku untuk Anda dan satu jawaban. Bila Anda menolak, tidak perlu alasan, "
        "dan nilai Anda tidak berubah. Kursi yang kosong diberikan kepada orang berikutnya di "
        "daftar tunggu.",
    ),
    MailKind.TICKET: (
        "Terima kasih, kehadiran Anda di {title} sudah kami catat.",
        "Tunjukkan kode QR terlampir di pintu masuk.",
        "Bila ternyata Anda tidak bisa hadir, batalkan lewat tautan ini: {link}",
    ),
    MailKind.WITHDRAWAL: (
        "Undangan Anda ke {title} ditarik oleh {agency}.",
        "Nilai Anda tidak berubah. Pertanyaan dapat Anda sampaikan kepada instansi pengundang.",
    ),
}
_ENGLISH = {
    MailKind.INVITATION: (
        "{agency} invites you to {title}.",
        "Please answer by {answer_by} with this personal link: {link}",
        "The link is for you alone and for one answer. Declining needs no reason and never lowers "
        "your score. A free seat goes to the next person on the waiting list.",
    ),
    MailKind.TICKET: (
        "Thank you, we expect you at {title}.",
        "Show the attached QR code at the door.",
        "If you cannot come after all, cancel with this link: {link}",
    ),
    MailKind.WITHDRAWAL: (
        "Your invitation to {title} was withdrawn by {agency}.",
        "Your score does not change. Questions go to the agency that invited you.",
    ),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one mail."""

    letter: Letter
    zone: ZoneInfo
    link: str

    @property
    def subject(self) -> str:
        """Return the subject, free of line breaks."""
        text = _SUBJECTS[self.letter.mail.kind].format(title=self.letter.title)
        return " ".join(text.split())

    def text(self) -> str:
        """Return the plain text."""
        parts = [*self._paragraphs(is_english=False), "--", *self._paragraphs(is_english=True)]
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """Return the HTML, in which nothing of a title or a name can become markup."""
        indonesian, english = (
            "".join(f"<p>{self._linked(part)}</p>" for part in self._paragraphs(is_english=flag))
            for flag in (False, True)
        )
        return (
            '<!doctype html><html lang="id"><meta charset="utf-8">'
            f"<title>{escape(self.subject)}</title><body>{indonesian}<hr>"
            f'<div lang="en">{english}</div></body></html>'
        )

    def _linked(self, paragraph: str) -> str:
        link = escape(self.link)
        return escape(paragraph).replace(link, f'<a href="{link}">{link}</a>')

    def _paragraphs(self, *, is_english: bool) -> list[str]:
        letter = self.letter
        words = (_ENGLISH if is_english else _INDONESIAN)[letter.mail.kind]
        facts = {
            "agency": letter.agency_name,
            "title": letter.title,
            "link": self.link,
            "answer_by": self._moment(letter.answer_by, is_english=is_english),
        }
        greeting = f"Dear {letter.name}," if is_english else f"Yth. {letter.name},"
        said = [text.format(**facts) for text in words]
        return [greeting, said[0], self._place(is_english=is_english), *said[1:]]

    def _place(self, *, is_english: bool) -> str:
        when = self._moment(self.letter.starts_at, is_english=is_english)
        words = ("Time", "Place") if is_english else ("Waktu", "Tempat")
        venue = f"\n{words[1]}: {self.letter.venue}" if self.letter.venue else ""
        return f"{words[0]}: {when}{venue}"

    def _moment(self, at: datetime | None, *, is_english: bool) -> str:
        if at is None:
            return ""
        local = at.astimezone(self.zone)
        if is_english:
            return f"{local:%A, %d %B %Y, %H:%M} ({self.zone.key})"
        day, month = _DAYS[local.weekday()], _MONTHS[local.month - 1]
        return f"{day}, {local.day} {month} {local.year}, {local:%H.%M} ({self.zone.key})"
