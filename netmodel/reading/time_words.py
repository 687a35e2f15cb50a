"""The words for days, clocks, parts of the day and durations in three languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "en": ("mondays?", "tuesdays?", "wednesdays?", "thursdays?", "fridays?", "saturdays?",
           "sundays?"),
    "uk": (r"понеділ(?:ок|к\w{1,7})", r"вівтор(?:ок|к\w{1,7})", r"серед[аиуіою]{1,2}",
           r"четвер(?:г\w{0,6})?", r"п'ятни(?:ц|чн)\w{1,4}",
           r"субот(?!н)\w{1,2}|суботн\w{1,5}", r"неділ(?!ьн)\w{1,2}|недільн\w{1,4}"),
    "ru": (r"понедельни(?:к|чн)\w{0,4}", r"вторни(?:к|чн)\w{0,4}", r"сред[аыуеой]{1,2}", r"четверг\w{0,6}",
           r"пятни(?:ц|чн)\w{1,4}", r"суббот(?!н)\w{1,2}|субботн\w{1,4}",
           r"воскресень\w{1,2}|воскресн\w{1,4}"),
}  # fmt: skip
MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": ("jan(?:uary|\\.)?", "feb(?:ruary|\\.)?", "mar(?:ch|\\.)", "apr(?:il|\\.)?", "may",
           "june?", "july?", "aug(?:ust|\\.)?", "sept?(?:ember|\\.)?", "oct(?:ober|\\.)?",
           "nov(?:ember|\\.)?", "dec(?:ember|\\.)?"),
    "uk": ("січ(?:ень|н\\w{1,2})", "лют(?:ий|ого|ому|им)", "берез(?:ень|н\\w{1,2})",
           "квіт(?:ень|н\\w{1,2})", "трав(?:ень|н\\w{1,2})", "черв(?:ень|н\\w{1,2})",
           "лип(?:ень|н\\w{1,2})", "серп(?:ень|н\\w{1,2})", "верес(?:ень|н\\w{1,2})",
           "жовт(?:ень|н\\w{1,2})", "листопад\\w{0,2}", "груд(?:ень|н\\w{1,2})"),
    "ru": ("январ\\w{1,2}", "феврал\\w{1,2}", "март\\w{0,2}", "апрел\\w{1,2}", "ма[йяею]м?",
           "июн\\w{1,2}", "июл\\w{1,2}", "август\\w{0,2}", "сентябр\\w{1,2}", "октябр\\w{1,2}",
           "ноябр\\w{1,2}", "декабр\\w{1,2}"),
}  # fmt: skip
PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (r"before (?:dawn|daybreak|sunrise|first light)", "dawn"),
        (r"(?:(?:shortly |just |soon )?after (?:dawn|daybreak|sunrise|first light)|(?:at|around|about) sunrise)", "early"),
        (r"(?:(?<=since )|(?<=by )|(?<=until )|(?<=from )|(?<=till ))(?:dawn|daybreak|sunrise|first light)", "dawn"),
        ((r"(?:in |during |into )?the (?:small|early|first) hours|at (?:dawn|daybreak|first light)"
         r"|after midnight|at dawn"), "dawn"),
        (r"(?:on |in |during )?the night (?:of |from |between )?(?:\w+day|(?:\w+ )?\d{1,2}(?: \w+)?)(?: ?[–-] ?| to | and |/)(?=\w+day|\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", "night_to"),
        (r"(?:on |in |during )?the night (?:to|into|before) (?=\w+day|\d{1,2} |jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|overnight (?:to|into) (?=\w+day|\d{1,2} |jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", "night_to"),
        (r"(?:on |in |during )?the night of (?=\w+day|\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", "night"),
        (r"(?:the )?end of (?:the day|the working day|today)|close of (?:business|play)", "day_end"),
        (r"nightfall|dusk|sunset|dark(?=[.,;]|$| on)", "towards_evening"),
        (r"(?:the )?first half of the day", "morning"), (r"(?:the )?second half of the day", "afternoon"),
        ((r"overnight|during the night|in the night|last night|at night|through the night|all night"
         r"|night-?time"), "overnight"),
        (r"(?:night|night-?time|overnight) (?=\w*(?:attack|strike|shelling|blast|raid|drone|storm))", "overnight"),
        (r"tonight", "night"),
        (r"(?<!hours )(?<!hour )(?<!minutes )(?<!were )(?<!was )(?<!ran )(?<!run )(?<!half )late (?=(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?! (?:night|evening)))", "late"),
        (r"early (?=(?:on )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day(?! morning)|\d{1,2} [a-z]))", "small_hours"),
        (r"late (?:in the |on \w+ )?(?:evening|at night|night)", "late"),
        (r"early (?:in the |on \w+ )?(?:this )?morning", "early"),
        (r"(?:(?<=day )|(?<=this )|(?<=the ))morning", "morning"), (r"(?:(?<=day )|(?<=this )|(?<=the ))evening", "evening"),
        (r"morning (?=attack|strike|shelling|blast|raid)", "morning"), (r"evening (?=attack|strike|shelling|blast|raid)", "evening"),
        (r"mornings?(?! (?:trains?|services?|express|rush|peak))", "morning"), (r"afternoon(?! trains?)", "afternoon"),
        (r"evening(?! (?:trains?|services?|express|rush|peak))", "evening"),
        (r"(?:at |around )?(?:midday|lunch(?:time)?)", "midday"),
        (r"(?<=day )night", "night"), (r"(?<=s )night", "night"),
        (r"(?<=the )night(?! (?:train|express|service|shift|sky|before|watch))", "overnight"),
        (r"(?<=that )night|(?<=same )night|(?<=previous )night", "night"),

    ),
    "uk": (
        (r"(?:ранков|вранішн|уранішн)\w{1,3} (?=\w*(?:удар|атак|обстріл|нальот|влучан|вибух|приліт))", "morning"), (r"(?:вечірн|вечоров)\w{1,3} (?=\w*(?:удар|атак|обстріл|нальот|влучан|вибух|приліт))", "evening"),
        (r"(?:перед|(?<=ще )до|удосвіта|вдосвіта) ?світанк\w{1,2}|удосвіта|вдосвіта", "dawn"),
        (r"(?<=до )обіду", "midday"), (r"на світанку|світанк\w{1,2}", "dawn"),
        (r"(?:(?:у|в|за) ніч|уночі|вночі|ніч) (?:(?:з|із|зі) (?:\d{1,2}(?:-?го)?(?: \w+)?|\w+) )?(?:на|проти) (?=\d|понеділ|вівтор|серед|четвер|п'ятн|субот|неділ|сьогодн)|поночі", "night_to"),
        (r"кін(?:ець|ця|ці) (?:дня|доби|сьогоднішнього дня|робочого дня)|наприкінці (?:дня|доби)", "day_end"),
        (r"перш\w{2,3} половин\w дня|дообід\w+", "morning"), (r"друг\w{2,3} половин\w дня", "afternoon"),
        (r"сутінк\w{1,2}|темряв\w|смерк\w+", "towards_evening"),
        ((r"(?:пізно|пізнім) (?:вночі|уночі|ввечері|увечері|вечором|вечора)|пізн\w{2,4} вечора"
         r"|під кінець дня"), "late"),
        (r"під ранок|над ранок|(?<!станом )на ранок|перед ранком", "early"), (r"по обіді|у другій половині дня", "afternoon"),
        (r"рано[- ]?вранці|рано[- ]?уранці|рано зранку|раннього ранку|ранковими годинами", "early"),
        ((r"уночі|вночі|нічн\w{1,3} (?=\w*(?:удар|атак|обстріл|нальот|влучан|вибух|приліт))"
         r"|протягом ночі|за ніч|минулої ночі|цієї ночі|тієї ночі|серед ночі|ночі|ніч"), "overnight"),
        (r"уранці|вранці|зранку|ранком|ранку|ранок|поранку", "morning"),
        (r"пополудні|після обіду|після полудня|удень|вдень", "afternoon"),
        (r"надвечір|під вечір|ближче до вечора", "towards_evening"),
        (r"увечері|ввечері|звечора|вечором|вечора|вечір|вечору", "evening"),
        (r"(?:в |у |під |перед )?обід\w{0,2}", "midday"),
    ),
    "ru": (
        (r"(?<=до )обеда(?! с)", "midday"),
        (r"утренн\w{2,3} (?=\w*(?:удар|атак|обстрел|налет|взрыв|прилет))", "morning"), (r"вечерн\w{2,3} (?=\w*(?:удар|атак|обстрел|налет|взрыв|прилет))", "evening"),
        (r"(?:перед|(?<=еще )до) рассвет\w{1,2}|на рассвете|рассвет\w{0,2}|затемно", "dawn"),
        (r"(?:(?:в|за) ночь|ночью) (?:со? (?:\d{1,2}(?:-?го)?(?: \w+)?|\w+) )?на (?=\d|понедел|вторник|сред|четверг|пятниц|суббот|воскресен|сегодн)", "night_to"),
        (r"кон(?:ец|ца|цу|це) (?:дня|суток|сегодняшнего дня|рабочего дня)", "day_end"),
        (r"перв\w{2,3} половин\w дня", "morning"), (r"втор\w{2,3} половин\w дня", "afternoon"),
        (r"сумер\w{2,4}|темнот\w", "towards_evening"),
        (r"поздн(?:о|им|его) (?:вечером|вечера|ночью)", "late"),
        (r"под утро|спозаранку|(?<=к )утру", "early"), (r"ближе к ночи", "late"),
        (r"рано утром|ранним утром|раннего утра|в ранние часы", "early"),
        ((r"ночью|за ночь|минувшей ночью|прошлой ночью|этой ночью|в течение ночи|ночи|ночь"
         r"|ночн\w{2,3} (?=\w*(?:удар|атак|обстрел|налет|взрыв))"), "overnight"),
        (r"с утра|утром|утра|утру|утро", "morning"),
        (r"пополудни|после обеда|после полудня|днем|во второй половине дня", "afternoon"),
        (r"под вечер|ближе к вечеру", "towards_evening"),
        (r"вечером|вечера|вечеру|вечер", "evening"),
        (r"(?:в )?обед\w{0,2}", "midday"),
    ),
}  # fmt: skip
DAYS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (r"the day before yesterday|two days earlier", "-2"), (r"a day earlier", "-1"), (r"yesterday", "-1"), (r"today|(?:during|in the course of) the day|within the day", "0"),
        (r"(?:over |in |during )?the (?:past|last|previous) (?:day(?! of)|24 hours|twenty-four hours)", "past_day"),
        (r"(?:the )?day after tomorrow", "+2"), (r"tomorrow", "+1"),
        (r"this (?=morning|afternoon|evening|night)", "0"),
        (r"(?:the )?(?:next|following) (?:day|(?=morning|evening|afternoon|night))", "after"),
        ((r"(?:the )?(?:previous|preceding) (?:day|(?=morning|evening|afternoon|night))"
         r"|the day before|the (?:evening|night) before"), "before"),
        ((r"(?:on |at )?(?:the )?(?:same|that) (?:day|(?=morning|evening|afternoon|night))"
         r"|later in the day|later that day"), "same"),
        (r"(?:at |over |during |all |throughout )?(?:the |this )?weekend|(?:the )?end of the week", "weekend"),
        (r"(?:at |from )?the (?:beginning|start) of (?:the|this) week|(?:earlier|early) (?:in the|this) week", "weekstart"),
        (r"(?:in )?the middle of (?:the|this) week|mid-?week", "midweek"),
        (r"last week", "week-1"), (r"this week", "week+0"), (r"next week", "week+1"),
        (r"(?:the )?end of (?:the|this) month|month's end", "monthend"), (r"last month", "month-1"), (r"this month", "month+0"), (r"next month", "month+1"),
    ),
    "uk": (
        (r"позавчора", "-2"), (r"(?:за |протягом |упродовж |впродовж )?(?:минул|попередн)\w{1,3} доб\w", "-1"), (r"позаминулої (?=ночі)", "-1"), (r"відучора|учора|вчора|вчорашн\w{1,4}|учорашн\w{1,4}", "-1"),
        (r"сьогодні(?!ш)|сьогоднішн\w{1,4}(?: дня)?|цього (?=ранку|вечора)|поточної доби|(?:протягом|упродовж|впродовж) (?:цього )?дня", "0"),
        (r"післязавтра", "+2"), (r"завтра(?!ш)|завтрашн\w{1,4}(?: дня)?", "+1"),
        (r"наступн(?:ого|ої|ій|ому) (?:дня|доби|добі|(?=ранку|вечора|ночі))|другого дня|на(?:ступний| другий| наступний) день|назавтра", "after"),
        (r"напередодні(?! (?:свят|нов|матч|виб|річ|різд|вел))|попереднього (?:дня|(?=вечора|ранку))|попередньої (?=ночі)|днем раніше|за день до (?:того|цього)", "before"),
        ((r"(?:у |в )?(?:того|той|цього|тієї) (?:самого|самий|же|ж) (?:дня|день|(?=ранку|вечора|ночі|вечір))"
         r"|того (?=вечора|ранку|дня)"), "same"),
        (r"(?:на |у |протягом )?вихідн\w{1,3}|кін(?:ця|ець|ці) тижня", "weekend"),
        (r"(?:на |від |з )?початку? (?:цього )?тижня", "weekstart"), (r"(?:у |в |до )?середин[аиі] (?:цього )?тижня", "midweek"),
        (r"минулого тижня", "week-1"), (r"цього тижня|на цьому тижні", "week+0"),
        (r"наступного тижня", "week+1"), (r"минулого місяця", "month-1"),
        (r"кін(?:ець|ця|ці) місяця|наприкінці місяця", "monthend"), (r"цього місяця", "month+0"), (r"наступного місяця", "month+1"),
    ),
    "ru": (
        (r"позавчера", "-2"), (r"(?:за |в |в течение )?(?:минувш|прошедш|прошл|истекш|предыдущ)\w{1,3} сут(?:ки|ок)", "-1"), (r"позапрошлой (?=ночью)", "-1"), (r"вчера(?!ш)|вчерашн\w{1,4}", "-1"),
        (r"сегодня(?!ш)|сегодняшн\w{1,4}(?: дня)?|этим (?=утром|вечером)|в течение (?:этого )?дня", "0"),
        (r"послезавтра", "+2"), (r"завтра(?!ш)|завтрашн\w{1,4}(?: дня)?", "+1"),
        (r"(?:на )?следующ\w{2,3} (?:день|сутки|(?=утро|вечер|ночь))|назавтра|на другой день|следующ\w{2,3} (?=утром|вечером)", "after"),
        (r"накануне(?! (?:празд|нов|матч|выб|рожд))|днем ранее|предыдущ\w{2,3} (?:день|днем|(?=вечером|утром|ночью))|за день до (?:этого|того)", "before"),
        (r"(?:в |во )?(?:тот|того|той|тем) же (?:день|дня|днем|(?=вечер|утр|ноч))|в этот (?:же )?день", "same"),
        (r"(?:на |в |за )?выходны\w{1,2}|кон(?:ца|ец|цу|це) недели", "weekend"),
        (r"(?:в |с |к )?начал[аеу] (?:этой )?недели", "weekstart"), (r"(?:в |к |до )?середин[аеуы] (?:этой )?недели", "midweek"),
        (r"на прошлой неделе|прошлой недели", "week-1"), (r"на этой неделе|этой недели", "week+0"),
        (r"на следующей неделе", "week+1"), (r"в прошлом месяце", "month-1"),
        (r"кон(?:ец|ца|це) месяца", "monthend"), (r"в этом месяце", "month+0"), (r"в следующем месяце", "month+1"),
    ),
}  # fmt: skip
LAST: Mapping[str, str] = {
    "en": r"(?:last|past|previous)", "uk": r"(?:минул\w{2,3}|попередн\w{2,4})",
    "ru": r"(?:прошл\w{2,3}|минувш\w{2,3}|прошедш\w{2,3})",
}  # fmt: skip
NEXT: Mapping[str, str] = {
    "en": r"(?:next|coming)", "uk": r"(?:наступн\w{2,3}|прийдешн\w{2,4})",
    "ru": r"(?:следующ\w{2,3}|ближайш\w{2,3}|предстоящ\w{2,3})",
}  # fmt: skip
NUMBERS: Mapping[str, Mapping[str, float]] = {
    "en": {
        "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
        "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "half": 0.5,
        "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
        "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
        "several": 0,
    },
    "uk": {
        "одн": 1, "дв": 2, "три": 3, "трьо": 3, "чотир": 4, "п'ят": 5, "шіст": 6, "шест": 6,
        "сім": 7, "сем": 7, "вісім": 8, "восьм": 8, "дев'ят": 9, "десят": 10, "одинадцят": 11,
        "дванадцят": 12, "півтор": 1.5, "двадцят": 20, "тридцят": 30, "сорок": 40,
        "тринадцят": 13, "чотирнадцят": 14, "п'ятнадцят": 15, "шістнадцят": 16, "сімнадцят": 17,
        "вісімнадцят": 18, "дев'ятнадцят": 19, "п'ятдесят": 50, "дев'яност": 90,
    },
    "ru": {
        "один": 1, "одн": 1, "дв": 2, "три": 3, "трое": 3, "трех": 3, "трем": 3, "четверо": 4, "четыр": 4, "пят": 5,
        "шест": 6, "семь": 7, "семи": 7, "восем": 8, "восьм": 8, "девят": 9, "десят": 10,
        "одиннадцат": 11, "двенадцат": 12, "полтор": 1.5, "двадцат": 20, "тридцат": 30,
        "сорок": 40, "пятнадцат": 15, "пятьдесят": 50,
        "тринадцат": 13, "четырнадцат": 14, "шестнадцат": 16, "семнадцат": 17, "восемнадцат": 18,
        "девятнадцат": 19, "девяност": 90,
    },
}  # fmt: skip
_TENS_THEN_ONES: Mapping[str, str] = {
    "en": r"(?:twenty|thirty|forty|fifty)[- ](?:one|two|three|four|five|six|seven|eight|nine)",
    "uk": r"(?:двадцят[ьи]|тридцят[ьи]|сорока?|п'ятдесят\w?) (?:одн\w{1,3}|дв(?:а|і|ох)|три|трьох|чотир(?:и|ьох)"
    r"|п'ят[ьи]|шіст[ьи]|шести|сім|семи|вісім|восьми|дев'ят[ьи])",
    "ru": r"(?:двадцат[ьи]|тридцат[ьи]|сорока?|пятьдесят|пятидесяти) (?:один|одн\w{1,3}|дв(?:а|е|ух)|три|трех|четыр(?:е|ех)"
    r"|пят[ьи]|шест[ьи]|семь|семи|восемь|восьми|девят[ьи])",
}  # fmt: skip
NUMBER: Mapping[str, str] = {
    "en": r"(?:\d+(?:[.,]\d+)?|" + _TENS_THEN_ONES["en"] + r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|ninety|half an?|an?)",
    "uk": r"(?:\d+(?:[.,]\d+)?|" + _TENS_THEN_ONES["uk"] + r"|одн\w{1,3}|дв(?:а|і|ох|ом|ома)|три|трьо(?:х|м|ма)|чотир(?:и|ьох|ьом)"
    r"|п'ят(?:ь|и|ьох)|шіст(?:ь|ьох)|шести|сім|семи|сьоми|вісім|восьми|дев'ят[ьи]|десят[ьи]"
    r"|(?:оди|два|три|чотир|п'ят|шіст|сім|вісім|дев'ят)надцят[ьи]|двадцят[ьи]|тридцят[ьи]|сорока?|п'ятдесят|дев'яност\w"
    r"|півтор[аиі]\w?)",
    "ru": r"(?:\d+(?:[.,]\d+)?|" + _TENS_THEN_ONES["ru"] + r"|один|одн\w{1,3}|дв(?:а|е|ух|ум|умя|ое)|три|трое|трех|трем|четыр(?:е|ех|ем)|четверо"
    r"|пят[ьи]|шест[ьи]|семь|семи|восемь|восьми|девят[ьи]|десят[ьи]"
    r"|(?:один|две|три|четыр|пят|шест|сем|восем|девят)надцат[ьи]|двадцат[ьи]|тридцат[ьи]|сорока?|пятьдесят|девяност\w|полутора|полтор\w)",
}  # fmt: skip
UNITS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "en": ((r"(?:-|\s)?hours?\b|\s?hrs?\b", 1.0), (r"(?:-|\s)?minutes?\b|\s?mins?\b", 1 / 60),
           (r"\sdays?\b", 24.0), (r"\sweeks?\b", 168.0)),
    "uk": ((r"\s?год(?:ин\w{0,2}|\.)?(?!\w)", 1.0), (r"\s?хв(?:илин\w{0,2}|\.)?(?!\w)", 1 / 60),
           (r"\s(?:доб\w{0,2}|дн\w{1,2}|день|діб)(?!\w)", 24.0), (r"\sтиж(?:день|н\w{1,3})", 168.0)),
    "ru": ((r"\s?ч(?:ас(?:а|ов|у|ам)?|\.)?(?!\w)", 1.0), (r"\s?мин(?:ут\w{0,2}|\.)?(?!\w)", 1 / 60),
           (r"\s(?:сут(?:ок|ки|ками)|дн\w{1,2}|день)(?!\w)", 24.0), (r"\sнедел\w{1,2}", 168.0)),
}  # fmt: skip
LONE: Mapping[str, tuple[tuple[str, float], ...]] = {
    "en": ((r"(?:half an hour|half-an-hour|half hour)", 0.5), (r"(?:a|one) day and a half", 36.0),
           (r"(?:a|one) week and a half", 252.0), (r"half a day", 12.0),
           (r"(?:an hour and a half|one and a half hours)", 1.5), (r"three[- ]quarters of an hour", 0.75), (r"(?:a )?quarter of an hour", 0.25), (r"\ban hour\b", 1.0)),
    "uk": ((r"(?:пів ?години|півгодини)", 0.5), (r"(?:три чверті години)", 0.75), (r"(?:чверть години)", 0.25),
           (r"(?:пів ?доби)", 12.0), (r"двогодинн\w+", 2.0), (r"тригодинн\w+", 3.0), (r"чотиригодинн\w+", 4.0),
           (r"п'ятигодинн\w+", 5.0), (r"шестигодинн\w+", 6.0), (r"годинн\w+ (?=перерв|зупинк|прост)", 1.0), (r"\bгодин[уа]\b", 1.0), (r"\bдобу\b", 24.0),
           (r"\bдоби\b", 24.0), (r"\bтижд(?:ень|ня)\b|\bтижня\b", 168.0)),
    "ru": ((r"(?:полчаса|получаса)", 0.5), (r"(?:четверть часа)", 0.25), (r"(?:полсуток)", 12.0), (r"двухчасов\w+", 2.0),
           (r"трехчасов\w+", 3.0), (r"четырехчасов\w+", 4.0), (r"пятичасов\w+", 5.0), (r"шестичасов\w+", 6.0), (r"\b(?<!\d )час(?!\w)", 1.0), (r"\bсут(?:ки|ок)\b", 24.0), (r"\bнедел[юи]\b", 168.0)),
}  # fmt: skip
CLOCK_WORDS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "en": (
        ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6), ("seven", 7),
        ("eight", 8), ("nine", 9), ("ten", 10), ("eleven", 11), ("twelve", 12),
    ),
    "uk": (
        (r"перш(?:ою|ій|ої|у|а)", 1), (r"друг(?:ою|ій|ої|у|а)", 2), (r"трет(?:ою|ій|ьої|ю|я)", 3),
        (r"четверт(?:ою|ій|ої|у|а)", 4), (r"п'ят(?:ою|ій|ої|у|а)", 5), (r"шост(?:ою|ій|ої|у|а)", 6),
        (r"сьом(?:ою|ій|ої|у|а)", 7), (r"восьм(?:ою|ій|ої|у|а)", 8), (r"дев'ят(?:ою|ій|ої|у|а)", 9),
        (r"десят(?:ою|ій|ої|у|а)", 10), (r"одинадцят(?:ою|ій|ої|у|а)", 11),
        (r"дванадцят(?:ою|ій|ої|у|а)", 12), (r"тринадцят(?:ій|ої)", 13), (r"чотирнадцят(?:ій|ої)", 14),
        (r"п'ятнадцят(?:ій|ої)", 15), (r"шістнадцят(?:ій|ої)", 16), (r"сімнадцят(?:ій|ої)", 17),
        (r"вісімнадцят(?:ій|ої)", 18), (r"дев'ятнадцят(?:ій|ої)", 19), (r"двадцят(?:ій|ої)", 20),
    ),
    "ru": (
        (r"(?:час(?:у)?|одного часа|первого)", 1), (r"(?:двух|два|двум|двумя|второго)", 2),
        (r"(?:трех|три|трем|тремя|третьего)", 3), (r"(?:четырех|четыре|четырем|четырьмя)", 4), (r"пят(?:и|ью|ь)", 5),
        (r"шест(?:и|ью|ь)", 6), (r"сем(?:и|ью|ь)", 7), (r"восьми|восемью|восьмью|восемь", 8), (r"девят(?:и|ью|ь)", 9),
        (r"десят(?:и|ью|ь)", 10), (r"одиннадцат(?:и|ью|ь)", 11), (r"двенадцат(?:и|ью|ь)", 12),
        (r"тринадцат(?:и|ь)", 13), (r"четырнадцат(?:и|ь)", 14), (r"пятнадцат(?:и|ь)", 15),
        (r"шестнадцат(?:и|ь)", 16), (r"семнадцат(?:и|ь)", 17), (r"восемнадцат(?:и|ь)", 18),
        (r"девятнадцат(?:и|ь)", 19), (r"двадцат(?:и|ь)", 20),
    ),
}  # fmt: skip
NOONS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "en": ((r"noon|midday", 12), (r"midnight", 0)),
    "uk": ((r"нул[ья] годин", 0), (r"опівдн[іяю]|полудень|полудня|полудні", 12), (r"опівночі|півноч[іи]|північ", 0)),
    "ru": ((r"нол[ья] часов|нул[ья] часов", 0), (r"полдень|полудня|полудню", 12), (r"полночь|полуночи|полночи", 0)),
}  # fmt: skip
BEFORE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (r"(?:shortly|just|soon|a little|right|minutes) (?:after|before)|(?:closer to|towards?)", ""),
        (r"(?:as in|like in|as (?:it was|happened) in|unlike in)", "like"),
        (r"at the time of (?:writing|publication|going to press),?", "as_of"),
        (r"updated(?: at| as of)?", "as_of"),
        (r"as (?:of|at)(?: (?:about|around))?(?: on| at)?", "as_of"),
        (r"no (?:\w+ ){1,4}(?:is|are|was|were|will|can|be|run|pass|move|expected)(?: \w+){0,4} (?:before|until)", "not_before"),
        (r"(?:was|were|did|had)(?: not|n't) (?:[^.;,]{1,40} )?(?:until|before)", "not_until"),
        (r"(?:not (?:be \w+ )?(?:before|until)|(?:no|not) (?:earlier|sooner) than|earliest (?:on|at|is|by))", "not_before"),
        (r"(?:not (?:expect|expected)\b[^.;,]{0,40} before|not \w+ (?:\w+ )?(?:before|until))",
         "not_before"),
        (r"(?:at least (?:until|till)|until at least)(?: at| on)?", "not_before"),
        (r"\b(?:hardly|scarcely|unlikely to) (?:\w+ ){1,3}(?:before|until)", "not_before"),
        (r"for the first time (?:since|from)|first trains? since", "away_since"),
        (r"(?:since|from) the (?:attack|strike|blast|accident|derailment|explosion|crash|fire|flood|storm)s? (?:of|on|in)", "since"),
        (r"(?:from|since|starting|beginning|effective|ever since)(?: (?:about|around|as early as|at least))?(?: on| at| in)?", "since"),
        (r"(?:until|till|to|up to)(?: (?:about|around|at least|after|past|well after|shortly after))?(?: on| at)?|(?<!got )(?<!get )(?<!let )(?<!went )(?<!go )(?<!gets )(?<!came )(?<!broke )(?<!passed )(?<!pass )through(?! at)", "until"),
        (r"(?:by|no later than|not later than|ahead of)(?: (?:about|around|at least))?", "by"),
        (r"before", "before"), (r"(?:after|past(?! (?:at|on|about|around)))", "after"), (r"between", "between"),
    ),
    "uk": (
        (r"(?:невдовзі|одразу|відразу|трохи|незадовго) (?:після|перед|до)|ближче до|за (?:кілька|\w+) хвилин до", ""),
        (r"(?:як|мов) (?:і )?(?:у|в)", "like"),
        (r"на момент (?:публікації|написання|виходу \w+),?", "as_of"),
        (r"оновлен[оа](?: станом)?(?: на| о| об)?|станом на(?: близько)?|(?:даними|інформацією)(?: \w+){0,3} на", "as_of"),
        (r"(?:не раніше(?: ніж)?(?: за| від| о| у| в| з| ранку)?|щонайраніше)(?: о| об| у| в)?", "not_before"),
        (r"між", "between"),
        (r"(?:уперше|вперше) (?:із|з|зі|від)(?: часів)?", "away_since"),
        (r"(?:починаючи |ще |вже )?(?:із|з|зі|від)(?: близько| ще)?", "since"),
        (r"(?:щонайменше|принаймні|як мінімум|мінімум) до", "not_before"), (r"(?:аж )?(?:до|по)(?: близько)?", "until"),
        (r"(?:не пізніше(?: ніж)?(?: за| о)?|під|к)", "by"),
        (r"(?:після|по)", "after"), (r"перед", "before"),
    ),
    "ru": (
        (r"(?:вскоре|сразу|чуть|незадолго) (?:после|перед|до)|ближе к|за (?:несколько|\w+) минут до", ""),
        (r"как (?:и )?(?:во?)", "like"),
        (r"на момент (?:публикации|написания|выхода \w+),?|к моменту публикации,?", "as_of"),
        (r"обновлен[оа](?: на| в)?|по состоянию на(?: примерно)?|(?:данным|информации)(?: \w+){0,3} на", "as_of"),
        (r"(?:не раньше|не ранее)(?:,? чем)?(?: в| с| к| утра)?|раньше|ранее", "not_before"),
        (r"между", "between"),
        (r"впервые (?:со?|от)", "away_since"),
        (r"(?:начиная |еще |уже )?(?:со?|от)(?: примерно| около| самого)?", "since"),
        (r"(?:как минимум|минимум|по меньшей мере|по крайней мере) до", "not_before"), (r"(?:вплоть )?(?:до|по)(?: примерно)?", "until"),
        (r"(?:ко?|не позднее|не позже)(?: примерно)?", "by"),
        (r"после", "after"), (r"перед", "before"),
    ),
}  # fmt: skip
JOIN: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"(?:'s )?[ ,(]*(?:(?:on|at|in|of|the|early|late|about|around|shortly|local time|kyiv time|moscow time|just|by|until|this)[ ,]*)*"),
    "uk": re.compile(r"[ ,(]*(?:(?:о|об|у|в|на|у ніч на|близько|орієнтовно|приблизно|ще|вже|за київським часом|за місцевим часом|за києвом)[ ,)]*)*"),
    "ru": re.compile(r"[ ,(]*(?:(?:в|во|на|около|примерно|еще|уже|к|ко|мск|по мск|по московскому времени|по местному времени)[ ,)]*)*"),
}  # fmt: skip
AND: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"[ ,]*(?:and(?: at least)? (?:until|till)|and|–|-|(?:at least )?(?:until|till|to|through)(?: about| around| at least| (?:shortly |just |well |soon |a little )?(?:after|before|past))?(?: on| at)?)\s*"),
    "uk": re.compile(r"[ ,]*(?:за київським часом )?(?:(?:(?:і|й|та) )?(?:аж |щонайменше |принаймні |(?:як )?мінімум )?(?:до|по)|і|й|та|–|-)\s*(?:близько |приблизно )?(?:кінця |середини |початку )?"),
    "ru": re.compile(r"[ ,]*(?:мск |по мск |по московскому времени )?(?:(?:и )?(?:вплоть |как минимум |минимум |по меньшей мере |по крайней мере )?(?:до|по)|и|–|-)\s*(?:примерно |около )?(?:конца |середины |начала )?"),
}  # fmt: skip
CLOCK_MINUTES: Mapping[str, Mapping[str, int]] = {
    "uk": {"п'ятдесят п'ять": 55, "п'ятдесят": 50, "сорок п'ять": 45, "сорок": 40, "тридцять п'ять": 35,
           "тридцять": 30, "двадцять п'ять": 25, "двадцять": 20, "п'ятнадцять": 15, "десять": 10,
           "п'ять": 5},
    "ru": {"пятьдесят пять": 55, "пятьдесят": 50, "сорок пять": 45, "сорок": 40, "тридцать пять": 35,
           "тридцать": 30, "двадцать пять": 25, "двадцать": 20, "пятнадцать": 15, "десять": 10,
           "пять": 5},
}  # fmt: skip
"""Minutes said in words after an hour."""
TO_THE_HOUR: Mapping[str, Mapping[str, int]] = {
    "uk": {"чверть": 15, "двадцять п'ять": 25, "двадцять": 20, "п'ятнадцять": 15, "десять": 10, "п'ять": 5},
    "ru": {"четверти": 15, "двадцати пяти": 25, "двадцати": 20, "пятнадцати": 15, "десяти": 10, "пяти": 5},
}  # fmt: skip
"""Minutes that are wanting to an hour."""
HALVES_RU = (
    "первого", "второго", "третьего", "четвертого", "пятого", "шестого", "седьмого", "восьмого",
    "девятого", "десятого", "одиннадцатого", "двенадцатого",
)  # fmt: skip
"""By the hour that they follow: "half of the fifth" is half past four."""
RELATIVE_YEAR = (
    r"(?P<last_year>минулого року|торік|прошлого года|last year)|(?P<this_year>цього року|этого года|this year)"
    r"|(?P<next_year>наступного року|следующего года|next year)"
)
"""Words after a date or a month that name its year by that of the publication."""
YEAR: Mapping[str, str] = {
    "en": r"(?:(?<=\bin )|(?<=\bsince ))(?P<y>(?:19|20)\d\d)|(?P<last_year>last year)",
    "uk": r"(?P<y>(?:19|20)\d\d)(?:-?го)? ро(?:ку|ці)|(?P<last_year>торік|минулого року)",
    "ru": r"(?P<y>(?:19|20)\d\d)(?:-?го)? год(?:а|у)|(?P<last_year>в прошлом году)",
}  # fmt: skip
"""Years of which no month is told."""
MONTH_LEAD: Mapping[str, str] = {
    "en": r"(?:(?:in |since |from |by |until |before |after |of |at )(?:the )?(?P<p>early |mid-|late |end of |beginning of |start of |middle of )?)",
    "uk": r"(?:(?P<p>на початку |наприкінці |до кінця |під кінець |у середині |до середини |з середини |з початку |від початку |до початку |до |у |в |з |із |від |після ))",
    "ru": r"(?:(?P<p>в начале |в конце |до конца |к концу |в середине |до середины |к середине |с середины |с начала |до начала |к началу |до |в |с |от |после |к ))",
}
"""What stands before a month, with the part of it that is meant."""
WEEKS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": ((r"(?:of )?last week", "week-1"), (r"(?:of )?next week", "week+1"), (r"(?:of )?this week", "week+0")),
    "uk": ((r"минулого тижня", "week-1"), (r"наступного тижня", "week+1"), (r"цього тижня", "week+0")),
    "ru": ((r"(?:на )?прошл(?:ой|ую) недел[еию]", "week-1"), (r"(?:на )?следующей недел[еи]", "week+1"),
           (r"(?:на )?этой недел[еи]", "week+0")),
}  # fmt: skip
"""Words that say of which week a day of the week is."""
DAY_OF_MONTH: Mapping[str, str] = {
    "en": r"(?<=\bthe )(?P<d>\d{1,2})(?:st|nd|rd|th)(?=[.,;:)]|$| (?:at|by|and|but|when|after|because|from|until|for)\b)",
    "uk": r"(?P<d>\d{1,2})-(?:го|те|ге)(?: числа)?(?! (?:км|кілометр|поїзд|потяг|ваг|рейс|дн|день|мікро|кол|шлях|полк|бат))",
    "ru": r"(?P<d>\d{1,2})-(?:го|е|ое)(?: числа)?(?! (?:км|километр|поезд|ваг|рейс|дн|день|микро|пут|полк|бат))",
}
"""Days of which no month is told: that of which the article was speaking."""
_ONES = {
    "uk": ("перш(?:ого|е)", "друг(?:ого|е)", "трет(?:ього|є)", "четверт(?:ого|е)", "п'ят(?:ого|е)",
           "шост(?:ого|е)", "сьом(?:ого|е)", "восьм(?:ого|е)", "дев'ят(?:ого|е)"),
    "ru": ("перв(?:ого|ое)", "втор(?:ого|ое)", "треть(?:его|е)", "четверт(?:ого|ое)", "пят(?:ого|ое)",
           "шест(?:ого|ое)", "седьм(?:ого|ое)", "восьм(?:ого|ое)", "девят(?:ого|ое)"),
}  # fmt: skip
_TEENS = {
    "uk": ("десят", "одинадцят", "дванадцят", "тринадцят", "чотирнадцят", "п'ятнадцят", "шістнадцят",
           "сімнадцят", "вісімнадцят", "дев'ятнадцят"),
    "ru": ("десят", "одиннадцат", "двенадцат", "тринадцат", "четырнадцат", "пятнадцат", "шестнадцат",
           "семнадцат", "восемнадцат", "девятнадцат"),
}  # fmt: skip
_TENS = {"uk": ("двадцят", "тридцят"), "ru": ("двадцат", "тридцат")}
_LEADS = {"uk": ("двадцять ", "тридцять "), "ru": ("двадцать ", "тридцать ")}


def _days_spelt(language: str) -> tuple[tuple[str, int], ...]:
    ones, ending = _ONES[language], {"uk": "(?:ого|е)", "ru": "(?:ого|ое)"}[language]
    found = [(text, number) for number, text in enumerate(ones, 1)]
    found += [(text + ending, number) for number, text in enumerate(_TEENS[language], 10)]
    for tens, (round_number, lead) in enumerate(
        zip(_TENS[language], _LEADS[language], strict=True), 2
    ):
        found.append((round_number + ending, 10 * tens))
        last = ones if tens == 2 else ones[:1]
        found += [(lead + text, 10 * tens + number) for number, text in enumerate(last, 1)]
    return tuple(reversed(found))  # those of two words before their second word


_EN_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third",
    "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth",
    "twenty-ninth", "thirtieth", "thirty-first",
)  # fmt: skip
DAYS_SPELT: Mapping[str, tuple[tuple[str, int], ...]] = {
    "en": tuple((f"the {text} of", number) for number, text in enumerate(_EN_ORDINALS, 1)),
    **{language: _days_spelt(language) for language in _ONES},
}
"""Days of a month in words: "двадцять першого"."""
DAYS_AGO: Mapping[str, str] = {
    "en": rf"(?P<n>{NUMBER['en']}) (?P<unit>days?|weeks?) ago",
    "uk": rf"(?:(?P<n>{NUMBER['uk']}) )?(?P<unit>дні|днів|день|доби|діб|добу|тижні|тижнів|тиждень) тому",
    "ru": rf"(?:(?P<n>{NUMBER['ru']}) )?(?P<unit>дня|дней|день|сутки|суток|недели|недель|неделю) назад",
}  # fmt: skip
"""Days and weeks before the publication."""
COMPOUND: Mapping[str, tuple[Mapping[str, float], Mapping[str, float]]] = {
    "uk": (
        {"одно": 1, "півтора": 1.5, "дво": 2, "три": 3, "чотири": 4, "п'яти": 5, "шести": 6, "семи": 7,
         "восьми": 8, "дев'яти": 9, "десяти": 10, "дванадцяти": 12, "двадцяти": 20, "тридцяти": 30, "сорока": 40},
        {"годинн": 1, "добов": 24, "денн": 24, "хвилинн": 1 / 60, "тижнев": 168},
    ),
    "ru": (
        {"одно": 1, "полутора": 1.5, "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7,
         "восьми": 8, "девяти": 9, "десяти": 10, "двенадцати": 12, "двадцати": 20, "тридцати": 30, "сорока": 40},
        {"часов": 1, "суточн": 24, "дневн": 24, "минутн": 1 / 60, "недельн": 168},
    ),
}  # fmt: skip
"""Numbers and units of which one word is made, as of "seven-hour"."""


def number_of(word: str, language: str) -> float:
    """Return a number from figures or words; 0 for what is none.

    Examples
    --------
    >>> number_of("двох", "uk"), number_of("2,5", "ru"), number_of("half an", "en")
    (2, 2.5, 0.5)
    """
    plain = word.replace(",", ".")
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return float(plain)
    if word.startswith("half"):
        return 0.5
    table = NUMBERS[language]
    if re.fullmatch(_TENS_THEN_ONES[language], word):
        return sum(number_of(each, language) for each in re.split("[- ]", word))
    if language == "en":
        return table.get(word, 0)
    fits = [key for key in table if word.startswith(key)]
    return table[max(fits, key=len)] if fits else 0
