import re
from pathlib import Path

from dashboard.cli import COMMANDS, main
from dashboard.schedule import LONGEST
from dashboard.settings import each
from dashboard.worker import BEAT

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")


def test_the_page_for_operators_names_every_setting_with_its_sentence():
    written = dict(re.findall(r"^\| `([a-z_.]+)` \| `FRONTDESK_\w+` \| (.+) \|$", PAGE, re.MULTILINE))
    assert written == {f"{section}.{name}" if section else name: field.description for section, name, field in each()}


def test_the_page_for_operators_gives_the_right_name_in_the_environment():
    for name, variable in re.findall(r"^\| `([a-z_.]+)` \| `(FRONTDESK_\w+)` \|", PAGE, re.MULTILINE):
        assert variable == "FRONTDESK_" + name.upper().replace(".", "__")


def test_the_page_for_operators_names_every_command_with_its_sentence():
    written = dict(re.findall(r"^\| `frontdesk ([\w-]+)` \| (.+) \|$", PAGE, re.MULTILINE))
    assert written == {name: sentence for name, (_, sentence) in COMMANDS.items()}


def test_every_command_and_option_in_the_running_text_exists():
    for words in re.findall(r"(?:`|\$ )frontdesk ([^`\n]+)", PAGE):
        command, options = main, set(re.findall(r"--[a-z-]+", words))
        known = {name for option in main.params for name in option.opts}
        for word in words.split():
            if word in getattr(command, "commands", {}) or (command is main and word in COMMANDS):
                command = command.get_command(None, word)
                known |= {name for option in command.params for name in option.opts}
        assert options <= known, words


def test_the_figures_on_the_page_are_those_of_the_code():
    assert LONGEST == 6 * 3600
    assert BEAT == 5
