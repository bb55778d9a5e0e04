"""Ids of conversations and turns: short enough to type, and sorted by their time of birth.

Twelve characters of Crockford's base 32 (no `i l o u`, https://www.crockford.com/base32.html): six
for the seconds since 2020, six of chance. Two ids made in the same second differ by chance alone,
one in a billion alike. Wherever an id is asked for, a prefix that fits one conversation is enough;
four to six characters are, as a rule.
"""

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
EPOCH = 1_577_836_800  # 2020-01-01T00:00:00Z; six characters of seconds last until 2054
TIME_CHARACTERS = 6
RANDOM_CHARACTERS = 6
ID_LENGTH = TIME_CHARACTERS + RANDOM_CHARACTERS

# What a reader may type for a character that the alphabet leaves out.
LOOKALIKES = str.maketrans("ilo", "110")


def new_id(now: float, randomness: bytes) -> str:
    """Return a new id.

    Args:
        now: The time, in seconds since 1970. Earlier than 2020 counts as 2020.
        randomness: At least four bytes of chance, as of `os.urandom(4)`.
    """
    seconds = max(int(now) - EPOCH, 0)
    return _encode(seconds, TIME_CHARACTERS) + _encode(
        int.from_bytes(randomness, "big"), RANDOM_CHARACTERS
    )


def read_time(identifier: str) -> float:
    """Return when an id was made, in seconds since 1970; 2020 for what is no id of ours."""
    seconds = 0
    for character in identifier[:TIME_CHARACTERS]:
        digit = ALPHABET.find(character)
        if digit < 0:
            return float(EPOCH)
        seconds = seconds << 5 | digit
    return float(EPOCH + seconds)


def normalise_prefix(typed: str) -> str:
    """Return what a person typed for an id as the alphabet spells it."""
    return typed.strip().lower().translate(LOOKALIKES)


def _encode(number: int, length: int) -> str:
    """Return the last `length` base-32 digits of `number`."""
    digits: list[str] = []
    for _ in range(length):
        digits.append(ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(digits))
