"""Long pastes shown folded."""

import pytest

from tokenhub_cli.repl.folds import Folds

LONG = "".join(f"{number}\n" for number in range(10_000))


def test_a_short_text_stays_as_it_is() -> None:
    """A dozen lines are shown."""
    assert Folds().fold("a\nb\nc") == "a\nb\nc"


def test_a_long_text_is_named_by_its_lines_and_comes_back() -> None:
    """What stands for it is expanded wherever it stands, byte for byte."""
    folds = Folds()
    assert folds.fold(LONG) == "[pasted 10,000 lines]"
    assert folds.expand("Look: [pasted 10,000 lines] and [pasted 3 lines]") == (
        f"Look: {LONG} and [pasted 3 lines]"
    )


def test_two_texts_of_one_length_have_two_names() -> None:
    """Neither is mistaken for the other; the same text twice has one name."""
    folds = Folds()
    first, second = folds.fold("a\n" * 50), folds.fold("b\n" * 50)
    assert (first, second) == ("[pasted 50 lines]", "[pasted 50 lines, 2]")
    assert folds.fold("a\n" * 50) == first
    assert folds.expand(f"{second}{first}") == "b\n" * 50 + "a\n" * 50


def test_a_long_line_is_named_by_its_characters() -> None:
    """One line of thousands of characters is folded too."""
    assert Folds().fold("x" * 5000) == "[pasted 5,000 characters]"


def test_an_edited_text_is_folded_again() -> None:
    """What of it is a known paste stands folded; a text that is long otherwise is folded whole."""
    folds = Folds()
    folds.fold(LONG)
    assert folds.fold_again(f"New words\n{LONG}") == "New words\n[pasted 10,000 lines]"
    assert folds.fold_again("y\n" * 40) == "[pasted 40 lines]"


@pytest.mark.parametrize("more", ["mine\n" * 5, "mine\n" * 40], ids=["a little", "a lot"])
def test_what_an_edited_text_is_folded_to_is_the_text(more: str) -> None:
    """No paste in it is left as the words that stand for it, also where one begins another."""
    folds = Folds()
    first, second = "a\n" * 30, "a\n" * 50
    names = folds.fold(first) + folds.fold(second)
    edited = folds.expand(names) + more
    assert folds.expand(folds.fold_again(edited)) == edited
    first_name, second_name = folds.fold(first), folds.fold(second)
    assert folds.fold_again(f"{second}x{first}") == f"{second_name}x{first_name}"


def test_what_a_person_wrote_is_told_from_what_was_pasted() -> None:
    """A text from the editor is folded where it is long, and was written all the same."""
    folds = Folds()
    pasted = folds.fold(LONG)
    written = "mine\n" * 40
    words = folds.fold_again(written + LONG)
    assert words != written + pasted
    assert folds.expand_written(f"See {words}") == f"See {written}{pasted}"
    assert folds.expand_written(pasted) == pasted
    assert folds.fold_again(written + LONG) == words


def test_a_fold_is_erased_as_one() -> None:
    """The length of the fold before the cursor is known; other brackets are text."""
    folds = Folds()
    name = folds.fold(LONG)
    assert folds.measure_end(f"see {name}") == len(name)
    assert folds.measure_end("see [pasted 7 lines]") == 0
    assert folds.measure_end("plain") == 0
