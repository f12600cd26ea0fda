"""Names as the people of a county bear them: of many origins, and in every way that clerks write them down."""

from __future__ import annotations

from benchmarks.accuracy.values import Dice, Make, words

# Origin -> given names, family names. Common ones of each, in no order.
ORIGINS: dict[str, tuple[list[str], list[str]]] = {
    "english": (
        words("Gregory Heather Douglas Tiffany Marcus Stephanie Randall Courtney Vincent Brenda Travis Megan"),
        words("Hutchinson Caldwell Barker Pruitt Lindsey Stanton Pickett Holloway Ashworth Mercer Boyd Tate"),
    ),
    "spanish": (
        words("Luz Ignacio Rocío Ezequiel Maribel Heriberto Yesenia Rigoberto Araceli Efraín Itzel Gerardo"),
        words("Zaragoza Ornelas Barragán Arreola Villaseñor Cervantes Montes Escobedo Rentería Ybarra Lozano"),
    ),
    "chinese": (
        words("Xiaoming Yuting Jianguo Weiling Zhen Haoyu Meiling Guowei Lihua Shuai Qing Minghua"),
        words("Zhang Huang Xu Zhou Guo Tang Feng Deng Zeng Cai Pan Ouyang"),
    ),
    "vietnamese": (
        words("Anh Hoa Dung Linh Quang Phuong Tuyet Hung Trang Khoa Minh Thao"),
        words("Pham Hoang Vo Dang Bui Ngo Duong Dinh Truong Luong Trinh Mai"),
    ),
    "arabic": (
        words("Mohammed Layla Tariq Zainab Khalid Noor Hassan Amina Bilal Samira Mahmoud Rania"),
        words("Al-Sayed Haddad Nasser Mansour Abdullah Khoury Saleh Farouk El-Amin Qureshi Aziz Hamdan"),
    ),
    "indian": (
        words("Rajesh Ananya Sanjay Kavita Vikram Pooja Harpreet Suresh Divya Manish Deepika Gurpreet"),
        words("Sharma Reddy Iyer Gill Banerjee Mehta Srinivasan Dhillon Agarwal Nair Kapoor Bhatt"),
    ),
    "african": (
        words("Chidi Folake Kwame Adaeze Babatunde Abena Oluwaseun Makeda Tendai Amara Kofi Nneka"),
        words("Okafor Adeyemi Mensah Diallo Mwangi Abebe Ochieng Boateng Tesfaye Eze Kamara Balogun"),
    ),
    "slavic": (
        words("Oleksandr Katarzyna Vladimir Irina Miroslav Zuzana Bogdan Tatiana Piotr Ludmila Arman Anahit"),
        words("Shevchenko Wisniewski Ivanova Novak Kozlov Petrosyan Sokolov Hovhannisyan Horvat Popescu"),
    ),
    "filipino": (
        words("Maricel Rodrigo Jocelyn Reynaldo Analyn Dante Rowena Ferdinand Cherry Emilio Liezl Danilo"),
        words("Macaraeg Dimaculangan Pangilinan Bautista Manalo Salonga Tolentino Magsaysay Lacson Buenaventura"),
    ),
    "korean": (
        words("Jihoon Soo-Jin Minjae Hyejin Young-Ho Eunji Seung Hana Jae-Won Mi-Sook Sung Yuna"),
        words("Hwang Yoon Jang Seo Ahn Kwon Shin Oh Bae Noh Moon Chung"),
    ),
}  # fmt: skip
PARTICLES = ("de la", "van der", "del", "von", "St.", "Mc", "di", "bin")
NICKNAMES = ("Bob", "Liz", "Chuy", "Peggy", "Mack", "Sunny", "Trini", "Ace")
_SUFFIXES = ("Jr", "Sr", "II", "III", "Jr.")
_INITIALS = "ABCDEFGHJKLMNPRSTVW"


class _Person:
    """One invented person; what is asked for is drawn."""

    def __init__(self, dice: Dice) -> None:
        given, family = dice.choice(list(ORIGINS.values()))
        self.first, self.last = dice.choice(given), dice.choice(family)
        self.other, self.middle = dice.choice(family), dice.choice(_INITIALS)
        self.double = f"{self.last}-{self.other}" if self.last != self.other else self.last
        self.particle = f"{dice.choice(PARTICLES)} {self.last}".replace("Mc ", "Mc")
        self.nick, self.suffix = dice.choice(NICKNAMES), dice.choice(_SUFFIXES)
        self.number = dice.randrange(100)


def _mail(one: _Person) -> str:
    plain = f"{one.first[0]}.{one.last}".encode("ascii", "ignore").decode().lower()
    return f"{plain}{one.number}@mail.example.org"


_FORMS = {
    "First Last": lambda one: f"{one.first} {one.last}",
    "LAST, FIRST M": lambda one: f"{one.last}, {one.first} {one.middle}".upper(),
    "LAST FIRST M": lambda one: f"{one.last} {one.first} {one.middle}".upper(),
    "LAST,FIRST": lambda one: f"{one.last},{one.first}".upper(),
    "FIRST M LAST": lambda one: f"{one.first} {one.middle} {one.last}".upper(),
    "FIRST": lambda one: one.first.upper(),
    "LAST": lambda one: one.last.upper(),
    "First": lambda one: one.first,
    "Last": lambda one: one.last,
    "Last, First": lambda one: f"{one.last}, {one.first}",
    "Last, F.": lambda one: f"{one.last}, {one.first[0]}.",
    "F. Last": lambda one: f"{one.first[0]}. {one.last}",
    "F.M. Last": lambda one: f"{one.first[0]}.{one.middle}. {one.last}",
    "First Double": lambda one: f"{one.first} {one.double}",
    "First Last Last": lambda one: f"{one.first} {one.last} {one.other}",
    "First Particle": lambda one: f"{one.first} {one.particle}",
    "PARTICLE, FIRST": lambda one: f"{one.particle}, {one.first}".upper(),
    "First Last Suffix": lambda one: f"{one.first} {one.last} {one.suffix}",
    "LAST SUFFIX, FIRST": lambda one: f"{one.last} {one.suffix}, {one.first}".upper(),
    "First (Nick) Last": lambda one: f"{one.first} ({one.nick}) {one.last}",
    'First "Nick" Last': lambda one: f'{one.first} "{one.nick}" {one.last}',
    "Title First Last": lambda one: f"Dr. {one.first} {one.last}",
    "LAST FIRST & FIRST": lambda one: f"{one.last} {one.first} & {one.nick}".upper(),
    "first last": lambda one: f"{one.first} {one.last}".lower(),
    "mail": _mail,
}  # fmt: skip


def written(*forms: str) -> Make:
    """People written in these forms, one of them at a time."""
    return lambda dice: _FORMS[dice.choice(forms)](_Person(dice))
