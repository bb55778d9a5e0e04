"""A long text: a walk through a day in a small harbour town, some four thousand words.

It is put together from sentences by counting, so it is the same each time, and it is made only when
somebody asks for it.
"""

HOURS = (
    ("five in the morning", "the sky over the harbour was the grey of a pigeon's back"),
    ("six", "a first line of rose lay along the water, thin as thread"),
    ("seven", "the sun stood on the roofs of the upper town and had not yet come down"),
    ("eight", "light fell into the lanes at last, and the shutters answered it one by one"),
    ("nine", "the morning was clear enough to count the windows on the far shore"),
    ("ten", "small clouds had come in from the west, in no hurry and in good order"),
    ("eleven", "the shade had drawn back to the foot of the walls"),
    ("noon", "nothing in the square had a shadow longer than itself"),
    ("one in the afternoon", "the heat had put the whole town in a chair and closed its eyes"),
    ("two", "a breeze tried the door of every house and found most of them open"),
    ("three", "the light had turned from white to yellow without anyone seeing it turn"),
    ("four", "the clouds had gone on to their next appointment"),
    ("five", "the walls began to give back the warmth they had borrowed"),
    ("six in the evening", "every west window held a small sun of its own"),
    ("seven in the evening", "the swifts were writing something long and urgent over the bay"),
    ("eight in the evening", "the blue came down the hill and stood in the doorways"),
    ("nine at night", "the lamps along the quay were lit, and each had its double in the water"),
    ("ten at night", "the moon was up, a little worn on one side like an old coin"),
    ("eleven at night", "the town had lowered its voice"),
    ("midnight", "only the lighthouse was still at work"),
)

_PLACES = (
    "I went down the ninety steps to the fish market, where the stones were still wet",
    "I took the lane behind the chapel, which is so narrow that two friends must walk it in turn",
    "I sat on the wall by the slipway with my back to a boat called Patience",
    "I crossed the footbridge, slowly, because it likes to be crossed slowly",
    "I stood for a while in front of the clockmaker's window, where it was many times at once",
    "I followed the old railway, which has carried nothing but brambles for forty years",
    "I walked out along the breakwater as far as the place where the railing ends",
    "I climbed to the bench under the three pines, from which you can see the weather being made",
    "I looked in at the library, which smells of paper, floor wax and other people's summers",
    "I went through the allotments, between bean rows as tall as choirboys",
    "I stopped at the ferry landing, although I was not going anywhere",
)

_PEOPLE = (
    "A woman in a yellow coat was teaching a very small dog to wait, and the dog was teaching her",
    "Two brothers were mending a net without a word, as one reads a long book together",
    "The baker stood in his door, white to the elbows, and looked at the street as if it were his",
    "A girl on a bicycle carried a ladder, and the whole lane took part in it",
    "The ferryman counted his passengers, found one too many, and decided to be generous",
    "An old man was explaining a chess game to a boy who had clearly already won it",
    "The postwoman sorted her letters on the wall and kept the ones with blue envelopes for last",
    "A painter had set up her easel with its back to the view and was painting the onlookers",
    "Three nuns were eating ice cream with great concentration",
    "The schoolteacher went by under an armful of maps, with all of Africa under one elbow",
    "A boy sold me a stone for a penny and then told me, truthfully, where he had found it",
    "The harbour master wound his watch and nodded, as if the tide had asked his leave",
    "A waiter was folding napkins into birds, and had got as far as a small flock",
)

_SOUNDS = (
    "Somewhere a piano was practising the same four bars, and getting the third one right.",
    "The halyards tapped against the masts, a hundred people politely asking for attention.",
    "A gull laughed at its own story before it reached the end.",
    "The bell struck, thought about it, and struck once more for those who had not been listening.",
    "Behind a curtain a radio told the shipping forecast in the voice of a bedtime story.",
    "Water went in and out under the planks like somebody breathing in the next room.",
    "A saw started, sang through its plank, and stopped, well pleased.",
    "The wind turned one page of a newspaper on a bench, and then, after a pause, another.",
    "Two doors further on a kettle came to the boil and was left to sing for a bar or two.",
)

