"""Words that carry no meaning of their own, by language, and the language that they tell a text to be in.

    language_of("Wie viele Bolzen hat die Schleuse?")  ->  "de"
    is_stop_word("hat", "de"), is_stop_word("hat", "en")  ->  True, False
    is_stop_word("多少", "en")                            ->  True

The lists are short and chosen here: articles, pronouns, prepositions, auxiliaries, question words, without accents, as
`words` gives them. Languages in Latin letters share too many words with one another ("die", "war", "il" of IL-6) to
be put together: only the list of the text's own language counts. Words of other scripts are what they are anywhere.

There is one list a language, and for English a shorter one within it: FUNCTION_WORDS are what a search leaves out,
ENGLISH what the check, the gate and the names of papers pass over as well (the measurement is below).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ragft.corpus.fold import fold, without_accents
from ragft.corpus.writing_systems import pairs

FUNCTION_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below between both
    but by can could did do does doing down during each few for from further had has have having he her here
    hers him his how i if in into is it its itself just me more most my no nor not now of off on once only or
    other our ours out over own same she should so some such than that the their theirs them then there these
    they this those through to too under until up very was we were what when where which while who whom why will
    with would you your yours
    """.split()
)
"""English words that a search leaves out."""
ENGLISH = FUNCTION_WORDS | frozenset(
    """
    across against almost along already although always among another answer away back became become ca called
    came cannot come describe done either else enough even ever every explain first gave get give given go goes
    got hence however instead kind know known let like made mainly make makes many may mean means might mine
    much must need needed needs neither often one onto others per perhaps please put question rather really say
    says see seen several shall since something still take taken takes tell therefore thing things though thus
    together toward upon us use used uses using usually via well whether whose within without wo yes yet
    """.split()
)
"""English words that say nothing by themselves. A search keeps those that are not function words: leaving them out
costs 0.009 nDCG@10 on SQuAD."""

