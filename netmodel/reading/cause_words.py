"""Patterns of what an incident was, in three languages; the first kind that fits is taken."""

from __future__ import annotations

from netmodel.reading.effect_words import Patterns

_W = r"[^.;!?\n]"
_C = r"[^.,;!?\n]"
CAUSES: Patterns = {
    "en": (
        ("accident_at_crossing", rf"(?:level|railway|grade|unguarded)[- ]crossings?|(?:lorry|truck|car|bus|tractor|minibus|van)\b {_W}{{0,60}}?(?:(?:over|on|onto|across) the (?:tracks|rails|line)|barriers?|(?:struck by|hit by|collided with|in the path of|in front of) (?:\w+ ){{0,4}}?train)"),
        ("derailment", r"(?<!a )(?<!the )derailed|derail(?!ed)\w*|(?:left|leave|off|jumped|came off|ran off|leaving|come off) the (?:rails|tracks?)|off the rails|(?:wagons?|trains?|locomotives?|engines?|carriages?|tank cars?|tankers?|coach(?:es)?) (?:\w+ ){0,2}?(?:overturned|toppled|tipped|rolled over|turned over|keeled over)"),
        ("strike_action", r"walk(?:ed|ing)? (?:off the job|out)|industrial action|went on strike|(?:train|engine) drivers (?:\w+ )?(?:struck work|strike)|(?:drivers?|staff|crews?|workers?|unions?|railwaymen|conductors)(?:'s?|s')? (?:\w+ ){0,3}?(?:strike|stoppage|walkout)|strike (?:by|of) (?:\w+ )?(?:drivers|staff|workers|crews|railway)|walkout|strike (?:ended|began|continues|that)|on strike|stopped work|downed tools|did not turn up for work"),
        ("bridge_damage", rf"(?:rail(?:way)? )?(?:bridge|culvert|viaduct|overpass)s? {_W}{{0,60}}?(?:damag|destroy|hit|collaps|blown|struck|ramm|fell|wreck|crack)\w*|(?:damag|destroy|hit|struck|blew up|blown up|ramm|collaps|wreck)\w* {_W}{{0,40}}?(?:bridge|viaduct|span|pier)|(?:pier|span) of the bridge|barge"),
        ("train_struck", rf"(?:drones?|missiles?|shells?|rockets?|fpv|strike|attack|shrapnel|shelling|uav|bombs?)\w*[ ,] ?{_W}{{0,50}}?(?:struck|hit|hits|damaged|on|at|against|set fire to|burnt?) (?:\w+ ){{0,4}}?(?:trains?|locomotives?|carriages?|coach(?:es)?|railcars?|railway car|express|wagons?)\b|(?:trains?|locomotives?|carriages?|coach(?:es)?|wagons) {_W}{{0,40}}?(?:struck|hit|attacked|shelled|fired on) by (?:\w+ ){{0,3}}?(?:drones?|missiles?|shells?|rockets?|fpv|uav)|attack(?:ed)? (?:on )?(?:a |the )?(?:\w+ )?trains?\b"),
        ("landslide", r"subsid\w+|sinkhole|landsl(?:ide|ip)s?|mud ?(?:flow|slide)s?|rock ?(?:fall|slide)s?|boulders?|earth slid|slope (?:slid|collapsed|gave way)|avalanche|slipped onto"),
        ("flood", r"flood\w*|(?:melt|high|rising|rain) ?water|inundat\w*|washed (?:out|away)|under water|burst its banks|swollen|washout|wash-out"),
        ("weather", r"\bsnow\w*|blizzard|\bice\b|icing|\bstorms?\b|\bwinds?\b|\bheat\b|heatwave|hurricane|gales?|frost|lightning|thunderstorm|fallen trees?|trees? (?:fell|brought|had fallen)|\brain\b|downpour|drifts|hail|fog|buckled"),
        ("planned_works", r"(?:track|rail|sleeper|bridge|line) (?:renewal|replacement|works?|maintenance|relaying)|(?:planned|scheduled|engineering|repair|maintenance|construction|reconstruction|renewal|track|modernisation|modernization) (?:repair |track )?works?|sleepers are being replaced|works? (?:on|at) the|works (?:will|are to|is to)|being (?:replaced|relaid|renewed|rebuilt|electrified|modernised)|reconstruction|overhaul of the (?:track|line|bridge)|renewal|possession\b|technological window|electrification work|will be (?:relaid|replaced|renewed)"),
        ("fire", r"\bfires?\b|caught fire|\bblaze\b|burn(?:ed|t|ing)\b|in flames|\bsmoke\b"),
        ("power", r"overhead (?:line|wire|contact)s?|contact (?:wire|line|network)s?|catenary|substation|(?:cut|lost|loss of|without|knocked out|no|failure of) (?:\w+ )?(?:the )?(?:current|power|voltage|electricity|traction)|power (?:cut|failure|outage|supply|lines?|grid)|blackout|black-out|traction (?:current|power)|de-?energi[sz]\w+|electricity|voltage|(?:supply|current|power|voltage) (?:had )?(?:failed|gave out|went (?:off|out)|died)"),
        ("signalling", r"signal(?:ling|s)?\b(?! (?:to|that))|interlocking|points failure|switch failure|signal box|telephone block|axle counter"),
        ("rolling_stock", rf"(?:locomotive|engine|train|wagon|railcar|multiple unit|brakes?) {_W}{{0,30}}?(?:broke down|failed|failure|breakdown|caught fire|broken down|defect\w*)|broken[- ]down (?:locomotive|train|engine)|locomotives? {_W}{{0,30}}?collid\w*|brake (?:failure|defect)|hot axle|collided|collision|ran into|crashed into|rammed|(?:two|trains|locomotives) {_W}{{0,20}}?collid\w+"),
        ("station_damage", rf"station(?: building)? {_W}{{0,40}}?(?:damag|destroy|hit|struck|shell|attack)\w*|(?:hit|struck|damaged|destroyed|shelled|attack(?:ed)? (?:on )?) (?:\w+ ){{0,4}}?(?:railway |train )?(?:station|depot)|depot {_W}{{0,20}}?(?:hit|damag|struck)\w*"),
        ("track_damage", rf"(?:tracks?|rails?|line|embankment|railway (?:infrastructure|facilities|equipment)|sleepers|infrastructure|switch(?:es)?) {_W}{{0,40}}?(?:damag|destroy|torn|blown|broke|crack|hit|blast|undercut|sabotage|explo)\w*|(?:damag|destroy|tore|tear|torn|blew|blown|broke|broken|hit|undercut|undermin|crack|target|shell|struck|strik)\w* {_W}{{0,50}}?(?:tracks?\b|rails?\b|embankment|railway (?:infrastructure|line|facilities)|rail infrastructure)|explo(?:sion|ded|sive)\w*|\bblasts?\b|blew up|sabotage|\bbomb(?:s|ed|ing)?\b(?! (?:threat|alert|scare))|\bmines?\b (?:on|under)"),
        ("technical", r"technical (?:fault|reasons?|problem|failure|malfunction)|malfunction|\bfault\b|breakdown|technical"),
        ("security", r"security (?:situation|reasons?|grounds|threat|concerns)|for (?:safety|security)|safety reasons|(?:drone|air[- ]raid) (?:threat|alert|alarm|warning)|(?:danger|threat) of (?:attack|drones|shelling)|air[- ]raid|because of the threat|high[- ]risk|suspicious (?:\w+ )?(?:object|device|bag|package|box|parcel|find)|searched for (?:mines|bombs|explosives|saboteurs)|mines?(?! )|mined\b|bomb (?:threat|alert|scare)|unexploded"),
        ("precaution", r"precaution\w*|as a preventive"),
        ("suspension", r"suspended until further notice|withdrawn from the timetable|temporarily suspended|until further notice|military (?:order|administration's order)"),
        ("other", r"protest\w*|blockade|farmers|moose|elk\b"),
        ("front_line", r"front ?line|fighting (?:near|at|around)|occupied by|captur\w+ (?:the )?(?:town|station|line)|advancing troops"),
    ),
    "uk": (
        ("accident_at_crossing", rf"переїзд\w*|шлагбаум\w*|(?:вантажівк|автобус|автомоб|легков|трактор|фур|маршрутк)\w* {_W}{{0,60}}?(?:зіткн|потрап|опинил|врізал|застряг)\w* {_W}{{0,30}}?(?:поїзд|потяг|електрич[кц]|локомотив)\w*"),
        ("derailment", r"(?:зійш|зійти|сход|злет|зіскоч|злізл|вилет)\w* з (?:рейок|колії|рейків)|з(?:ійш|лет)\w+ (?:\w+ ){0,5}?з (?:рейок|колії)|із рейок|сходження з (?:рейок|колії)|сходженн\w+ (?:\w+ )?(?:вагон|поїзд|потяг|локомотив|дрезин)\w*|схід (?:\w+ ){0,2}?(?:вагон|поїзд|потяг)\w*|з рейок|пустили під укіс|перекинул\w+ (?:\w+ )?(?:вагон|цистерн)\w*"),
        ("strike_action", r"страйк\w*|припинили роботу|відмовил\w+ (?:виходити|працювати|вийти)|не вийшл\w+ на роботу"),
        ("bridge_damage", rf"м[іо]ст\w{{0,2}}(?!\w) {_W}{{0,50}}?(?:пошкод|зруйн|влуч|підірв|підрив|обвал|упа|впа|зачеп|протаран|удар|тріщин)\w*|(?:пошкод|зруйн|влуч|підірв|підрив|поціл|обвал|протаран|зачеп)\w* {_W}{{0,40}}?(?<!\w)(?:м[іо]ст(?:у|а|ом|і|ові|и)?(?!\w)|опор[уаи]|прогін|прольот\w*)|барж\w+|шляхопров\w+"),
        ("train_struck", rf"(?:безпілотник|дрон|ракет|снаряд|бпла|шахед|удар|обстріл|атак|fpv)\w* {_W}{{0,50}}?(?:(?:удар|влуч|поціл|пошкод|атак|обстріл|спал)\w* (?:по |у |в |на )?(?:\w+ ){{0,2}}?|(?:по |у |в |на )(?:\w+(?:ий|ого|ому|у|і) )?)(?:поїзд|потяг|електрич[кц]|електропоїзд|локомотив(?!н)|вагон|тепловоз|електровоз|дизель)\w*(?! (?:вз|зуп))|(?:поїзд|потяг|електрич[кц]|локомотив|вагон)\w* {_W}{{0,30}}?(?:атакува|обстріля|уражен|підбит|влучи)\w*"),
        ("landslide", r"зсув\w*|сел[ью]\w*(?!\w)|сель(?!\w)|каменепад\w*|обвал\w* (?:породи|схил|ґрунт|камін)\w*|камінн\w+|сповз\w+|лавин\w+"),
        ("flood", r"паводк?\w*|пов[іе]н\w{1,3}(?!\w)|підтоп\w+|затоп\w+|розмил\w*|розмит\w*|підмил\w*|підмит\w*|вода (?:накри|зали|підн|затоп|змил)\w*|талі води|велика вода|зливою|злив[аи]|підйом\w* води|прибула вода"),
        ("weather", r"сніг\w*|заметіл\w*|завірюх\w*|хуртовин\w*|ожелед\w*|обмерзан\w*|лід\b|льод\w+|бур[яію]\w*|буревій\w*|шторм\w*|вітр?[ео]?[вм]?\w{0,2}(?!\w)|спек\w+|мороз\w*|гроз[аиоу]\w*|блискав\w+|негод\w+|повален\w+ дерев\w*|дерев\w+ (?:\w+ )?(?:впал|упал|повал)\w*|(?:впал|упал|повал)\w* (?:\w+ )?дерев\w*|злив\w+|дощ\w*|туман\w*|град\w{0,2}(?!\w)"),
        ("planned_works", r"(?:плано|ремонтн|колійн|будівельн|технічн)\w* (?:\w+ )?робіт|(?:планов|ремонтн|колійн)\w+ (?:ремонт|робот)\w*|(?:заміна|заміну|замінюва|міня\w+|заміняють|перекладан\w+|оновлен\w+|оновлю\w+) (?:\w+ )?(?:шпал|рейок|колі|рейк|стріл)\w*|капітальн\w+ ремонт\w*|реконструкці\w+|ремонт\w* (?:колі|мост|лінії|дільниц|станці|тунел)\w*|колійна техніка|технологічн\w+ вікн\w*|ремонтн\w+ \"?вікн\w*|вікно\b|міняють шпали|модернізац\w+|електрифікац\w+|ремонтних робіт|ремонту"),
        ("fire", r"пожеж\w+|загор\w+|займан\w+|горі(?:в|ла|ло|ли|ти)\w*|палав\w*|задимлен\w+|дим\w*(?!\w)|вогон\w*|вогн\w+"),
        ("power", r"контактн\w+ (?:мереж|пров|лін)\w*|підстанці\w+|знеструм\w*|знеживл\w*|(?:без|зникл\w+|зник\w*|немає|відсутн\w+|вимкн\w+) (?:\w+ )?(?:напруг|живленн|струм|світл|електр)\w*|(?:напруг|живленн|струм|електроенергі|електропостачан|енергопостачан)\w*|блекаут\w*|обрив\w* (?:\w+ )?пров\w+|лінії електропередач\w*"),
        ("signalling", r"сигналізац\w+|світлофор\w*|стрілочн\w+ перевод\w*|сцб|централізац\w+|пристро\w+ (?:сцб|зв'язку)|несправн\w+ (?:сигнал|стріл)\w*|автоблокуван\w+"),
        ("rolling_stock", rf"(?:локомотив|тепловоз|електровоз|поїзд|потяг|вагон|електрич[кц])\w* {_W}{{0,25}}?(?:зламал|поламал|вийш\w+ з ладу|несправн|відмов)\w*|(?:поломк|несправніст|злам)\w* (?:\w+ )?(?:локомотив|тепловоз|електровоз|поїзд|потяг|вагон)\w*|зіткн\w+|зіткнен\w+|врізав\w+|врізал\w+|наїха\w+|гальм\w+"),
        ("station_damage", rf"(?:вокзал|станці|депо)\w* {_C}{{0,30}}?(?:пошкод|підпал|зруйн|влуч|обстріл|атак|уражен)\w*|(?:пошкод|зруйн|влуч|поціл|обстріл|атакува|удар)\w* {_C}{{0,30}}?(?<!\w)(?:вокзал|станці|депо)\w*"),
        ("track_damage", rf"(?:пошкод|зруйн|підірв|підрив|розворот|вибух|розрив|злам|понівеч|розбит|перебит|уражен|розкруч|лопну|тріщин|влуч|зігн)\w* {_W}{{0,50}}?(?<!\w)(?:колі|рейк|рейц|рейок|залізн|інфраструктур|насип|полотн)\w*|(?:колі|рейк|залізн|інфраструктур|насип|полотн)\w* {_W}{{0,40}}?(?:пошкод|зруйн|підірв|підрив|розворот|понівеч|вибух|лопну|тріщин|перебит|уражен|зігн|викрив)\w*|вибух\w*|диверсі\w+|підрив\w*|вибухівк\w+"),
        ("technical", r"технічн\w+ (?:причин|несправн|збі|пробле|неполад)\w*|технічний збій|несправн\w+|збій|збою|поломк\w+|аварі\w+"),
        ("security", r"безпеков\w+|(?:міркуван|заход|питан|умов)\w+ безпеки|безпеки (?:пасажир|рух)\w*|загроз\w+ (?:удар|обстріл|дрон|бпла|безпіл|атак)\w*|повітрян\w+ тривог\w*|підвищен\w+ небезпек\w*|замінуван\w+|підозріл\w+ (?:предмет|знахід|пакунок|пакунк|скриньк|ящик|валіз|рюкзак)\w*|на міни|мінуван\w+|диверсант\w*|повідомленн\w+ про (?:бомб|вибухівк|мін)\w*|вибухонебезпечн\w+"),
        ("precaution", r"запобіжн\w+|превентивн\w+|про всяк випадок|застереженн\w+"),
        ("suspension", r"до окремого (?:розпорядження|повідомлення|оголошення)|тимчасово (?:призупин|припин|скасов|не курсу)\w*|до особливого розпорядження"),
        ("other", r"протест\w*|блокад\w*|фермер\w*|\bлос\w{1,2}\b"),
        ("front_line", r"лін[іи]\w+ фронту|прифронтов\w+|бойов\w+ ді\w+|фронт\w*(?!\w)"),
    ),
    "ru": (
        ("accident_at_crossing", rf"(?:на |у |железнодорожн\w+ )переезд\w*|шлагбаум\w*|(?:грузовик|автобус|автомоб|легков|трактор|фур|маршрутк)\w* {_W}{{0,60}}?(?:столкн|попал|оказал|врезал|застрял)\w* {_W}{{0,30}}?(?:поезд|электричк|локомотив)\w*"),
        ("derailment", r"(?:сош|сойти|сход|слет|соскоч|вылет)\w* с (?:рельсов|рельс|пути|путей)|со?(?:ш|шл)\w+ (?:\w+ ){0,5}?с (?:рельс\w*|пути)|сход\w{0,2} (?:\w+ ){0,3}?(?:вагон|поезд|локомотив|состав|дрезин|с рельс)\w*|с рельсов|с рельс|пустили под откос|опрокинул\w+|под откос"),
        ("strike_action", r"забастов\w*|бастова\w*|бастуют|стачк\w+|прекратили работу|отказал\w+ (?:выходить|работать|выйти)|не вышл\w+ на работу"),
        ("bridge_damage", rf"мост\w{{0,2}}(?!\w) {_W}{{0,50}}?(?:повре|разруш|попал|взорв|подорв|подрыв|обруш|упал|задел|протаран|удар|трещин)\w*|(?:повре|разруш|попал|взорв|подорв|подрыв|обруш|протаран|задел|порази)\w* {_W}{{0,40}}?(?<!\w)(?:мост(?:у|а|ом|е|ы)?(?!\w)|опор[уаы]|пролет\w*)|барж\w+|путепровод\w*"),
        ("train_struck", rf"(?:беспилотник|дрон|ракет|снаряд|бпла|удар|обстрел|атак|fpv)\w* {_W}{{0,50}}?(?:(?:удар|попал|порази|повре|атак|обстрел|сжег)\w* (?:по |в |на )?(?:\w+ ){{0,2}}?|(?:по |в |на )(?:\w+(?:ый|ого|ому|ые|ий) )?)(?:поезд|электричк|электропоезд|локомотив(?!н)|вагон|тепловоз|электровоз|состав)\w*|(?:поезд|электричк|локомотив|вагон|состав)\w* {_W}{{0,30}}?(?:атакова|обстреля|поражен|подбит)\w*"),
        ("landslide", r"оползн\w*|оползен\w*|сел[ьяе]\w*(?!\w)|камнепад\w*|обвал\w* (?:пород|склон|грунт|камн)\w*|камн(?:и|ями|ей)\b|лавин\w+|сполз\w+"),
        ("flood", r"паводк?\w*|паводок|наводнен\w+|подтоп\w+|затоп\w+|размыл\w*|размыт\w*|подмыл\w*|подмыт\w*|вода (?:\w+ )?(?:накры|залил|подн|затоп|смыл)\w*|талая вода|тал\w+ вод\w+|большая вода|подъем\w* вод\w+|залил\w* (?:пут|рельс)\w*|половод\w+"),
        ("weather", r"снег\w*|снегопад\w*|метел\w+|вьюг\w*|буран\w*|гололед\w*|наледь\w*|обледен\w+|лед\b|бур[яию]\w*|ураган\w*|шторм\w*|вете?р\w{0,3}(?!\w)|жар[аыеу]\w{0,2}(?!\w)|мороз\w*|гроз[аыоу]\w*|молни\w+|непогод\w+|поваленн\w+ дерев\w*|дерев\w+ (?:\w+ )?(?:упал|повал)\w*|(?:упал|повал)\w* (?:\w+ )?дерев\w*|ливн\w+|ливень|дожд\w+|туман\w*|град\w{0,2}(?!\w)"),
        ("planned_works", r"(?:плано|ремонтн|путев|строительн)\w* (?:\w+ )?работ\w*|(?:планов|ремонтн|путев)\w+ (?:ремонт|работ)\w*|(?:замена|замену|заменят|меняют|укладк\w+|обновлен\w+|обновля\w+) (?:\w+ )?(?:шпал|рельс|пут|стрел)\w*|капитальн\w+ ремонт\w*|реконструкци\w+|ремонт\w* (?:пут|мост|линии|участк|станци|тоннел)\w*|технологическ\w+ окн\w*|ремонтн\w+ \"?окн\w*|окно\b|меняют шпалы|модернизац\w+|электрификац\w+|ремонтных работ|на ремонт"),
        ("fire", r"пожар\w*|загор\w+|возгоран\w+|горел[аио]?\b|пылал\w*|задымлен\w+|дым\w{0,2}(?!\w)|огон\w*|огн[яюе]\w{0,2}"),
        ("power", r"контактн\w+ (?:сет|пров|лин)\w*|подстанци\w+|обесточ\w*|(?:без|исчез\w+|пропал\w*|нет|отключ\w+) (?:\w+ )?(?:напряжен|питани|ток|свет|электр)\w*|(?:напряжен|питани|электроэнерги|электроснабжен|энергоснабжен)\w*|блэкаут\w*|обрыв\w* (?:\w+ )?пров\w+|линии электропередач\w*"),
        ("signalling", r"сигнализац\w+|светофор\w*|стрелочн\w+ перевод\w*|сцб|централизац\w+|неисправн\w+ (?:сигнал|стрел)\w*|автоблокировк\w+"),
        ("rolling_stock", rf"(?:локомотив|тепловоз|электровоз|поезд|вагон|электричк|состав)\w* {_W}{{0,25}}?(?:сломал|вышел из строя|вышла из строя|неисправн|отказал|столкну)\w*|(?:поломк|неисправност)\w* (?:\w+ )?(?:локомотив|тепловоз|электровоз|поезд|вагон)\w*|столкн\w+|столкновен\w+|врезал\w+|наеха\w+|тормоз\w+"),
        ("station_damage", rf"(?:вокзал|станци|депо)\w* {_C}{{0,30}}?(?:повре|разруш|попал|обстрел|атак|поражен)\w*|(?:повре|разруш|попал|порази|обстрел|атакова|удар)\w* {_C}{{0,30}}?(?<!\w)(?:вокзал|станци|депо)\w*"),
        ("track_damage", rf"(?:повре|разруш|взорв|подорв|подрыв|развороч|взрыв|разрыв|излом|трещин|лопну|разбит|перебит|поражен|лопну|трещин|попал|изогн)\w* {_W}{{0,50}}?(?<!\w)(?:пут(?:ь|и|ей|ям|ях)\b|рельс|железн|инфраструктур|насып|полотн)\w*|(?:пут(?:ь|и|ей|ям|ях)\b|рельс|железн|инфраструктур|насып|полотн)\w* {_W}{{0,40}}?(?:повре|разруш|взорв|подорв|подрыв|развороч|взрыв|лопну|трещин|разрыв|излом|перебит|поражен|изогн)\w*|взрыв\w*|взорван\w*|диверси\w+|подрыв\w*|взрывчатк\w+"),
        ("technical", r"техническ\w+ (?:причин|неисправн|сбо|пробле|неполад)\w*|технический сбой|неисправн\w+|сбой|сбоя|поломк\w+|авари\w+"),
        ("security", r"(?:соображен|мер|вопрос|услови|цел)\w+ безопасности|безопасности (?:пассажир|движен)\w*|угроз\w+ (?:удар|обстрел|дрон|бпла|беспил|атак)\w*|воздушн\w+ тревог\w*|повышенн\w+ опасност\w*|минирован\w+|подозрительн\w+ (?:предмет|находк|пакет|ящик|сумк|чемодан|рюкзак|короб)\w*|на мины|диверсант\w*|сообщени\w+ о (?:бомб|взрывчатк|мин)\w*|ситуаци\w+ с безопасностью|взрывоопасн\w+"),
        ("precaution", r"мер[аы] предосторожности|превентивн\w+|на всякий случай"),
        ("suspension", r"до (?:отдельного|особого) (?:распоряжения|уведомления)|временно (?:приостан|прекращ|отмен|не курсир)\w*"),
        ("other", r"протест\w*|блокад\w*|фермер\w*|\bлос\w{1,2}\b"),
        ("front_line", r"лини\w+ фронта|прифронтов\w+|боев\w+ действи\w+|фронт\w*(?!\w)"),
    ),
}  # fmt: skip
"""Kinds of incident, the one that decides first: see `netmodel.evidence.vocabulary.KINDS`."""
TRAFFIC_STOPPING = frozenset(
    {
        "derailment", "bridge_damage", "track_damage", "flood", "landslide", "accident_at_crossing",
        "train_struck", "planned_works", "strike_action", "rolling_stock",
    }
)  # fmt: skip
"""Kinds of which a stop of traffic may be inferred where no effect was read."""