_SMELLS = (
    "There was a smell of bread and tar, which is the smell of wanting breakfast and a voyage.",
    "It smelled of rain that had fallen somewhere else and been talked about here.",
    "The air tasted of salt, and under the salt of thyme from the hill.",
    "Someone was frying onions, and the whole street became a family.",
    "There was coffee in the air, and the promise of more of it.",
    "From an open cellar came the cool breath of apples and old wood.",
    "Cut grass, warm rope, and a little diesel: if there were a flag for it I would fly it.",
)

_THOUGHTS = (
    "I thought of the letters I owe, and of how few of them could not be answered with a walk.",
    "It came to me that a town is a long conversation in which the houses listen.",
    "I have noticed that the best hour of a day is always the one in which I am not counting.",
    "One can look at the sea for a long time without its becoming a habit, on either side.",
    "I tried to remember what had worried me yesterday, and found only the place it had left.",
    "If you stand still long enough, a street forgets you and goes on with what it was doing.",
    "It is a comfort that so much gets done in the world without my having to know how.",
    "There ought to be a word for the moment in which one turns to go and then stays.",
    "Every harbour is a promise that it is possible to come back, kept several times a day.",
    "I decided to learn the names of the winds, beginning with the one that had my hat.",
)

_EVENTS = (
    "A cat crossed from shade to shade without touching the sunlit part, as if for a bet.",
    "A boat came in with its flag upside down, and was told so from four sides at once.",
    "Someone dropped a basket of lemons at the top of the steps, and the street below was kind.",
    "A child let go of a balloon, and for a minute everybody in the square had the same interest.",
    "The tide reached the third step, where it always stops to look about.",
    "A tablecloth took off from a balcony and came down, quite unhurt, on the bronze admiral.",
    "A swallow flew into the post office, read the notices, and flew out again.",
    "Two carts met in the narrow place, and it took a philosopher, who happened by, to part them.",
)

_REMARKS = (
    '"You are late," said the man at the kiosk, "but it has waited for you," and gave me my paper.',
    '"It will be fine tomorrow," said someone behind me, in the tone of a person with influence.',
    '"Mind the rope," said a voice, and then, since I had, "Thank you. Hardly anyone does."',
    '"Which way to the old town?" asked a traveller. "Any," I said, and it is the truth.',
    '"Is that seat taken?" I was asked, and we sat for a while like two books on a shelf.',
    '"They say the river ran there," said the woman with the keys, "and on some nights it does."',
    '"You cannot hurry paint," said the man on the ladder, whom nobody had hurried.',
)

_PARTINGS = (
    "So I turned up my collar and let the lane decide.",
    "I gave the bench to the next person and took the path by the water.",
    "Then I went on, with something like a tune that I could not have sung.",
    "I stayed a little longer than I meant to, and was not sorry.",
    "After that I walked more slowly, so as not to arrive before the hour did.",
    "And I put it with the other things that I mean to tell you.",
)


def write_prose() -> str:
    """Return the walk: one section of two paragraphs for each hour."""
    return "\n\n".join(
        ["A Walk Through the Day", *(_write_hour(number) for number in range(len(HOURS)))]
    )


def _write_hour(number: int) -> str:
    hour, light = HOURS[number]
    opening = f"At {hour} {light}."

    def pick(sentences: tuple[str, ...], offset: int = 0) -> str:
        return sentences[(number * 2 + number // len(sentences) + offset) % len(sentences)]

    first = (
        f"{opening} {pick(_PLACES)}. {pick(_PEOPLE)}. {pick(_SOUNDS)} {pick(_SMELLS)} "
        f"{pick(_THOUGHTS)}"
    )
    second = (
        f"{pick(_EVENTS)} {pick(_PEOPLE, 7)}. {pick(_REMARKS)} {pick(_THOUGHTS, 5)} "
        f"{pick(_SOUNDS, 4)} {pick(_PARTINGS)}"
    )
    return f"{first}\n\n{second}"