_OTHERS = {
    "de": """aber als am an auch auf aus bei bin bis da damit dann das dass dem den denen der deren des dessen
        die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es
        etwa euch fur gegen gibt hat hatte hatten haben habe hier ich ihm ihn ihnen ihr ihre ihrem ihren ihrer
        im in ins ist ja jede jedem jeden jeder jedes kann kein keine keinen man mehr mein mit muss nach nicht
        noch nur ob oder ohne schon sehr sei sein seine seinem seinen seiner seit sich sie sind so soll sollte
        sowie um und uns unter vom von vor wann war waren warum was weil welche welchem welchen welcher welches
        wem wen wenn wer werden wie wieso wird wo wobei wodurch wofur woher wohin womit woran wurde wurden zu
        zum zur zwischen uber viel viele wieviel heisst""",
    "fr": """a ai alors au aucun aussi autre aux avait avec avoir beaucoup bien c ce cela celle celui ces cet
        cette ceux chaque combien comme comment d dans de des depuis donc dont du elle elles en encore entre est
        et etait etaient ete etre eu fait il ils je l la laquelle le les lequel lesquelles lesquels leur leurs
        lors lui mais meme mes mon ne ni nos notre nous on ont ou par parce pas pendant peu peut plus pour
        pourquoi qu quand que quel quelle quelles quels quelqu qui quoi s sa sans se selon sera ses si soit son
        sont sous sur ta tes toi ton tous tout toute toutes tres tu un une vers vos votre vous y""",
    "es": """a al algo ante antes aquel aquella aquellos asi aun aunque bajo bien cada como con contra cual
        cuales cuando cuanta cuantas cuanto cuantos de del desde donde dos durante e el ella ellas ellos en
        entre era eran es esa esas ese eso esos esta estaba estan estas este esto estos fue fueron ha haber
        habia habian han hasta hay la las le les lo los mas me mi mientras mis muy nada ni no nos nosotros o
        otra otras otro otros para pero poco por porque pues que quien quienes se segun ser si sido sin sobre
        solo son su sus tambien tanto te tenia tiene tienen toda todas todo todos tras tu un una unas uno unos y
        ya yo""",
    "it": """a ad agli ai al alla alle allo anche avere aveva c che chi ci come con contro cosa cui da dagli dai
        dal dalla dalle dallo dei degli del della delle dello di dopo dove e ed era erano essere fra fu furono
        gli ha hanno i il in io la le lei li lo loro lui ma mi mia mio ne nei negli nel nella nelle nello noi
        non nostro o ogni per perche piu poi prima quale quali quando quanta quante quanti quanto quella quelle
        quelli quello questa queste questi questo qui se sei si sia sono stata stati stato su sua sue sugli sui
        sul sulla sulle sullo suo suoi tra tu tutti tutto un una uno vi viene""",
    "pt": """a ainda alem ao aos apenas aquela aquele as ate cada com como contra da das de dela dele deles
        depois desde do dos durante e ela elas ele eles em entre era eram essa essas esse esses esta estao estas
        estava este estes eu foi foram ha isso isto ja la lhe mais mas me mesmo meu muito na nao nas nem no nos
        num numa o onde os ou para pela pelas pelo pelos por porque qual quais quando quanta quantas quanto
        quantos que quem se seja sem ser seu seus so sob sobre sua suas tambem tem tinha toda todas todo todos
        um uma umas uns voce""",
    "nl": """aan al als bij dan dat de deze die dit dus een en er ge geen gaat had hebben heeft hem het hier hij
        hoe hoeveel ik in is ja je kan maar me meer men met mijn naar niet nog nu of om onder ons ook op over te
        tegen toch toen tot u uit van veel voor waar waarom wanneer wat welk welke werd werden wie wij wordt
        worden zich zij zijn zo zonder zou""",
    "sv": """alla andra att av bli blev blir da de dem den denna deras dess dessa det detta dig din du dar efter
        ej eller en er ett fran for fore ha hade han hans har hon hos hur hurdan i icke inte ja jag kan kunde
        man med mellan men min mot mycket nagon nagot nar ni nu och om pa samma sig sin sina ska skulle som till
        under upp ut utan vad var vara varfor varit vem vid vilka vilken vilket ar over""",
    "no": """alle andre at av ble blir bli da de deg dem den denne der deres det dette din disse du eller en er
        et etter for fra ha hadde han hans har hun hva hvem hvilke hvilken hvilket hvor hvordan hvorfor hvis i
        ikke inn ja jeg kan kunne man med mellom men mer mot mye ned noe noen nar og ogsa om opp over pa sa seg
        selv sin skal skulle som til under ut uten var ved vi vil vaere vart""",
    "pl": """a aby ale bez bo by byc byl byla byli bylo byly co czy czyli dla do gdy gdzie go i ich ile im
        innych iz ja jak jaka jakie jako jego jej jest jeszcze jesli juz kiedy kto ktora ktore ktorego ktorej
        ktory ktorych ktorym ktorzy lub ma moze mozna na nad nie niz o od oraz po pod pomiedzy przed przez przy
        roku sa sie tak takze tam te tego tej ten to tych tylko tym u w we wiele wiec z za ze zostal zostala""",
    "cs": """a aby aj ale ani asi az bez bude by byl byla byli bylo byt co coz da do ho i jak jake jako je jeho
        jeji jejich jen jeste ji jiz jsem jsou k kde kdo kdy kdyz ke ktera ktere ktery kolik mezi mit muze na
        nad ne nebo nebyl neni nez o od pak po pod podle pokud pouze pri proc pred s se si sve ta tak take
        tato tedy ten tento to tohoto tom tomto tyto u v ve vsak z za zda ze""",
    "ro": """a acea aceasta aceste acest acesta acestei acestor acestui ai al ale am ar are as asupra atunci au
        avea avut ca care cat cate cati catre ce cea cei cel cele cine cu cum cand da daca de deci despre din
        dintre doar dupa e ea ei el ele era erau este eu fi fie fiind fost iar ii il in insa intr intre isi la
        le li lor lui mai mult multe multi ne nu numai o pe pentru peste pot prin sa sale sau se si spre sub
        sunt te toate tot un una unde unei unele unor unui va vor""",
    "tr": """acaba ama ancak arasinda bana bazi ben bir biri bircok biz bu buna bunda bundan bunlar bunu bunun
        da daha de degil diger diye dolayi en gibi gore hangi hangisi hem henuz her hic icin ile ilgili ise kac
        kadar kendi ki kim kimin midir mi mu mudur nasil ne neden nerede nereye neyi nicin o olan olarak oldu
        oldugu olmak olup onlar onu onun ona oysa sadece sen siz son sonra su tarafindan tum uzere var vardir ve
        veya ya yani yerine yok yoksa zaman
        kacti kactir kimdi kimdir nedir nelerdi nelerdir nereden nereyi neydi neye zamandi""",
    "id": """ada adalah agar akan antara apa apakah atas atau bagaimana bagi bahwa banyak beberapa berapa bisa
        dalam dan dapat dari daripada dengan di dia hanya harus ia ini itu jika juga kapan karena ke kepada
        ketika lain lebih maka mana mereka namun oleh pada para saat saja sangat sebagai sebuah secara sedang
        seperti serta siapa sudah suatu telah tersebut tetapi tidak untuk yaitu yang""",
    "vi": """ai anh ba bao bang bi bo boi cac cai can cho chi chua chung co con cua cung da dang dau de den di
        do duoc duoi gi giua ha hay hon khi khong la lai lam len luc ma mac mot muc nao nay neu ngay nguoi nhieu
        nhu nhung noi o phai qua ra rang rat sao sau se su tai tat the theo thi thuoc toi trong truoc tu tuy va
        vao van ve vi viec voi vua""",
    "fi": """ei eivat eli emme en ennen etta ettei han hanen he heidan hyvin ja jo joka jonka jos jossa jota
        joten kanssa kaikki koska kuin kuinka kuka kun mihin mika mikali mina missa mista mita mitka miten
        milloin miksi mukaan mutta myos ne niiden niin nyt ole oli olivat olla olleet ollut on ovat sen se siita
        siina sita tai taman tama tassa tata vai vain voi yli""",
    "hu": """a az abban ahol aki akik akkor amely amelyek ami amikor arra azok azonban azt csak de egy egyik el
        elott es ez ezek ezt fel hanem hany hogy hogyan hol ide igen is ki kik kit legy lehet lesz lett meg mely
        melyek melyik mert mi mia miert mikor milyen mint minden mit nagyon ne nem nincs o ok olyan s sem
        szerint ugy utan vagy vagyis van vannak volt voltak""",
    "ru": """а без более был была были было быть в вам вас весь во вот все всего всех вы где да для до его ее ей
        ему если есть еще же за здесь и из или им их к как какая какие какими какого какой каком какую кем ко
        когда кого кому которая которого которое которой которые который которых кто куда ли либо между меня мне
        многие может можно мы на над надо наш не него нее нет ни них но ну о об однако он она они оно от откуда
        очень по под после потому почему при про с сам свои свой себя сколько со так также такие такой там те
        тем то тогда того тоже той только том тот ту ты у уже хотя чего чей чем через что чтобы чье чья эта эти
        этих это этого этой этом этот эту я і й та що як який яка які яке коли де скільки чому від є це цей ця
        ці був була було були""",
    "el": """α απο αλλα αν αυτα αυτες αυτη αυτο αυτοι αυτον αυτος αυτου αυτων γιατι για δε δεν εαν ειναι ειχε
        ειχαν εγω εκει ενα ενας ενω επι εχει εχουν η ηταν θα και κατα με μεταξυ μετα μη μια μιας μπορει να ο οι
        ολα οπου οποια οποιο οποιος οτι οταν οχι οπως παρα περι πιο ποια ποιες ποιο ποιοι ποιος ποιους ποιον
        ποσα ποσες ποσο ποσοι ποσους ποτε που πριν προς πως σαν σε στα στη στην στις στο στον στους συ τα τη την
        της τι τις το τοις τον τοτε του τους των υπο ως""",
    "ar": """اذا الا التي الذي الذين اللذان الى ام اما ان انه انها او اي اين ايه بعد بعض بل به بها بين تكون تلك
        تم ثم حتى حول حيث خلال ذلك سوف على علي عن عند عندما غير فان في فيه فيها قبل قد كان كانت كل كم كما كيف
        كيفيه لا لان لدى لدي لقد لكن لم لماذا لن له لها ليس ليست ما ماذا متى متي مثل مع من منذ منه منها نحو هذا
        هذه هل هم هنا هناك هو هي و وقد وكان وكانت ولا ولم وما ومن وهو وهي يتم يكون يمكن بماذا لمن ممن حتي الي""",
    "fa": """از است اما ان ها اند او اي اين اينكه با بايد بر براي برخي بود بودن بودند به بين پس تا چرا چگونه چند
        چه چيزي چيست خود در دارد دارند داشت دو را شد شده شدند شود كجا كدام كرد كردن كرده كردند كس كسي كنند كند
        كه كي كيست ما مي نه نيز نيست هر هم همه هيچ و ولي وي يا يك""",
    "he": """אבל או אולי אותה אותו אותם אז איזה איזו אילו איך אין איפה אך אל אלא אלה אלו אם אנחנו אני אף אשר את
        אתה אתם בו בין בעוד בעת גם דרך הוא היא היה היו היתה הייתה הם הן הרי זאת זה זו חוץ יותר יש כאשר כבר כדי
        כולל כי כל כלל כמה כמו כן לא לאן לה להיות לו לי לפי למה לפני מאד מאוד מאין מדוע מה מהו מהי מי מן מתי נגד
        עד על עם עצמו פי של שלה שלהם שלו תחת""",
    "hi": """अगर अपना अपनी अपने अब आदि आप इन इनका इनकी इनके इन्हें इस इसका इसकी इसके इसमें इससे इसे उन उनका उनकी
        उनके उनमें उन्हें उन्होंने उस उसका उसकी उसके उसने उसमें उसे एक एवं ऐसा ऐसे और क कई कब कर करता करते करना
        करने करें कहाँ कहां कहा का काफी कि कितना कितनी कितने किन किया किस किसका किसकी किसके किसने किसी किसे की
        कुछ के कैसा कैसी कैसे को कोई कौन कौनसा कौनसी क्या क्यों गई गए गया चाहिए जब जहाँ जहां जा जाता जाती जाते
        जाना जाने जिन जिनके जिस जिसका जिसकी जिसके जिसमें जिसे जैसा जैसे जो तक तथा तब तरह तो था थी थीं थे दिया दी
        द्वारा न नहीं ना ने पर पहले फिर बहुत बाद बारे भी मगर मैं मे में यदि यह यहाँ यहां या ये रहा रही रहे लिए
        लेकिन व वह वहाँ वहां वाला वाली वाले वे सकता सकते सब सभी साथ से सो हम ही हुआ हुई हुए है हैं हो होता होती
        होते होना होने""",
    "ko": """무엇 무슨 어떤 어디 어느 누구 언제 얼마 얼마나 입니까 습니까 합니까 됩니까 입니다 습니다 합니다
        됩니다 는가 인가 하는가 되는 하는 있는 있다 있습 이다 였다 었다 된다 한다 했다 에서 으로 까지 부터 에게
        하고 것은 것이 것을 대한 위해 통해 대해 따라""",
    "th": """ที่ และ ใน ของ เป็น มี ได้ จะ ไม่ อะไร เท่าไร เท่าใด เท่าไหร่ กี่ ใคร ไหน ใด อย่างไร ทำไม เมื่อ
        เมื่อไร ว่า ให้ จาก โดย กับ การ ความ แต่ นี้ นั้น ซึ่ง หรือ คือ แล้ว ยัง ก็ ถูก""",
}

