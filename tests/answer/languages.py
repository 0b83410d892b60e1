"""A note in each of fifteen languages: a question that it answers, the answer, a question about something else."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """`answer` is a sentence of `text` word for word, or nearly so."""

    title: str
    text: str
    question: str
    answer: str
    elsewhere: str


SAMPLES = {
    "en": Sample(
        "The sluice of Harrow",
        "The sluice of Harrow has 223 bolts of bronze. In the year of the flood it was closed by hand.",
        "How many bolts does the sluice of Harrow have?",
        "The sluice of Harrow has 223 bolts of bronze.",
        "Who composed the opera about the magic flute?",
    ),
    "de": Sample(
        "Die Schleuse von Harrow",
        "Die Schleuse von Harrow hat 223 Bolzen aus Bronze. Im Jahr der Flut wurde sie von Hand geschlossen.",
        "Wie viele Bolzen hat die Schleuse von Harrow?",
        "Die Schleuse von Harrow hat 223 Bolzen aus Bronze.",
        "Wer hat die Oper über die Zauberflöte komponiert?",
    ),
    "fr": Sample(
        "L’écluse de Harrow",
        "L’écluse de Harrow compte 223 boulons de bronze. L’année de la crue, elle fut fermée à la main.",
        "Combien de boulons compte l'écluse de Harrow ?",
        "L'écluse de Harrow compte 223 boulons de bronze.",
        "Qui a composé l'opéra de la flûte enchantée ?",
    ),
    "es": Sample(
        "La esclusa de Harrow",
        "La esclusa de Harrow tiene 223 pernos de bronce. En el año de la inundación fue cerrada a mano.",
        "¿Cuántos pernos tiene la esclusa de Harrow?",
        "La esclusa de Harrow tiene 223 pernos de bronce.",
        "¿Quién compuso la ópera de la flauta mágica?",
    ),
    "it": Sample(
        "La chiusa di Harrow",
        "La chiusa di Harrow ha 223 bulloni di bronzo. Nell’anno della piena fu chiusa a mano.",
        "Quanti bulloni ha la chiusa di Harrow?",
        "La chiusa di Harrow ha 223 bulloni di bronzo.",
        "Chi ha composto l'opera del flauto magico?",
    ),
    "pt": Sample(
        "A comporta de Harrow",
        "A comporta de Harrow tem 223 parafusos de bronze. No ano da cheia ela foi fechada à mão.",
        "Quantos parafusos tem a comporta de Harrow?",
        "A comporta de Harrow tem 223 parafusos de bronze.",
        "Quem compôs a ópera da flauta mágica?",
    ),
    "ru": Sample(
        "Шлюз в Харроу",
        "Шлюз в Харроу держится на 223 бронзовых болтах. В год наводнения его закрыли вручную.",
        "На скольких болтах держится шлюз в Харроу?",
        "Шлюз в Харроу держится на 223 бронзовых болтах.",
        "Кто сочинил оперу о волшебной флейте?",
    ),
    "zh": Sample(
        "哈罗水闸",
        "哈罗水闸有二百二十三个青铜螺栓。洪水之年，这座水闸由人手关闭。",
        "哈罗水闸有多少个螺栓？",
        "哈罗水闸有223个青铜螺栓。",
        "魔笛这部歌剧是谁创作的？",
    ),
    "ja": Sample(
        "ハロー水門",
        "ハロー水門には二百二十三本の青銅のボルトがある。洪水の年には手で閉められた。",
        "ハロー水門にはボルトが何本ありますか。",
        "ハロー水門には223本の青銅のボルトがある。",
        "魔笛というオペラを作曲したのは誰ですか。",
    ),
    "ko": Sample(
        "해로 수문",
        "해로 수문에는 청동 볼트 223개가 있다. 홍수가 난 해에 그 수문은 손으로 닫혔다.",
        "해로 수문에는 볼트가 몇 개 있습니까?",
        "해로 수문에는 청동 볼트 223개가 있다.",
        "마술피리라는 오페라는 누가 작곡했습니까?",
    ),
    "hi": Sample(
        "हैरो का जलद्वार",
        "हैरो के जलद्वार में काँसे के 223 बोल्ट हैं। बाढ़ के वर्ष में उसे हाथ से बंद किया गया।",
        "हैरो के जलद्वार में कितने बोल्ट हैं?",
        "हैरो के जलद्वार में कांसे के २२३ बोल्ट हैं।",
        "जादुई बाँसुरी नाम का ओपेरा किसने रचा?",
    ),
    "th": Sample(
        "ประตูน้ำแฮร์โรว์",
        "ประตูน้ำแฮร์โรว์มีสลักเกลียวสำริด 223 ตัว ในปีที่น้ำท่วม ประตูนี้ถูกปิดด้วยมือ",
        "ประตูน้ำแฮร์โรว์มีสลักเกลียวกี่ตัว",
        "ประตูน้ำแฮร์โรว์มีสลักเกลียวสำริด 223 ตัว",
        "ใครแต่งโอเปร่าเรื่องขลุ่ยวิเศษ",
    ),
    "ar": Sample(
        "بوابة هارو",
        "تحتوي بوابة هارو المائية على ٢٢٣ برغيًا من البرونز. وفي سنة الفيضان أُغلقت البوابة باليد.",
        "كم برغيا تحتوي بوابة هارو المائية؟",
        "تحتوي بوابة هارو المائية على 223 برغيا من البرونز.",
        "من ألف أوبرا الناي السحري؟",
    ),
    "he": Sample(
        "הסכר בהארו",
        "בסכר של הארו יש 223 ברגים מארד. בשנת השיטפון נסגר הסכר ביד.",
        "כמה ברגים יש בסכר של הארו?",
        "בסכר של הארו יש 223 ברגים מארד.",
        "מי הלחין את האופרה חליל הקסם?",
    ),
    "tr": Sample(
        "Harrow savağı",
        "Harrow’un savağında bronzdan 223 cıvata var. Sel yılında savak elle kapatıldı.",
        "Harrow'un savağında kaç cıvata var?",
        "Harrow'un savağında bronzdan 223 cıvata var.",
        "Sihirli flüt operasını kim besteledi?",
    ),
}
