"""Commands about the last question and its answer."""

import sys

from tokenhub_cli.errors import UsageError
from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.files import write_new_file
from tokenhub_cli.repl.mentions import find_mentions
from tokenhub_cli.repl.output import write_note


def retry(dialogue: Dialogue, argument: str) -> None:
    """Ask the last question again, by another model if one is named."""
    dialogue.retry(argument)


def go_on(dialogue: Dialogue, _argument: str) -> None:
    """Ask for the rest of the last answer."""
    dialogue.go_on()


def undo(dialogue: Dialogue, argument: str) -> None:
    """Take back the last retry, or the last turns."""
    if dialogue.replaced and not argument:
        dialogue.restore()
        write_note("the answer before the last `/retry` is back; `/undo` takes the question back")
        return
    count = parse_count(argument, "/undo 2") if argument else 1
    taken = dialogue.undo(count)
    left = len(dialogue.conversation.turns)
    turns = "one question" if taken == 1 else f"{taken} questions"
    write_note(f"took back {turns}; {left or 'none'} left")


def edit(dialogue: Dialogue, _argument: str) -> None:
    """Take the last question back into the prompt, a long one into the editor first."""
    question = dialogue.require_turn().question
    text = question.words
    folded = dialogue.folds.fold(text)
    if folded != text:
        from tokenhub_cli.repl.editor import edit_text

        with dialogue.keyboard.lent():
            folded = dialogue.folds.fold_again(edit_text(text, dialogue.session.environ))
    dialogue.undo(1)
    mentioned = find_mentions(dialogue.folds.expand_written(folded))
    pictures = [image.source or image.url for image in question.images]
    dialogue.files += [path for path in question.files if path not in mentioned]
    dialogue.pictures += [source for source in pictures if source not in mentioned]
    dialogue.draft = folded
    write_note("the last question is back in the prompt; Ctrl-G opens it in your editor")


def copy(dialogue: Dialogue, argument: str) -> None:
    """Copy the last answer or one of its code blocks."""
    from tokenhub_cli.repl.clipboard import copy_text

    text, name = str(dialogue.require_answer().text), "the answer"
    if argument:
        text, name = _pick_code(text, argument)
    way = copy_text(text, dialogue.session.environ, sys.stderr)
    write_note(f"copied {name} ({len(text):,} characters) {way}")


def save(dialogue: Dialogue, argument: str) -> None:
    """Write the last answer to a file."""
    text = str(dialogue.require_answer().text)
    path = write_new_file(argument, text if text.endswith("\n") else f"{text}\n")
    write_note(f"saved the answer in `{path}`")


def parse_count(text: str, example: str) -> int:
    """Return a number that a person typed.

    Raises:
        UsageError: It is no number from 1 on.
    """
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise UsageError(f"`{text}` is not a number from 1 on", hint=f"`{example}`")
    return int(text)


def _pick_code(text: str, argument: str) -> tuple[str, str]:
    from tokenhub_cli.render.fences import find_code_blocks

    word, _, number = argument.partition(" ")
    if word != "code":
        raise UsageError(f"`/copy {argument}` cannot be understood", hint="`/copy code 2`")
    blocks = find_code_blocks(text)
    if not blocks:
        raise UsageError("the last answer holds no code block", hint="`/copy`")
    chosen = parse_count(number.strip(), "/copy code 2") if number.strip() else 1
    if chosen > len(blocks):
        held = f"{len(blocks)} code block{'s' if len(blocks) > 1 else ''}"
        raise UsageError(f"the last answer holds {held}", hint=f"`/copy code {len(blocks)}`")
    return blocks[chosen - 1], f"code block {chosen} of {len(blocks)}"
