"""Answers of every kind that a seam may fall into, short enough to be cut everywhere."""

# ruff: noqa: RUF001 - these are the punctuation marks that Chinese text is written with

SHORT: dict[str, str] = {
    "a letter": "I",
    "a word": "Certainly.",
    "a line": "\n\nThe sky is blue.\n",
    "prose": (
        "The sky is blue because air scatters short waves more than long ones. The effect has a "
        "name: Rayleigh scattering.\n\nAt dusk the light's way is longer, and the sky turns red."
    ),
    "markdown": (
        "# Steps\n\n1. **Open** the lid.\n2. Turn it *twice*.\n   - gently\n   - gently\n\n"
        "> Note: see [the page](https://example.org/a?b=c).\n"
    ),
    "code": (
        "```python\ndef f(x):\n    if x:\n        for y in x:\n            print(y)\n"
        "    return {\n        1: {\n            2: {}\n        }\n    }\n}\n}\n```\n"
    ),
    "table": (
        "| a | b |\n| --- | --- |\n| 1 | 1 |\n| 1 | 1 |\n| 1 | 1 |\n\n-----\n\n-----\n| 1 | 2 |\n"
    ),
    "refrain": "Row, row, row your boat\nRow, row, row your boat\nRow, row, row your boat\nAmen.",
    "laughter": "ha ha ha ha ha ha ha ha ha ha ha ha ha ha",
    "rule": "-" * 150 + "\n" + "=" * 80 + "\n",
    "han": "机器学习是人工智能的一个分支。机器学习使用数据，机器学习改进模型。\n深度学习也是。",
    "han refrain": "春天来了，花儿开了。" * 4 + "完。",
    "laughing han": "哈" * 30 + "！",
    "thai": "ภาษาไทยไม่มีช่องว่างระหว่างคำ น้ำใจคือสิ่งสำคัญ น้ำใจคือสิ่งสำคัญมาก",
    "emoji": "Fine 👩‍👩‍👧‍👦👍🏽🇩🇪🇫🇷🇯🇵❤️‍🔥 and 🏴󠁧󠁢󠁳󠁣󠁴󠁿 e\u0301e\u0301 done 👍🏽👍🏽👍🏽",
    "hangul": "하늘은 왜 파란가요? \u1112\u1161\u11ab\u1100\u1173\u11af 하늘은 파랗다.",
    "mixed": "使用Python编程 is fun；使用 Rust 编程 too.\t\tEnd\r\n\r\nof it.",
}

LONG = "\n\n".join(
    f"## Part {number}\n\n" + SHORT[name]
    for number, name in enumerate([*SHORT, "prose", "prose", "code", "han"])
)


def is_single_letter(received: str) -> bool:
    """Tell whether so little has come that nothing could prove a continuation."""
    begun = received.strip()
    return len(begun) == 1 and begun.isalnum()


def cut_everywhere(answer: str) -> list[str]:
    """Return what has come of `answer` for a cut at each byte, each text once.

    A decoder hands out whole code points, so a cut inside one leaves the text before it. Where
    nothing but white space has come there is nothing to join to, and the answer is asked afresh.
    """
    encoded = answer.encode()
    cut = {encoded[:offset].decode(errors="ignore") for offset in range(1, len(encoded) + 1)}
    return sorted(filter(str.strip, cut), key=len)