# What denies a sentence, as far as it is a word of its own.
_NEGATING_WORDS = {
    "en": "not no never neither nor cannot without none",
    "de": "nicht kein keine keinen keinem keiner nie niemals ohne weder",
    "fr": "pas jamais sans aucun aucune ni",
    "es": "no nunca jamas sin ni ningun ninguna ninguno",
    "it": "non mai senza ne nessun nessuna nessuno",
    "pt": "nao nunca jamais sem nem nenhum nenhuma",
    "nl": "niet geen nooit zonder noch",
    "sv": "inte ej aldrig utan ingen inget inga",
    "no": "ikke aldri uten ingen",
    "pl": "nie nigdy bez ani",
    "cs": "neni nebyl nikdy bez ani",
    "ro": "nu niciodata fara nici",
    "tr": "degil hic yok asla",
    "id": "tidak bukan tanpa belum",
    "vi": "khong chua chang",
    "fi": "ei eivat ilman",
    "hu": "nem nincs soha nelkul sem",
    "ru": "не нет ни никогда без",
    "el": "δεν μην χωρις ουτε ποτε",
    "ar": "لا لم لن ليس ليست غير بدون",
    "fa": "نه نيست نمي بدون هيچ",
    "he": "לא אין אינו אינה בלי ללא",
    "hi": "नहीं न बिना मत",
}
_CONTRACTED = re.compile(r"n't\b")
_IN_A_WORD = re.compile("n't\\b|[不没沒未无無非]|ない|ません|なかっ|ずに|않|못|없|아니|ไม่|มิได้")


