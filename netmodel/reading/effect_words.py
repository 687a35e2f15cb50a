"""Patterns of what befalls rail traffic, in three languages: its stop, its limits, its return.

A text is matched in lower case, with one kind of dash, apostrophe and quotation mark.
"""

from __future__ import annotations

from collections.abc import Mapping

_W = r"[^.;!?\n]"
_C = r"[^.,;!?\n]"
_EN_T = (
    r"(?:trains?|traffic|services?|movements?|lines?|sections?|stretch|tracks?|routes?|railways?|rail links?"
    r"|stations?|junction|bridge|tunnel|operations?|rails|connections?|suburban|freight|branch|wagons|expresses|commuters|trams?)"
)
_EN_V = (
    r"(?:halt(?:ed|s|ing)?|suspen(?:ded|ds|ding|sion)|interrupt(?:ed|s|ing|ion)?|stopp?(?:ed|s|ing|age)?|clos(?:ed|es|ing|e|ure)"
    r"|shut(?:s|ting)?(?: down)?|block(?:ed|s|ing|age)?|cut(?: off| short)?|sever(?:ed|s)|paraly[sz]\w+|disrupt(?:ed|s|ing|ion)?"
    r"|cancel\w*|scrapped|withdrawn|standstill|impassable|out of (?:use|service|action|operation)"
    r"|turned back|turning back|knocked out|stranded|stuck|at a stand|idle|barred|unusable|stood still|no longer (?:run|call|serve)\w*)"
)
_UK_T = (
    r"(?:рух(?:у|ом|ові)?\b|поїзд\w*|потяг\w*|електрич[кц]\w*|електропоїзд\w*|ліні[яїюєй]\w*|дільниц\w+|ділянк\w+|перег[оі]н\w*"
    r"|колі[яїюй]\w*|залізни\w+|сполученн\w+|станці\w+|м[іо]ст\w{0,2}\b|курсуванн\w+|рейс\w*|вокзал\w*|гіл[кц]\w+|склад\w*|ваговоз\w*|тунел\w+"
    r"|приміськ\w+|вузол|вузл\w+)"
)
_UK_V = (
    r"(?:зупин(?!к|явся|ити могли)\w+|призупин\w+|припин\w+|перерва\w+|перерв[аіу]\b|закри(?:т|л|ва|в\b|ю|ють)\w*|перекри\w+|заблок\w+|блоку\w+"
    r"|паралізу\w*|паралізов\w*|скасу\w+|скасов\w+|відмін(?:ен|ил|ят|я)\w+|непроїзн\w+"
    r"|не (?:ход|курсу|йшл|йде|йдуть|їзд|їхал|прохо|пропуск|руха|зупиня|прибува|відправл|пройш|прийма|випуска|виїжджа)\w*|стали\b|став\b|стала\b|встали?\b|стоя(?:в|ла|ли|ть|ло)\b"
    r"|стоїть|розверта\w+|завмер\w*|унеможлив\w*|обмежено рух|закритт\w+|перебит\w*|відрізан\w*|не працю\w+ (?=станц|лін|вокзал))"
)
_RU_T = (
    r"(?:движени\w+|поезд\w*|электричк\w*|электропоезд\w*|лини[яиюей]\w*|участ(?:ок|к)\w*|перегон\w*|пут(?:ь|и|ей|ям|ях)\b|железн\w+ дорог\w+"
    r"|сообщени\w+|станци\w+|мост\w{0,2}\b|курсировани\w+|рейс\w*|вокзал\w*|ветк\w+|состав\w*|тоннел\w+|пригородн\w+|узел|узл\w+|ход\b|электровоз\w*)"
)
_RU_V = (
    r"(?:останов(?:л|и|я)\w+|останавлива\w+|приостан\w+|прекра[тщ]\w+|прерва\w+|прерыва\w+|закры(?:т|л|ва|ли)\w*|перекры\w+|заблокир\w+|блокир\w+"
    r"|парализ\w+|отмен(?:ен|ил|я|ят)\w*|непроезж\w+"
    r"|не (?:ход|курсир|шл|идет|идут|езд|ехал|проход|пропуск|двига|останавлива|прибыва|отправля|прошл|принима|выпуска|выезжа)\w*|встал[аио]?\b|стал[аи]?\b|стоял[аио]?\b|стоит\b|стоят\b"
    r"|разворачива\w+|замерл?\w*|закрыти\w+|перебит\w*|отрезан\w*|простоя\w+)"
)
Patterns = Mapping[str, tuple[tuple[str, str], ...]]
CUES: Patterns = {
    "en": (
        ("single_track", r"(?:(?:by|on|over|using|along|through|via|with|down to) (?:only |just )?(?:one|a single|the (?:second|other|remaining|only|adjacent|neighbou?ring)) (?:of the (?:two )?)?(?:tracks?|line)(?! (?:was|were|is) (?:re)?open))|single[- ]track (?:working|operation|running|basis)|single[- ]line working"),
        ("single_track", r"one (?:of (?:the )?(?:two )?)?tracks? (?:was|is|has been|had been|remains?|remained|were) (?:\w+ )?(?:closed|blocked|damaged|out|shut|buried|covered|undercut)|(?:blocked|closed|buried|damaged|covered|shut|destroyed) (?:only )?one (?:of (?:the )?(?:two )?)?tracks?|one track (?:only|was open|remain\w+ (?:open|usable))"),
        ("diesel_only", r"diesel (?:locomotives?|engines?|traction|power|haulage)|(?:behind|under|by|with|to|reserve|on) diesels?\b|diesel-hauled|diesels (?:are|were|haul|pull|took|have|had)|hauled by diesel|reserve (?:locomotives|diesels)"),
        ("limited", rf"(?:no more than|at most|up to|only|limit(?:ed)? (?:\w+ ){{0,2}}?(?:of|to)|maximum of|not more than|quota of) (?:\w+ ){{1,3}}?(?:\w+ )?(?:trains?|pairs|wagons)(?: \w+){{0,3}} (?:a|per|each|every) (?:day|night|24 hours)|(?:trains?|wagons) (?:a|per) day {_W}{{0,30}}?(?:limit|quota|cap)\w*|(?:limit\w*|cap(?:s|ped)?|restrict\w+|quota) {_W}{{0,40}}?(?:trains?|wagons|pairs) (?:a|per) day|daily (?:quota|limit|cap)"),
        ("slowed", r"(?:held|limited|restricted|reduced|cut|slowed|down) to \d+ ?km|speed (?:limit|restriction|was (?:cut|reduced|limited)|has been|of \d+)\w*|(?:speed|slow)[- ]?(?:restriction|order)s?|(?:at|with) (?:a )?(?:reduced|low|lower|walking|restricted|limited) (?:speed|pace)|walking (?:pace|speed)|crawl\w*|slowed (?:down )?(?:trains|traffic|to)|trains (?:\w+ ){0,3}slow(?:ed|ly|er)\b|reduced speed|at \d+ ?km/h|(?:slow|slower) (?:running|passage)|reduced (?:its |their |the )?speed"),
        ("advisory", rf"advis(?:es|ed|ing) {_W}{{0,40}}?(?:against|not to|to avoid|to (?:take|use|choose|travel by))|(?:asks?|asked|urg(?:es|ed|ing)|recommend(?:s|ed)?|warn(?:s|ed)?) {_W}{{0,50}}?(?:against|not to (?:travel|use|board)|to avoid|avoid|to (?:instead )?(?:take|use|choose) (?:the )?bus|to refrain|off the trains)|refrain from (?:travel|using)|travel (?:advisory|warning)|high[- ]risk|increased (?:risk|danger)"),
        ("normal", r"(?:was|were|is|are|been|has|have|had) (?:not|never) (?:\w+ )?(?:been )?(?:damaged|affected|interrupted|disrupted|halted|stopped|cancelled|canceled|hit|delayed|suspended|touched|harmed|closed|hindered)|(?:n't|not) (?:affect|disrupt|interrupt|stop|halt|delay|damage|influence|impede)\w*|no (?:\w+ )?(?:trains?|services?) (?:\w+ ){0,3}?(?:was|were|has been|have been|had been|is|are) (?:cancelled|canceled|delayed|affected|suspended|held|harmed|damaged|hit|scrapped)|no (?:\w+ )?(?:damage|delays?|disruptions?|cancellations?|changes?|impact|effect|interruptions?|consequences|restrictions?) (?:\w+ ){0,3}?(?:was|were|is|are|been|to|on|for|had|have|reported|planned|expected)(?: \w+ed)?|no (?:delays|disruptions?|cancellations|interruptions?)|as (?:usual|normal|scheduled|planned|timetabled|before)\b|(?:run|ran|running|operat\w+|work\w*|kept|keep|left|going|moved|moving|departed) (?:\w+ )?(?:normally|on (?:time|schedule)|to (?:the )?(?:timetable|schedule)|according to (?:the )?(?:timetable|schedule))|without (?:\w+ )?(?:delays?|interruptions?|disruptions?|restrictions?|changes|damage)|un(?:damaged|affected|interrupted|hurt by)|escaped (?:damage|unscathed)|remained open|stayed open|(?:kept|keep|continued|still|continue to|continued to) (?:\w+ )?(?:run|runn|operat|mov)\w*"),
        ("closed", rf"~(?<!\w){_EN_V}(?!\w)"),
        ("closed", rf"no (?:\w+ ){{0,3}}?(?:trains?|freight|services?|traffic|passenger trains?)\b {_W}{{0,30}}?(?:r[ua]n|runs|running|pass\w*|mov\w+|go|went|go through|get through|got through|depart\w*|call\w*|cross\w*|operat\w+|left|reach\w*|will|could|can)|nothing (?:moved|ran|passed|could pass|is moving|was moving|got through)|trains? {_W}{{0,30}}?(?:do|does|did|could|can|will|would|have|has|are|were) ?(?:not|n't|no longer) (?:\w+ )?(?:run|pass|mov\w+|call|go|reach|cross|get|serv\w+|stop|running|able)\w*|trains? (?:\w+ ){{0,3}}?(?:stood|waited|are standing|were standing|had to wait|wait)\b|(?:were|was|are|been) (?:held|held up) (?:at|in|on|for|near|between)|to a (?:halt|standstill|stop)|walked off the job|tore up|torn up|blew up|washed away|swept away|severed|made {_W}{{0,25}}?impassable"),
        ("replaced", rf"(?:buses?|coaches|road transport|bus service|minibuses) {_W}{{0,50}}?(?:carr\w+|replac\w+|r[ua]n|instead|in place|took|take|laid on|stood in|provided|transfer\w*|connect\w*|brought|offer\w*)|(?:by|on(?:to)?|to|in|with) (?:replacement |special |free |rail-replacement )?(?:buses|bus|coaches|coach)\b|bus replacement|replacement (?:bus|coach)\w*|replaced (?:by|with) (?:buses|bus|coaches)"),
    ),
    "uk": (
        ("single_track", r"(?:по |рух )?(?:одним|однією|одній|одному) (?:з |із )(?:двох )?(?:кол\w+|шлях\w+)|(?:(?:по|лише|тільки|на) )?(?:однією|одній|сусідній|другій|вільній|єдиній|сусідньою|другою|вільною|іншою|іншій) (?:з |із )?(?:двох )?коліє?[юїй]\w*|одну (?:з |із )?(?:двох )?кол\w+ (?:\w+ )?(?:завал|закр|перекр|пошкод|заблок|засип|розми|зруйн|зали)\w*|(?:завал|закр|перекр|пошкод|заблок|засип|розми)\w* (?:лише |тільки )?одну (?:з |із )?(?:двох )?кол\w+|одна (?:з |із )?(?:двох )?кол\w+ (?:\w+ )?(?:закр|перекр|пошкод|заблок|непро)\w*|одноколійн\w+ (?:рух|режим)\w*"),
        ("diesel_only", r"(?<!маневрових )(?<!два )(?:тепловоз(?:ами|ах|ів|и)\b(?! (?:зійш|загор|зіткн))|під тепловоз\w+|тепловозн\w+ тяг\w+)|дизельн\w{2,3} (?:тяг\w+|локомотив\w+)|(?:на|під) дизел\w+|резервн\w{2,3} локомотив\w+"),
        ("limited", rf"не більше (?:ніж |як )?(?:\w+ ){{1,3}}?(?:поїзд|потяг|вагон|склад|пар)\w*|(?:до|лише|тільки) (?:\w+ ){{1,2}}?(?:\w+ )?(?:поїздів|поїзди|пар|вагонів) (?:на|за) (?:добу|день)|(?:обмеж|ліміт|квот)\w* {_W}{{0,40}}?(?:поїзд|вагон|пар)\w* (?:на|за) (?:добу|день)|(?:квот|ліміт)\w+ (?:у|в|на|для) "),
        ("slowed", r"обмежен\w* (?:\w+ )?швидк\w+|швидк\w+ (?:\w+ )?(?:обмеж|зниж|зменш|скороч)\w*|(?:зниж|зменш|скинул|збавил)\w* (?:\w+ )?швидк\w+|(?:зі|із|з|на) (?:\w+ )?(?:зниженою|меншою|малою|обмеженою|невеликою|мінімальною)? ?швидк\w+ (?:пішохода|до|не більше|\d+)|(?:зі|із|з|на) (?:зниженою|меншою|малою|обмеженою|зменшеною) швидк\w+|зі? швидк\w+ \d+|сповільн\w+|уповільн\w+|пішоходн\w+ швидк|до \d+ ?км/год|повільніше|\d+ ?км/год"),
        ("advisory", rf"(?:рад(?:ить|ять|ила|или|имо)|рекоменду\w+|порад\w+|закликал\w*|заклика\w+|прос(?:ить|ять|или|ила)|застеріг\w+|застеріга\w+|пропону\w+) {_W}{{0,40}}?(?:утрим|не (?:їзд|їхати|корист|подорож|вируш)|уник|відмов|обрати автобус|скористатися автобус|пересісти|автобус)\w*|утриматися від (?:поїзд|подорож)\w*|висок\w{{2,4}} ризик\w*|підвищен\w{{2,4}} (?:ризик|небезпек)\w*|високоризиков\w+"),
        ("normal", r"рух\w* (?:\w+ ){0,3}?не (?:\w+ )?(?:зупин|перерив|припин|перекрив|призупин)\w+|не (?:\w+ )?(?:зупиняли|зупинили|переривали|припиняли) (?:\w+ )?рух|не (?:\w+ )?(?:пошкод\w+|постражда\w+|зачепи\w+|вплину\w+|зазна\w+|порушен\w+|порушу\w+|позначи\w+|скасов\w+|скасову\w+|припиня\w+|зупиня\w+ся рух|переривав\w*|зупинявся|зупиняли\b|перервали|постражд\w+)|(?:без|жодних) (?:\w+ )?(?:затрим|змін|перебо|перерв|обмеж|запізн|пошкодж|скасув|наслідк)\w*|(?:за|згідно з|відповідно до) (?:\w+ )?(?:графік|розклад)\w*|у (?:звичайн|звичн|штатн|звичайном)\w* режим\w*|(?:в|у) штатному|за звичайним|як завжди|як зазвичай|вчасно|за планом|не планують скасов|жодного (?:\w+ )?(?:поїзда |рейсу |потяга )?не скасов\w+|безпідставн\w+|неушкоджен\w*|уціліл\w+|вціліл\w+|обійшлося без"),
        ("closed", rf"~(?<!\w){_UK_V}(?!\w)"),
        ("closed", r"непроїзн\w+|знеструмлен\w* (?:дільниц|ділян[кц])\w*|зірва\w+ колі\w+|підірва\w+ (?:колі|поїзд|міст|рейк)\w*|розми\w+ (?:колі|насип|полотн)\w*|(?:вода|хвил\w+|сель|камін\w+) (?:накри|зали|затопи|змил|знес|засипа)\w+ (?:колі|рейк|полотн)\w*|рейки розкручен"),
        ("replaced", rf"(?:автобус|маршрутк|бус)\w* {_W}{{0,40}}?(?:курсу|вез|перевоз|замін|ход|замість|доставля|підв|організ|пуст|запуст)\w*|(?:автобусами|автобусом|на автобуси?|автобусах|в автобуси?|до автобусів|пересадк\w+ на автобус\w*)|замість (?:\w+ ){{0,2}}(?:поїзд|електрич|потяг)\w* {_W}{{0,30}}?автобус\w*|(?:курсу|перевоз|вез|замін|організ|призначи|пуст|запуст|нада)\w+ {_W}{{0,40}}?автобус\w*"),
    ),
    "ru": (
        ("single_track", r"(?:по|лишь|только) (?:\w+ )?(?:одному|единственному|соседнему|второму|свободному|другому) (?:из )?(?:двух )?(?:пут\w+)|один (?:из )?(?:двух )?пут\w+ (?:\w+ )?(?:закр|завал|перекр|повре|заблок|засып|размы)\w*|(?:завал|закр|перекр|повре|заблок|засып|размы)\w* (?:лишь |только )?один (?:из )?(?:двух )?пут\w+|однопутн\w+ (?:движени|режим)\w*"),
        ("diesel_only", r"(?<!маневровых )(?:тепловоз(?:ами|ах|ов|ы)\b(?! (?:сош|загор|столкн))|под тепловоз\w+|тепловозн\w+ тяг\w+)|дизельн\w{2,3} (?:тяг\w+|локомотив\w+)|(?:на|под) дизел\w+|резервн\w{2,3} локомотив\w+"),
        ("limited", rf"не (?:больше|более) (?:чем )?(?:\w+ ){{1,3}}?(?:поезд|вагон|состав|пар)\w*|(?:до|лишь|только) (?:\w+ ){{1,2}}?(?:\w+ )?(?:поездов|поезда|пар|вагонов) в (?:сутки|день)|(?:огранич|лимит|квот)\w* {_W}{{0,40}}?(?:поезд|вагон|пар)\w* в (?:сутки|день)|(?:квот|лимит)\w+ (?:в|на|для) "),
        ("slowed", r"ограничен\w* (?:\w+ )?скорост\w+|скорост\w+ (?:\w+ )?(?:огранич|сниж|снизил|уменьш|сброс)\w*|(?:сниж|снизил|уменьш|сбросил|сбавил)\w* (?:\w+ )?скорост\w+|(?:с|на) (?:пониженной|сниженной|меньшей|малой|ограниченной|минимальной|небольшой) скорост\w+|со скорост\w+ (?:пешехода|\d+|до|не)|замедл\w+|(?:идут|шли|едут|ехали|ползут|проходят|движутся|следуют) (?:\w+ ){0,3}шагом|пешеходн\w+ скорост|до \d+ ?км/ч|медленнее|\d+ ?км/ч"),
        ("advisory", rf"(?:совет(?:ует|уют|овал\w*)|рекоменд\w+|посовет\w+|призвал\w*|призыва\w+|прос(?:ит|ят|или|ила)|предлага\w+) {_W}{{0,40}}?(?:воздерж|не (?:езд|ехать|польз|отправл)|избег|отказ|выбрать автобус|пересесть|автобус)\w*|воздержаться от (?:поезд)\w*|высок\w{{2,4}} риск\w*|повышенн\w{{2,4}} (?:риск|опасност)\w*"),
        ("normal", r"движени\w+ (?:\w+ ){0,3}?не (?:\w+ )?(?:останавлив|прерыва|прекраща|перекрыва|приостанавлив)\w+|не (?:\w+ )?(?:останавливали|остановили|прерывали|прекращали) (?:\w+ )?движени|не (?:\w+ )?(?:повре\w+|пострада\w+|затрон\w+|повлия\w+|наруш\w+|отраз\w+|отменен\w*|отменя\w+|прекраща\w+|прерыва\w+|останавливалось|подтверд\w+|сказал\w+сь)|(?:без|никаких) (?:\w+ )?(?:задерж|изменен|перебо|перерыв|огранич|опоздан|поврежд|отмен|последств)\w*|(?:по|согласно|в соответствии с) (?:\w+ )?(?:график|расписани)\w*|в (?:обычн|привычн|штатн)\w* режим\w*|как обычно|вовремя|отмен нет|задержек нет|по плану|ни один (?:\w+ )?(?:поезд|рейс) не отмен\w+|невредим\w*|уцелел\w*|обошлось без"),
        ("closed", rf"~(?<!\w){_RU_V}(?!\w)"),
        ("closed", r"непроезж\w+|подорва\w+ (?:пут|поезд|состав|мост|рельс)\w*|взорван\w* (?:пут|мост|рельс)\w*|(?:вода|сель|камн\w+) (?:\w+ )?(?:накры|залил|затопи|смыл|снес|засыпа)\w+ (?:пут|рельс|полотн)\w*|размы\w+ (?:пут|насып|полотн)\w*"),
        ("replaced", rf"(?:автобус|маршрутк)\w* {_W}{{0,40}}?(?:курсир|вез|перевоз|замен|ход|вместо|достав|подвоз|организ|пуст|запуст)\w*|(?:автобусами|автобусом|на автобус\w*|в автобус\w*|автобусах)|вместо (?:\w+ ){{0,2}}(?:поезд|электрич)\w* {_W}{{0,30}}?автобус\w*|(?:курсир|перевоз|вез|замен|организ|назнач|пуст|запуст|предостав)\w+ {_W}{{0,40}}?автобус\w*"),
    ),
}  # fmt: skip
"""Cues of effects; of what overlaps, the first in the list is taken."""
RETURNS: Patterns = {
    "en": (
        ("full", rf"(?:fully|completely|entirely) (?:re-?open\w*|restor\w+|resum\w+|repair\w+|clear\w+)|(?:normal|regular|full|usual|ordinary) (?:working|service|timetable|speed|traffic|operations?|running|schedule|capacity)|(?:back|return\w*|again) (?:\w+ ){{0,3}}?(?:to|on|in) (?:\w+ )?(?:normal|schedule|timetable|usual)|both tracks {_C}{{0,40}}?(?:open|reopen|again|back|use|service|clear)\w*|(?:second|other|damaged) track {_C}{{0,30}}?(?:open|reopen|back|clear|again|restor|use)\w*|(?:reopened|opened|cleared|restored|repaired) (?:both|the second|the other) track|(?:power|current|voltage|electricity|supply|electric traction|overhead line|catenary|contact wire|wires?) {_C}{{0,45}}?(?:back|return\w*|restor\w+|repair\w+|resum\w+|on again|again|switched on|fixed)|(?:restored|repaired|switched on|fixed|returned) (?:the )?(?:power|current|voltage|supply|overhead|electricity|catenary|wire)\w*|(?:restriction|limit|speed limit|warning|quota|advisory|ban)s? {_C}{{0,30}}?(?:lifted|removed|withdrawn|cancelled|ended|dropped)|(?:lifted|removed|ended|dropped|cancelled) (?:the |all )?(?:\w+ )?(?:restriction|limit|warning|quota|ban)s?|(?:run|ran|running|travel\w*) at full speed|electric (?:trains|locomotives|engines) {_C}{{0,30}}?(?:again|back|return\w*|took over)"),
        ("first", rf"(?:first|one) (?:\w+ ){{0,2}}?(?:train|freight|service|express|locomotive)s? {_C}{{0,30}}?(?:went|pass|ran|run|mov|got|cross|left|let|roll|follow|through|depart|travel)\w*|(?:reopened|opened|cleared|restored) (?:one|a) (?:of the (?:two )?)?(?:track|line)s?|one (?:of the )?(?:two )?tracks? {_C}{{0,30}}?(?:re-?open|clear|open|restor)\w*"),
        ("return", r"~(?:resum\w+|restart\w*|re-?open\w*|restor\w+|(?:mov|runn?|go|flow|roll|pass|operat|work|call|depart)\w* (?:\w+ )?(?:again|once more)|(?:ran|went) again|cleared|back in (?:service|use|operation|action)|(?:was|were|been|be|is|are) (?:repaired|opened)|(?:will|to) open\b|let through|(?:be )?used again|usable again|got (?:going|moving|under way)|under way again|set off again|could (?:pass|run|move|continue)|allowed through|unblock\w*|recommenc\w+|(?:n't|not) expect(?:ed)?|expect(?:s|ed|ing)?(?= (?:\w+ )?(?:trains|traffic|service))|(?:was|were|been|be) (?:over|lifted)\b|way (?:was |is )?clear|repairs? (?:\w+ ){0,4}?(?:finish|complet|end|done)\w*|resumption|put right)"),
    ),
    "uk": (
        ("full", rf"повністю {_C}{{0,20}}?(?:відновл|відновил|відкри|запрац)\w*|(?:відновл|відновил)\w* (?:\w+ )?(?:у повному|повністю|повноцінн)\w*|(?:звичн|звичайн|штатн|нормальн|повн)\w{{2,4}} (?:розклад|графік|режим|рух|сполучен)\w*|(?:поверн|увійш|вийш|вклал|вход)\w* {_C}{{0,20}}?(?:графік|розклад|норм)\w*|(?:графік|розклад)\w* {_C}{{0,20}}?(?:поверн|віднов|вирівн|нормаліз)\w*|обидв[аіи]\w* колі\w* {_C}{{0,30}}?(?:відкри|відновл|запрац)\w*|(?:відкри|відновл|відновил|звільн)\w* {_C}{{0,20}}?(?:обидв|друг)\w+ (?:колі\w+)?|друг[уа](?: колі\w+)? {_C}{{0,15}}?(?:відкри|відновл|звільн|запусти)\w*|(?:напруг|живленн|струм|електротяг|електрик|електроенергі|енергопостачан|електропостачан|контактн\w+ (?:мереж|пров)|електропоїзд|електровоз)\w* {_C}{{0,40}}?(?:поверн|віднов|відновл|з'яв|увімк|подал|полагод|відремонт|запуст)\w*|(?:поверн|віднов|відновл|увімк|подал|полагод|відремонтув)\w* {_C}{{0,25}}?(?:напруг|живленн|електрик|електроенергі|струм|електротяг|електрик|електроенергі|енергопостач|електропостач|контактн|мереж|провід)\w*|(?:обмеженн|попередженн|заборон|ліміт|квот)\w* {_C}{{0,20}}?(?:знял|знят|зніма|скасува|скасов|зніму)\w*|(?:знял|знят|зніму|скасува|скасов)\w* {_C}{{0,20}}?(?:обмеженн|попередженн|заборон|ліміт|квот)\w*|(?:насип|полотн)\w* (?:укріп|віднов)\w*|(?:укріп|відбуд)\w+ (?:насип|полотн)\w*|повн\w+ швидк\w+|електротягу обіця\w+|(?:поверн|увімкн|відновит)\w* (?:його|її|їх)(?!\w)"),
        ("first", rf"перш\w{{2,3}} (?:\w+ ){{0,2}}?(?:поїзд|потяг|склад|електричк|вантажн|пасажирськ)\w* {_C}{{0,30}}?(?:пройш|пропуст|вируш|прослід|рушив|проїха|пішо|піш|відправ|проїд|піде)\w*|(?:пройш|пропуст|вируш|прослід|рушив|проїха|пішо)\w* перш\w{{2,3}} (?:\w+ )?(?:поїзд|потяг|склад|електричк)\w*|(?:відкри|відновил|звільн)\w+ одну (?:з |із )?(?:двох )?кол\w+|одну (?:з |із )?(?:двох )?колі\w+ (?:відкри|відновил|звільн)\w+"),
        ("return", r"~(?<!\w)(?:відновл\w+|відновил\w*|віднови\w+|відновит\w*|поновл\w+|поновил\w+|відкри(?:л|т|ю|є)\w*|розблок\w+|запуст\w+|пуст(?:ил|ять|или)\w*|рушил\w*|рушать|знову (?:ход|курсу|йд|пішл|поїх|їзд|їд)\w*|пішл[иоа]|пішов|піш(?:ло)|підуть|піде|поїд\w+|поїхал\w+|налаго\w+|розчист\w+|звільн(?!ен\w+ посад)\w+|полагод\w+|відремонт\w+|запрац\w+|пропустил\w*|вируш\w+|ходитим\w+|курсуватим\w+|проїзн\w+|ліквідува\w+|усунул\w*|усунен\w*)(?!\w)"),
    ),
    "ru": (
        ("full", rf"полностью {_C}{{0,20}}?(?:восстан|откры|откро|зараб)\w*|восстан\w+ (?:\w+ )?(?:в полном|полностью)\w*|(?:обычн|привычн|штатн|нормальн|полн)\w{{2,4}} (?:расписани|график|режим|движени|сообщен)\w*|(?:вернул|вошл|вышл|уложил|войд|верн)\w* {_C}{{0,20}}?(?:график|расписани|норм)\w*|(?:график|расписани)\w* {_C}{{0,20}}?(?:выровн|восстан|наладил|верн|нормализ)\w*|об[ао]\w? пут\w* {_C}{{0,30}}?(?:откры|восстан|зараб)\w*|(?:откры|восстан|освоб)\w* {_C}{{0,20}}?(?:об[ао]|втор)\w+ (?:пут\w+)?|второй(?: путь)? {_C}{{0,15}}?(?:откры|восстан|освоб|запуст)\w*|(?:напряжен|питани|ток|электротяг|электричеств|электроэнерги|энергоснабж|электроснабж|контактн\w+ (?:сет|провод)|электропоезд|электровоз)\w* {_C}{{0,40}}?(?:верн|восстан|появил|включ|подал|подан|почин|отремонт|запуст)\w*|(?:верн|восстан|включил|подал|почин|отремонт)\w* {_C}{{0,25}}?(?:напряжен|питани|электричеств|электроэнерги|ток\b|электротяг|энергоснабж|электроснабж|контактн|сеть|провод)\w*|(?:ограничен|предупрежден|запрет|лимит|квот)\w* {_C}{{0,20}}?(?:снял|снят|сним|отмен)\w*|(?:снял|снят|сним|отмен)\w* {_C}{{0,20}}?(?:ограничен|предупрежден|запрет|лимит|квот)\w*|(?:насып|полотн)\w* (?:укреп|восстан)\w*|(?:укреп|отстро)\w+ (?:насып|полотн)\w*|полн\w+ скорост\w+|ток вернули|(?:верн|включи|восстанов)\w* (?:его|ее|их)(?!\w)"),
        ("first", rf"перв\w{{2,3}} (?:\w+ ){{0,2}}?(?:поезд|состав|электричк|грузов|пассажирск)\w* {_C}{{0,30}}?(?:прош|пропуст|отправ|прослед|тронул|проеха|поше|пойд|проед)\w*|(?:прош|пропуст|отправ|прослед|тронул|проеха|поше)\w* перв\w{{2,3}} (?:\w+ )?(?:поезд|состав|электричк)\w*|(?:откры|освобод)\w+ один (?:из )?(?:двух )?пут\w+|один (?:из )?(?:двух )?пут\w+ (?:откры|освобод|восстан)\w+"),
        ("return", r"~(?<!\w)(?:восстан\w+|возобнов\w+|откры(?:л|т)\w*|откро\w+|разблок\w+|запуст\w+|пуст(?:ил|ят)\w*|тронул\w+|снова (?:ход|курсир|ид|пошл|поех|езд|ед)\w*|пошл[иоа]|пошел|пойд\w+|поед\w+|поехал\w+|налад\w+|расчист\w+|освобод\w+|почин\w+|отремонт\w+|заработ\w+|пропустил\w*|проезж\w+|отправил\w+сь|ликвидиров\w+|устранил\w*|устранен\w*|сообщение восстан\w+)(?!\w)"),
    ),
}  # fmt: skip
"""Cues of the return of traffic: the first train, all of it, or not told which."""
STILL: Mapping[str, str] = {
    "en": r"(?:still|remains?|remained|continues? to be) (?:\w+ ){0,2}?(?:closed|shut|out|blocked|suspended|halted|impassable|under repair|interrupted|cut)|ever since|not yet (?:been )?(?:reopened|restored|resumed|repaired)|(?:repairs?|work) (?:\w+ ){0,2}?(?:still going on|continues?|under way)",
    "uk": r"(?:досі|поки що|наразі|ще) (?:\w+ ){0,2}?(?:закрит|перекрит|не відновл|не ход|не курсу|стоїть|непроїзн)\w*|відтоді|ще не (?:відновл|відкри)\w*|(?:ремонт|роботи) (?:досі )?трива\w+",
    "ru": r"(?:до сих пор|пока|по-прежнему|все еще) (?:\w+ ){0,2}?(?:закрыт|перекрыт|не восстан|не ход|не курсир|стоит|непроезж)\w*|с тех пор|еще не (?:восстан|откры)\w*|(?:ремонт|работы) (?:\w+ )?продолжа\w+",
}  # fmt: skip
TRAFFIC: Mapping[str, str] = {"en": _EN_T, "uk": _UK_T, "ru": _RU_T}
"""What runs and what it runs on: verbs whose pattern begins with ``~`` speak of it."""
HEDGES: Mapping[str, str] = {
    "en": r"\b(?:could|may|might|if|in case|in the event of|risk of (?:\w+ )?(?:closure|delays|cancel\w*|interruption)|fear(?:s|ed)?|rumou?rs?|unless|possib\w+|would have to|threaten\w*|unlikely|no plans?|not planned|alleged\w*|whether)\b",
    "uk": r"(?<!\w)(?:може|можуть|могл[иао]|міг|у разі|в разі|якщо|чутк\w+|не виключа\w+|можлив\w+|ймовірн\w+|не плану\w+|нібито|погрожу\w+|погроз\w+|чи)(?!\w)",
    "ru": r"(?<!\w)(?:может|могут|могл[иао]|мог|в случае|если|слух\w*|не исключ\w+|возможн\w+|вероятн\w+|не планир\w+|якобы|ли|угрожа\w+|грозит\w*|сообщения о)(?!\w)",
}  # fmt: skip
LATE: Mapping[str, str] = {
    "en": r"\b(?:delay(?:s|ed)|held up|behind schedule|(?:minutes|hours?) late|run(?:ning)? late|were late)\b",
    "uk": r"(?<!\w)(?:запізн\w+|затрим(?:к\w+|ал\w*|ан\w*|ув\w+|ую\w+)|спізн\w+)(?!\w)",
    "ru": r"(?<!\w)(?:опозда\w+|задерж\w+)(?!\w)",
}  # fmt: skip
"""Words for trains that are late: no stop of traffic, where nothing else is told."""
OCCURRED: Mapping[str, str] = {
    "en": r"\b(?:it|this|that|the (?:incident|accident|explosion|attack|strike|blast|derailment|crash|collision|fire)) (?:happened|occurred|took place|began|started|was reported)|\b(?:happened|occurred)\b",
    "uk": r"(?<!\w)(?:сталося|стал[аи]ся|стався|трапил\w+|трапився|відбул\w+|спалахнул\w+|розпочал\w+|почал\w+|пролунал\w*|прогримі\w+)(?!\w)",
    "ru": r"(?<!\w)(?:случил\w+|произош\w+|прогреме\w+|прозвуча\w+|началс\w|начал[аои]с\w|вспыхну\w+)(?!\w)",
}  # fmt: skip
"""Words for that something happened, whatever it was."""
RECURS: Mapping[str, str] = {
    "en": r"\b(?:on weekdays|daily|every (?:day|night|weekday|morning|evening)|each (?:day|night)|nightly)\b",
    "uk": r"(?<!\w)(?:щодня|щоночі|щоденно|кожн\w+ (?:дня|ночі|день|ніч)|по буднях|у будні)(?!\w)",
    "ru": r"(?<!\w)(?:ежедневно|еженощно|кажд\w+ (?:день|ночь|дня)|по будням|в будни)(?!\w)",
}  # fmt: skip
"""Words for what comes again every day, of which a clock is no instant."""
GENERAL: Mapping[str, str] = {
    "en": r"\b(?:always|usually|typically|as a rule|every time|in most cases|each time|normally takes|generally)\b",
    "uk": r"(?<!\w)(?:завжди|зазвичай|як правило|щоразу|здебільшого|у більшості випадків)(?!\w)",
    "ru": r"(?<!\w)(?:всегда|обычно|как правило|каждый раз|в большинстве случаев)(?!\w)",
}  # fmt: skip
"""Words of what holds in general and not of one event."""
SOMEWHERE: Mapping[str, str] = {
    "en": r"\b(?:several|some|many|a number of|various|certain|other|numerous) (?:of (?:its|the|their) )?(?:\w+ )?(?:routes|lines|sections|directions|regions|railways|stations)\b|\b(?:nationwide|across the country|across ukraine|countrywide)\b",
    "uk": r"(?<!\w)(?:кільк\w+|низ[кц]\w+|деяк\w+|окрем\w+|багатьо?\w*|інш\w+|усій|по всій) (?:\w+ )?(?:маршрут\w*|ліні\w*|дільниц\w*|ділян\w+|напрямк\w*|област\w*|регіон\w*|україні|країні|станці\w*)",
    "ru": r"(?<!\w)(?:нескольк\w+|ряд\w*|некотор\w+|отдельн\w+|мног\w+|друг\w+|всей|по всей) (?:\w+ )?(?:маршрут\w*|лини\w*|участк\w*|направлени\w*|област\w*|регион\w*|стран\w+|станци\w*)",
}  # fmt: skip
"""Words for places that a text does not name."""
NEGATIONS: Mapping[str, str] = {
    "en": r"(?:\bnot|n't|\bnever|\bwithout|\bnor|\binstead of|\bno)\s(?:(?!but |and |or |until )\w+ ){0,3}$",
    "uk": r"(?<!\w)(?:не|без|жодн\w+|ані|ні|замість)\s(?:\w+ ){0,1}$",
    "ru": r"(?<!\w)(?:не|без|ни один|никак\w+|ни|вместо)\s(?:\w+ ){0,1}$",
}  # fmt: skip
FUTURE: Mapping[str, str] = {
    "en": r"\b(?:will|won't|shall|expect(?:s|ed|ing)?|hop(?:es?|ed|ing)|promis(?:es?|ed|ing)|plan(?:s|ned|ning)?|due to|schedul(?:ed|es)|is to|are to|would|should|aims?|intends?|forecast|estimat\w+|pledg\w+|set to|at the earliest|tomorrow|likely to|going to|want(?:s|ed)? to|'ll)\b",
    "uk": r"(?<!\w)(?:обіця\w+|очіку\w+|сподіва\w+|плану\w+|прогноз\w*|розрахову\w+|має(?= \w+ти)|мають(?= \w+ти)|повин\w+|збира\w+|намір\w*|завтра\w*|не раніше|буде|будуть|орієнтовн\w+|готу\w+|\w+тим(?:е|уть|еться|уться))(?!\w)",
    "ru": r"(?<!\w)(?:обеща\w+|ожида\w+|наде\w+тся|надеются|надеется|планир\w+|прогноз\w*|рассчит\w+|должн\w+|собира\w+|намер\w+|завтра\w*|не раньше|не ранее|будет|будут|ориентир\w+|готов\w+тся)(?!\w)",
}  # fmt: skip
FORECASTS: Mapping[str, str] = {
    "en": r"\b(?:expect\w*|hop(?:es?|ed|ing)|promis\w+|forecast\w*|estimat\w+|aims?|should|would|could|likely|at the earliest|pledg\w+|intends?|want(?:s|ed)? to)\b",
    "uk": r"(?<!\w)(?:обіця\w+|очіку\w+|сподіва\w+|прогноз\w*|розрахову\w+|має|мають|повин\w+|намір\w*|орієнтовн\w+|може|можуть|не раніше)(?!\w)",
    "ru": r"(?<!\w)(?:обеща\w+|ожида\w+|наде\w+|прогноз\w*|рассчит\w+|должн\w+|намер\w+|ориентир\w+|может|могут|не раньше|не ранее)(?!\w)",
}  # fmt: skip
RAIL: Mapping[str, str] = {
    "en": r"\b(?:trains?|rail(?:way|road|s|ways|roads|car|head)?|railwaymen|locomotives?|wagons?|tracks?|sleepers|overhead line|contact wire|catenary|freight|derail\w*|level crossing|electric traction|ukrzaliznytsia|rzd|commuter|suburban|carriages?|sidings?|marshalling|signalling|signal box|the line (?:to|between|from|through)|line (?:to|between|from) |signalman|express|shunt\w+|engine drivers?|train drivers?|diesel (?:engines?|locomotives?)|platforms?)\b",
    "uk": r"(?<!\w)(?:поїзд\w*|потяг\w*|електрич[кц]\w*|електропоїзд\w*|дизель-поїзд\w*|залізни\w+|колі[яїюєй]\w*|рейк\w+|рейок|вагон\w*|локомотив\w*|тепловоз\w*|електровоз\w*|перегон\w*|перегін|контактн\w+ (?:мереж|пров|лін)\w*|станці\w+|вокзал\w*|машиніст\w*|шпал\w*|цистерн\w*|дрезин\w*|укрзалізниц\w+|колійн\w+|приміськ\w+|дільниц\w+|гіл[кц]\w+|рейс\w*|електротяг\w*|дизел\w+|тягов\w+ підстанц\w+|ваговоз\w*|переїзд\w*)(?!\w)",
    "ru": r"(?<!\w)(?:поезд\w*|электричк\w*|электропоезд\w*|дизель-поезд\w*|железн\w+ дорог\w*|железнодорож\w+|рельс\w*|вагон\w*|локомотив\w*|тепловоз\w*|электровоз\w*|перегон\w*|контактн\w+ (?:сет|пров|лин)\w*|станци\w+|вокзал\w*|машинист\w*|шпал\w*|цистерн\w*|дрезин\w*|ржд|путейц\w+|ветк\w+|рейс\w*|электротяг\w*|дизел\w+|пригородн\w+|тягов\w+ подстанц\w+|товарняк\w*|состав(?:ы|ов|ам)?|переезд\w*|ж/д)(?!\w)",
}  # fmt: skip
