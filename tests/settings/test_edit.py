"""The configuration file, edited on a real disk by real processes."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.edit import read_file_value, set_setting, unset_setting
from tokenhub_cli.settings.schema import SETTINGS
from tokenhub_cli.settings.sources import read_config_file

FILE = "# mine\nmodel = 'a' # the best\n\n[profiles.work]\nmodel = 'b'\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration file with comments."""
    path = tmp_path / "config.toml"
    path.write_bytes(FILE.encode())
    return path


@pytest.mark.parametrize(
    "original", [FILE, FILE.replace("\n", "\r\n"), "\ufeff" + FILE, FILE.strip()]
)
def test_set_then_unset_leaves_the_file_byte_identical(config: Path, original: str) -> None:
    """Line ends, byte order mark and a missing last newline stay as they were."""
    config.write_bytes(original.encode())
    names = {"options.seed": "1", "profiles.work.idle_timeout": "9", "profiles.new.model": "x"}
    for name, words in names.items():
        set_setting(config, name, [words])
    changed = config.read_bytes()
    for name in names:
        unset_setting(config, name)
    assert changed != original.encode()
    assert config.read_bytes() == original.encode()


def test_what_is_set_is_what_is_read(config: Path) -> None:
    """Values are typed by the schema: numbers, lists, a model with dots in its name."""
    set_setting(config, "options.stop", ["A", "B"])
    set_setting(config, "options.temperature", ["0.5"])
    set_setting(config, "models.gpt-4.1.prices.prompt", ["2"])
    set_setting(config, "default_profile", ["work"])
    read = read_config_file(config)
    assert read.top["options.stop"] == ["A", "B"]
    assert read.top["options.temperature"] == 0.5
    assert read.top["default_profile"] == "work"
    assert read.models == {"gpt-4.1": {"prices.prompt": 2}}
    assert read_file_value(config, ("profiles", "work")) == {"model": "b"}
    assert read_file_value(config, ("profiles", "work", "system")) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((name, ["a", "b", ""]) for name in SETTINGS),
        ("profiles.work.max_retries", ["lots"]),
        ("models.gpt-4.1.prices.prompt", ["lots"]),
        ("profiles.work.headers.Authorization", ["x"]),
        ("headers.x-y", ["\n"]),
    ],
)
def test_the_hint_for_a_wrong_value_is_a_command_that_can_be_run(
    config: Path, name: str, words: list[str]
) -> None:
    """What is expected is shown by an example, for each setting."""
    with pytest.raises(ConfigurationError, match="must be") as caught:
        set_setting(config, name, words)
    _, command, _ = caught.value.hint.split("`")
    program, config_word, verb, typed, *value = shlex.split(command)
    assert (program, config_word, verb) == ("tokenhub", "config", "set")
    assert set_setting(config, typed, value) is not None


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("modle", ["x"], "`modle` is not a setting"),
        ("history", ["maybe"], '`history` must be `true` or `false`, not `"maybe"`'),
        ("model", ["a", "b"], '`model` must be one line of text in quotes, not `["a", "b"]`'),
        ("default_profile", ["wrok"], "there is no profile `wrok` (`default_profile`)"),
        ("base_url", ["me:sk-MARKED@x"], "`base_url` must be a URL that begins with `https://` "),
    ],
)
def test_a_wrong_edit_changes_nothing(
    config: Path, name: str, words: list[str], message: str
) -> None:
    """Name and value are checked before the file is touched."""
    with pytest.raises(ConfigurationError) as caught:
        set_setting(config, name, words)
    assert caught.value.message.startswith(message)
    assert "MARKED" not in caught.value.message
    assert config.read_bytes() == FILE.encode()


def test_a_file_with_a_wrong_setting_can_be_repaired(config: Path) -> None:
    """An unknown name can be unset and a wrong value set, though the file is refused elsewhere."""
    config.write_text("modle = 'x'\nhistory = 'no'\n")
    unset_setting(config, "modle")
    set_setting(config, "history", ["false"])
    assert config.read_text() == "history = false\n"


def test_a_name_that_is_not_set_cannot_be_unset(config: Path) -> None:
    """The message names it and the file; an unknown name is told as such."""
    with pytest.raises(ConfigurationError, match=r"`options\.seed` is not set in"):
        unset_setting(config, "options.seed")
    with pytest.raises(ConfigurationError, match="`optoins` is not a setting"):
        unset_setting(config, "optoins")


def test_broken_toml_is_left_to_the_editor(config: Path) -> None:
    """Neither set nor unset touches a file that does not parse."""
    config.write_text("model = \n")
    for action in (
        lambda: set_setting(config, "model", ["x"]),
        lambda: unset_setting(config, "model"),
    ):
        with pytest.raises(ConfigurationError, match="line 1, column 9"):
            action()
    assert config.read_text() == "model = \n"


def test_a_layout_that_cannot_be_edited_is_left_alone(config: Path) -> None:
    """A value in a table's place is told, with the command that opens the file."""
    config.write_text("options = 1\n")
    with pytest.raises(ConfigurationError, match="`options` is a value") as caught:
        set_setting(config, "options.seed", ["1"])
    assert caught.value.hint == "`tokenhub config edit`"


def test_two_processes_lose_no_edit(config: Path) -> None:
    """Two processes that each make twenty edits leave forty; comments stay."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tokenhub_cli.settings.edit import set_setting\n"
        "for number in range(20):\n"
        "    set_setting(Path(sys.argv[1]), f'options.{sys.argv[2]}{number}', [str(number)])\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(config), name]) for name in ("a", "b")
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    assert len(read_config_file(config).top) == 41
    assert config.read_text().startswith("# mine\nmodel = 'a' # the best\n")
