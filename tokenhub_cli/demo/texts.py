"""The embedded gateway's shorter texts: a poem, code, a table, and a tour of Markdown."""

POEM = """\
The Spring Wind

The spring wind walks along the quay
and tries on every sail;
it reads the harbour's washing-day
as others read the mail.

It counts the swallows on the wire
and sets the last one free,
then lends the willow's pale green fire
a little of the sea.

It turns a page, it turns a vane,
it turns a child's red kite,
forgets its hat, comes back again,
and cannot leave till night.

And when the evening shuts the door
on meadow, roof and bay,
it leaves one petal on the floor
to say it could not stay.
"""

HELLO = "Hello! It is good to hear from you. What shall we look at?"

CODE = '''\
Here is a small, complete answer in Python:

```python
"""Print the longest word that each length of line leaves whole."""

from collections.abc import Iterator


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield the lines of `text`, none longer than `width` where words allow it."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line


if __name__ == "__main__":
    for number, line in enumerate(wrap("The spring wind walks along the quay", 12), start=1):
        print(f"{number:>2} | {line}")
```

Run it with:

```bash
python wrap.py | head -3
```

`wrap` is a generator, so a caller that wants three lines pays for three.
'''

TABLE = """\
| Hour  | Place            | What there is to see          | Steps |
|:------|:-----------------|:------------------------------|------:|
| 05:00 | fish market      | wet stones, yellow coats      |    90 |
| 08:00 | Chapel Lane      | shutters, one after the other |   240 |
| 12:00 | the square       | no shadow to speak of         |   310 |
| 17:00 | the three pines  | weather being made            | 1,120 |
| 21:00 | the quay         | each lamp and its double      |   480 |
| 24:00 | the breakwater   | the lighthouse at work        |   665 |
|-------|------------------|-------------------------------|------:|
| Total | one town         | a whole day                   | 2,905 |
"""

THOUGHTS = """\
The question is short, so the answer should not be long. Let me see what is being asked for, \
what I have prepared, and which of the two is the smaller. I could say it in one way, or in \
another; the first is plainer. I will take the first.
"""

TOUR = """\
# A tour of Markdown

One paragraph with **bold**, *italic*, ***both***, ~~struck~~ and `inline code`, a
[link](https://ai-tokenhub.com "TokenHub"), an autolink <https://example.com/a?b=c&d=e>, and a line
that ends\\
in a hard break.

## Lists

- a plain item
- an item with a nested list
  - one level down
    - two levels down, with `code`
  - back up
- an item with two paragraphs

  The second paragraph belongs to the item.

1. first
2. second
   1. second, first
   2. second, second
10. third, whatever number was written

- [x] a task that is done
- [ ] a task that is not

## Quotes

> A quotation, which goes on
lazily on the next line.
>
> > And one inside it.
>
> - with a list
> - in it

## Code

```python
def greet(name: str) -> str:
    return f"Hello, {name}!"  # a `backtick` and a "quote"
```

```javascript
const greet = (name) => `Hello, ${name}!`;
```

```rust
fn main() {
    println!("{}", ["a", "b"].concat());
}
```

```sql
SELECT city, count(*) AS letters FROM post WHERE stamp IS NOT NULL GROUP BY city;
```

```diff
- the line before
+ the line after
```

````markdown
```text
a fence inside a fence
```
````

~~~
no language, and ``` inside
~~~

    indented by four spaces

## A table

| Left | Centre | Right |
|:-----|:------:|------:|
| ant  | `a-b`  |  1.50 |
| bee  | **b**  | 22.75 |
| 中文 | 全角   |   100 |

## Other scripts

- 日本語のテキストには、単語の間に空白がありません。
- 中文也是这样。标点是全角的。
- 한국어는 띄어쓰기를 합니다.
- Ελληνικά, кириллица, עברית, العربية, हिन्दी, ไทย
- Tiếng Việt: trăng, nước, mùa xuân; e with a combining accent: e\u0301

## Emoji

One 🌱, a family 👨‍👩‍👧‍👦, a thumb 👍🏽, a flag 🇯🇵, a heart ❤️, a keycap 3️⃣, a rainbow flag 🏳️‍🌈.

## Rules and the rest

---

***

Text that looks like a heading
==============================

Mathematics stays text: $e^{i\\pi} + 1 = 0$, and so does 2 * 3 * 4 or snake_case_names.

![a picture](https://example.com/boat.png)

<details><summary>HTML is shown as it is</summary>nothing is hidden</details>

A footnote mark[^1], an entity &amp; an escape \\*not italic\\*.

[^1]: The footnote.

That is all.
"""
