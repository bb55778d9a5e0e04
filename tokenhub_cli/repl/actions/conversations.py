"""Commands about conversations: begin, find, open, finish, name, copy and export them."""

import json
import sys
import time
from dataclasses import replace

from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.errors import UsageError
from tokenhub_cli.repl.dialogue import CUT, Dialogue
from tokenhub_cli.repl.files import FORCE, write_new_file
from tokenhub_cli.repl.output import cut_lines, measure_columns, write_lines, write_note
from tokenhub_cli.repl.tail import format_tail

MOST_LISTED = 15
CLEAR_SCREEN = "\x1b[2J\x1b[H"  # the scrollback stays: answers are in it


def begin(dialogue: Dialogue, _argument: str) -> None:
    """Begin a new conversation; the one before is kept."""
    dialogue.begin()
    write_note("a new conversation begins")


def clear(dialogue: Dialogue, _argument: str) -> None:
    """Clear the screen and begin a new conversation."""
    if dialogue.session.environ.get("TERM") != "dumb":
        from tokenhub_cli.render.outlet import NoticeOutlet

        NoticeOutlet(sys.stderr).write(CLEAR_SCREEN)
    begin(dialogue, "")


def show_history(dialogue: Dialogue, argument: str) -> None:
    """List kept conversations, or open one."""
    if argument:
        open_conversation(dialogue, find_reference(dialogue, argument))
        return
    from tokenhub_cli.store.listing import Filters

    found = dialogue.session.history.list_conversations(Filters(limit=MOST_LISTED))
    if not found:
        write_note("no conversation is kept yet")
        return
    dialogue.listed = tuple(summary.id for summary in found)
    lines = []
    for number, summary in enumerate(found, 1):
        here = "*" if summary.id == dialogue.conversation.id else " "
        day = format_time(summary.updated_at)
        lines.append(f"{here}{number:>2}  {summary.id}  {day}  {summary.title}")
    write_lines(cut_lines(lines, measure_columns()))
    dialogue.draft = "/history "
    write_note("a number opens that conversation")


def resume(dialogue: Dialogue, argument: str) -> None:
    """Finish an answer that broke off: the newest one, or that of a conversation."""
    history = dialogue.session.history
    if argument:
        reference = find_reference(dialogue, argument)
        conversation: Conversation | None = history.load_conversation(reference)
    else:
        conversation = history.newest_incomplete()
    if conversation is None:
        raise UsageError("no incomplete answer is kept", hint="`/history` shows what is kept")
    last = conversation.turns[-1] if conversation.turns else None
    if last is None or (last.answer is not None and last.answer.status not in CUT):
        raise UsageError(
            f"the last answer of `{conversation.id}` is complete",
            hint=f"`/history {conversation.id}` goes on with it",
        )
    open_conversation(dialogue, conversation.id, tip=last.id)
    dialogue.go_on()


def rename(dialogue: Dialogue, argument: str) -> None:
    """Give the conversation another title."""
    title = " ".join(argument.split())
    conversation = dialogue.conversation
    dialogue.conversation = replace(conversation, title=title)
    if conversation.turns:
        dialogue.keep(lambda history: history.rename(conversation.id, title))
    write_note(f"the conversation is called `{title}`")


def fork(dialogue: Dialogue, argument: str) -> None:
    """Go on in a copy, so that the conversation stays as it is."""
    old = dialogue.conversation
    title = " ".join(argument.split()) or f"{dialogue.title} (fork)"
    fresh = dialogue.session.begin_conversation()
    copy = dialogue.conversation = replace(old.fork(fresh.id), title=title)
    dialogue.keep(lambda history: history.save_turn(copy, copy.turns[-1]))
    if dialogue.session.settings.history:
        write_note(f"this is `{fresh.id}` now; `{old.id}` stays as it is")
    else:
        write_note(f"this is `{fresh.id}` now; neither it nor `{old.id}` is kept")


def search(dialogue: Dialogue, argument: str) -> None:
    """Find words in kept conversations."""
    found = dialogue.session.history.search(argument, limit=MOST_LISTED)
    if not found:
        write_note(f"no kept conversation holds `{argument}`")
        return
    dialogue.listed = tuple(hit.conversation for hit in found)
    lines = []
    for number, hit in enumerate(found, 1):
        lines.append(f"{number:>3}  {hit.conversation}  {format_time(hit.updated_at)}  {hit.title}")
        if hit.place != "title":
            excerpt = "".join(f"[{p.text}]" if p.hit else p.text for p in hit.excerpt)
            lines.append(f"     {hit.place}: {excerpt}")
    write_lines(cut_lines(lines, measure_columns()))
    dialogue.draft = "/history "
    write_note("a number opens that conversation")


def export(dialogue: Dialogue, argument: str) -> None:
    """Write the conversation to a file, in the form that the file's name ends with."""
    name = argument.removesuffix(FORCE).rstrip()
    conversation = replace(dialogue.conversation, title=dialogue.title)
    path = write_new_file(argument, build_export(conversation, name.rpartition(".")[2].lower()))
    count = len(conversation.turns)
    write_note(f"exported {count} question{'s' if count > 1 else ''} to `{path}`")


def build_export(conversation: Conversation, form: str) -> str:
    """Return the conversation as `md`, `json` or `html`.

    Raises:
        UsageError: There is no such form.
    """
    from tokenhub_cli.store.export_html import iterate_html
    from tokenhub_cli.store.exports import build_json, build_markdown

    match form:
        case "md" | "markdown":
            return build_markdown(conversation)
        case "json":
            document = build_json(conversation, conversation.turns)
            return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        case "html" | "htm":
            return "".join(iterate_html([conversation], conversation.title))
        case _:
            raise UsageError(
                f"`.{form}` is none of the forms .md, .json and .html", hint="`/export talk.md`"
            )


def find_reference(dialogue: Dialogue, argument: str) -> str:
    """Return the id that a number of the last list, or the beginning of an id, stands for."""
    word = argument.split(maxsplit=1)[0]
    if word.isascii() and word.isdigit() and 0 < int(word) <= len(dialogue.listed):
        return dialogue.listed[int(word) - 1]
    return word


def open_conversation(dialogue: Dialogue, reference: str, tip: str = "") -> None:
    """Go on with a kept conversation; show its end."""
    conversation = dialogue.session.continue_conversation(reference, tip=tip)
    dialogue.begin(conversation)
    write_lines(format_tail(conversation))


def format_time(seconds: float) -> str:
    """Return seconds since 1970 as local time, to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