def _bare(text: str) -> frozenset[str]:
    return frozenset(without_accents(fold(text)).split())


LATIN = {"en": ENGLISH} | {name: _bare(text) for name, text in _OTHERS.items() if text.split()[0].isascii()}
"""By language, where it is written in Latin letters."""
_OWN_SCRIPT = frozenset(
    piece
    for name, text in _OTHERS.items()
    if name not in LATIN
    for word in _bare(text)
    for piece in (pairs(word) if name in ("ko", "th") else [word])
)
NEGATIONS = {name: _bare(text) for name, text in _NEGATING_WORDS.items()}
"""Words that deny something, by language."""
_NEGATING_ANYWHERE = frozenset().union(*(listed for name, listed in NEGATIONS.items() if name not in LATIN))
_LANGUAGES: dict[str, list[str]] = {}
for _name, _listed in LATIN.items():
    for _word in _listed:
        _LANGUAGES.setdefault(_word, []).append(_name)
_HIRAGANA = re.compile("[\u3041-\u309f]+|[はがをにのでともへやか].|.[はがをにのでともへやか]")
_HAN = re.compile(
    "[的了吗呢吧是在和与及或被把哪谁什么怎几有这那其之于为而且但也都就个们多少如何嗎麼幾個這與為們誰於將]"
)


