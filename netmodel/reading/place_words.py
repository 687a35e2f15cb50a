"""Words that tell of a name whether it is a place, a person, a newspaper or a river."""

from __future__ import annotations

import re

from netmodel.reading.word_forms import inflect

TITLES = re.compile(
    r"\b(?:mr|mrs|ms|dr|prof|president|minister|general|colonel|major|captain|mayor|governor|sir|wife"
    r"|husband|son|daughter|brother|sister|father|mother|engineer|deputy|driver|singer|actor|actress"
    r"|editor|journalist|analyst|spokes(?:man|woman|person)|singer|coach|lieutenant|sergeant|widow)\.? $"
    r"|(?<!\w)(?:пан|пані|панові|президент\w*|міністр\w*|генерал\w*|полковник\w*|депутат\w*|співачк\w+"
    r"|співак\w*|дружин\w+|чоловік\w*|син\w{0,2}|дочк\w+|доньк\w+|журналіст\w*|оглядач\w*|аналітик\w*|речниц\w+"
    r"|речник\w*|режисер\w*|актор\w*|актрис\w+|господин\w*|госпож\w+|министр\w*|певиц\w+|певец|жен[аоеы]й?"
    r"|муж\w{0,2}|сын\w{0,2}|обозревател\w*|журналист\w*|режиссер\w*|актер\w*|спикер\w*) $"
)  # fmt: skip
NAMES_EN = frozenset(
    [
        "volodymyr", "vladimir", "iryna", "irina", "olena", "elena", "oleksandr", "alexander",
        "aleksandr", "andriy", "andrei", "andrey", "serhiy", "sergei", "sergey", "petro", "pyotr",
        "peter", "ivan", "maria", "mariia", "anna", "oksana", "natalia", "nataliia", "tetiana",
        "mykola", "nikolai", "vasyl", "viktor", "victor", "yurii", "yuriy", "yuri", "dmytro",
        "dmitry", "oleh", "oleg", "ihor", "igor", "pavlo", "pavel", "mykhailo", "mikhail",
        "bohdan", "bogdan", "taras", "roman", "maksym", "maxim", "yaroslav", "stepan", "ludmila",
        "liudmyla", "halyna", "galina", "svitlana", "svetlana", "kateryna", "ekaterina", "yulia",
        "yuliia", "julia", "sofia", "olha", "olga", "vitalii", "vitaly", "vadym", "vadim",
        "denys", "denis", "artem", "anton", "ruslan", "valerii", "valery", "leonid", "borys",
        "boris", "john", "james", "david", "michael", "robert", "william", "thomas", "mary",
        "sarah", "anna", "kate", "jane", "paul", "mark", "george", "marko", "hanna", "larysa",
        "nadia", "vera", "lyubov", "lubov", "natasha", "masha",
    ]
)  # fmt: skip
PAPERS = re.compile(
    r"^[ ,]*(?:times|post|independent|gazette|news|herald|tribune|today|journal|daily|telegraph|weekly"
    r"|pravda|review|observer|mirror|express newspaper|live|university|institute|school|theatre|theater"
    r"|opera|dynamo|football|fc|club|hotel|bank|street|avenue|convention|agreement|academy)\b"
)
STATIONS = re.compile(
    r"(?:stations?|station of|town of|city of|junction|depot|stop|line|section|near|trains?|вокзал\w*|станц\w+|депо|поїзд\w*"
    r"|потяг\w*|поезд\w*|зупинк\w+|платформ\w+|перегон\w*|перегін|дільниц\w+|участ\w+|роз'їзд\w*|разъезд\w*)[ \"']*$"
)
LINE_NOUN = re.compile(
    r" (?:(?:залізничн|железнодорожн)\w+ )?(?:гіл[кц]|ветк|напрям|направлен|лін|дільниц|ділян[кц]|участ|вуз|узл|узел|ход\b|хід\b|станц|вокзал|депо"
    r"|дистанц|перегон|перегін|branch|line|junction|direction|railway station|station)"
)
RIVER = re.compile(
    r"(?:через|по|берег\w*|берез\w+|над|вздовж|уздовж|across|over|along|banks? of|river) (?:річк\w+ |реку |the )?$"
)
REGIONS = re.compile(
    r"^(?:[ ,]+(?:and |та |і |и )?[^\W\d_][\w'’-]+){0,4} (?:regions|oblasts|districts|областях|областей|областями)\b"
)
REGION = re.compile(r"^ (?:region|oblast|province|district|county|raion|area of occupied)\b")
EVERYDAY = frozenset(
    form
    for word in [
        "балка", "балки", "бар", "баси", "басы", "броди", "броды", "бровки", "бурти", "верба",
        "виноград", "вигода", "выгода", "вири", "виры", "выселки", "виселки", "городок",
        "городище", "грязи", "грязь", "долина", "доля", "дочь", "дружба", "блокпост", "борщі",
        "казанка", "каменка", "камка", "копай", "красное", "красне", "крива", "крути", "круты",
        "курне", "лесок", "лісок", "лиман", "лиха", "лихая", "локоть", "зустрічний", "встречный",
        "глибока", "глубокая", "водопадный", "межова", "межевая", "мена", "мирова", "мировая",
        "мінеральна", "минеральная", "надвірна", "общая", "обхідна", "озерна", "орел", "основа",
        "острог", "пересічна", "письменна", "побережье", "узбережжя", "прибережна", "прибрежная",
        "поштова", "почтовая", "потоки", "портова", "портовая", "приозерне", "промислова",
        "протока", "роздільна", "раздельная", "рубіжне", "роти", "роты", "роя", "рассвет",
        "світанок", "сіль", "соль", "сирень", "родинська", "сторожове", "счастливое", "щасливе",
        "тополі", "українська", "успенська", "удачна", "удачная", "узловая", "червоне",
        "чорноморська", "черноморская", "шахти", "шахты", "южное", "південне", "яркая", "ярка",
        "рея", "лиски", "майська", "майская", "лівобережна", "левобережная", "курганна",
        "затишшя", "затишье", "первенец", "незабудине", "лебединська", "холм", "партизани",
        "партизаны", "пояски", "медика", "морська", "рибне", "рыбное", "советский",
        "первомайський", "первомайский", "травневий", "южный", "елеваторна", "шахтна", "тунельна",
        "тоннельная", "збірна", "сборная", "блакитне", "близнецы",
    ]
    for form in inflect(word)
)  # fmt: skip
"""Names that are everyday words too, when they begin a sentence."""
BEFORE_NAMES = frozenset(
    [
        "the", "a", "an", "in", "at", "on", "from", "to", "near", "of", "and", "or", "by", "for",
        "with", "between", "via", "through", "over", "station", "train", "trains", "line",
        "north", "south", "east", "west", "northern", "southern", "eastern", "western", "upper",
        "lower", "new", "old", "novy", "stary", "russian", "ukrainian", "crimean", "belarusian",
        "polish", "occupied", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
        "sunday", "january", "february", "march", "april", "may", "june", "july", "august",
        "september", "october", "november", "december", "intercity", "express", "city", "port",
        "junction", "section", "railway", "railways", "rail", "road", "freight", "passenger",
        "suburban", "central", "greater", "grand", "operator", "authorities", "when", "while",
        "after", "before", "since", "until", "as", "its", "his", "her", "their", "this", "that",
        "both",
    ]
)  # fmt: skip
"""Words with a capital that may stand before a town, and are no first names."""
