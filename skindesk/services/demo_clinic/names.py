"""What invented patients are called: common names of several languages, put together by chance."""

import random
from dataclasses import dataclass

from skindesk.domain.case import Sex


@dataclass(frozen=True)
class _Language:
    families: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    women_families: tuple[str, ...] = ()
    """Where a woman's family name has a form of its own."""


_LANGUAGES = (
    _Language(
        ("Baker", "O'Connor", "Hughes", "Ashworth", "MacLeod"),
        ("Margaret", "Grace", "Eleanor", "Amy"),
        ("Thomas", "Oliver", "George", "Callum"),
    ),
    _Language(
        ("Müller", "Schäfer", "Weiß", "Vogel", "Brandt"),
        ("Ursula", "Lena", "Jördis", "Katharina"),
        ("Jürgen", "Lukas", "Friedrich", "Björn"),
    ),
    _Language(
        ("Lefèvre", "Dubois", "Le Goff", "Garnier", "Châtelain"),
        ("Françoise", "Chloé", "Hélène", "Inès"),
        ("Étienne", "Gaël", "Mathieu", "René"),
    ),
    _Language(
        ("García López", "Muñoz", "Ibáñez", "Peña", "Vargas"),
        ("Lucía", "Carmen", "Begoña", "Sofía"),
        ("Íñigo", "Javier", "Andrés", "Martín"),
    ),
    _Language(
        ("Bianchi", "D'Angelo", "Conti", "Marchetti", "Greco"),
        ("Giulia", "Chiara", "Noemi", "Alessia"),
        ("Matteo", "Niccolò", "Pietro", "Davide"),
    ),
    _Language(
        ("Yılmaz", "Demir", "Şahin", "Öztürk", "Çelik"),
        ("Ayşe", "Elif", "Gülsüm", "İpek"),
        ("Mehmet", "Çağlar", "Oğuz", "Yiğit"),
    ),
    _Language(
        ("Kowalski", "Wiśniewski", "Zieliński", "Dąbrowski"),
        ("Agnieszka", "Małgorzata", "Zofia", "Łucja"),
        ("Łukasz", "Paweł", "Krzysztof", "Jędrzej"),
        ("Kowalska", "Wiśniewska", "Zielińska", "Dąbrowska"),
    ),
    _Language(
        ("Okafor", "Adeyemi", "Nwosu", "Balogun"),
        ("Chidinma", "Ngozi", "Yetunde", "Amara"),
        ("Emeka", "Tunde", "Chukwudi", "Ifeanyi"),
    ),
    _Language(
        ("Sharma", "Patel", "Iyer", "Chatterjee"),
        ("Priya", "Ananya", "Lakshmi", "Meera"),
        ("Arjun", "Rohan", "Vikram", "Aditya"),
    ),
    _Language(
        ("Nguyễn", "Trần", "Lê", "Phạm"),
        ("Thị Hương", "Mai", "Thu Trang", "Ngọc"),
        ("Văn Minh", "Quang", "Đức", "Hùng"),
    ),
    _Language(
        ("Παπαδόπουλος", "Νικολαΐδης", "Οικονόμου"),
        ("Ελένη", "Σοφία", "Δήμητρα"),
        ("Γιώργος", "Νίκος", "Δημήτρης"),
        ("Παπαδοπούλου", "Νικολαΐδου", "Οικονόμου"),
    ),
    _Language(
        ("Коваленко", "Шевченко", "Бондар"),
        ("Олена", "Соломія", "Ірина"),
        ("Андрій", "Тарас", "Юрій"),
    ),
)


def draw_name(chance: random.Random, sex: Sex) -> tuple[str, str]:
    """A family name and a given name of one language."""
    language = chance.choice(_LANGUAGES)
    is_woman = sex is Sex.FEMALE or (sex is not Sex.MALE and chance.random() < 0.5)
    families = language.women_families if is_woman and language.women_families else language.families
    return chance.choice(families), chance.choice(language.women if is_woman else language.men)