def is_stop_word(word: str, language: str) -> bool:
    """Whether `word`, as `ragft.corpus.words` gives it, carries no meaning in a text in `language`.

    Of the pairs of Chinese and Japanese, those that hold a particle carry none.
    """
    if word[0] < "\u0370":
        return word in LATIN.get(language, ENGLISH)
    return word in _OWN_SCRIPT or bool(_HIRAGANA.fullmatch(word) or _HAN.search(word))


def language_of(words: Iterable[str]) -> str:
    """The language, of those in Latin letters, that has most of `words` as stop words.

    Of equals English, then the first of the list; English also where a single word of two letters is all that tells
    another: "IL-6 signaling" is not Italian.
    """
    found = set(words)
    counts = dict.fromkeys(LATIN, 0)
    for word in _LANGUAGES.keys() & found:
        for language in _LANGUAGES[word]:
            counts[language] += 1
    best = max(counts, key=lambda language: counts[language])
    telling = [word for word in found & LATIN[best] if word not in ENGLISH]
    return best if any(len(word) > 2 for word in telling) or len(telling) > 1 else "en"


def negations(text: str, words: Iterable[str], language: str) -> int:
    """How many words of `text` deny something; `words` are its words, in `language`.

    Two make an affirmation in English ("not without"). Elsewhere they seldom do ("no … nunca"): there it is at most 1.
    """
    folded = fold(text)
    if language == "en" and folded.isascii():
        return sum(word in NEGATIONS["en"] for word in words) + len(_CONTRACTED.findall(folded))
    listed = NEGATIONS.get(language, frozenset()) | _NEGATING_ANYWHERE
    return int(any(word in listed for word in words) or bool(_IN_A_WORD.search(folded)))
