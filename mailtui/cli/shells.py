"""Completion scripts in the three shells' own languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from shlex import quote
from typing import NamedTuple


class OptionSpec(NamedTuple):
    """One option."""

    flags: tuple[str, ...]
    help: str
    takes_value: bool
    is_path: bool
    choices: tuple[str, ...]


class CommandSpec(NamedTuple):
    """One command; the first of a list, with no name, is the program itself."""

    name: str
    summary: str
    options: tuple[OptionSpec, ...]
    words: tuple[str, ...]
    files: bool


def bash(specs: Sequence[CommandSpec]) -> str:
    """Where no word fits, readline completes file names."""
    program, *known = specs
    lines = [
        "# mailtui completion for bash",
        "_mailtui() {",
        "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}",
        "    local command= words= word",
        "    COMPREPLY=()",
        '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        "        case $word in",
        f"            {'|'.join(spec.name for spec in known)}) command=$word; break ;;",
        "        esac",
        "    done",
        "    case $command/$previous in",
    ]
    for spec in specs:
        for option in spec.options:
            if option.takes_value:
                places = "|".join(f"{spec.name or '*'}/{flag}" for flag in option.flags)
                lines.append(f"        {places}) words={quote(' '.join(option.choices))} ;;")
    lines.append("        *) case $command in")
    lines += [f"            {spec.name}) words={quote(_bash_words(spec))} ;;" for spec in known]
    first = " ".join([*(spec.name for spec in known), _bash_words(program)])
    lines += [
        f"            *) words={quote(first)} ;;",
        "        esac ;;",
        "    esac",
        '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")',
        "}",
        "complete -o default -o bashdefault -F _mailtui mailtui",
    ]
    return "\n".join(lines)


def _bash_words(spec: CommandSpec) -> str:
    return " ".join([*spec.words, *(flag for option in spec.options for flag in option.flags)])


def zsh(specs: Sequence[CommandSpec]) -> str:
    """One ``_arguments`` a command."""
    program, *known = specs
    lines = [
        "#compdef mailtui",
        "_mailtui() {",
        "    local command word",
        "    local -a known",
        "    known=(",
        *(f"        {quote(f'{spec.name}:{spec.summary}')}" for spec in known),
        "    )",
        "    for word in ${words[2,CURRENT-1]}; do",
        "        if (( ${known[(I)$word:*]} )); then command=$word; break; fi",
        "    done",
        "    case $command in",
    ]
    for spec in known:
        lines += [
            f"        {spec.name}) _arguments \\",
            *_zsh_options(spec),
            f"            {_zsh_rest(spec)} ;;",
        ]
    lines += [
        "        *) _arguments \\",
        *_zsh_options(program),
        "            '1:command:{ _describe command known }' ;;",
        "    esac",
        "}",
        '_mailtui "$@"',
    ]
    return "\n".join(lines)


def _zsh_options(spec: CommandSpec) -> list[str]:
    lines = []
    for option in spec.options:
        about = option.help.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        value = ""
        if option.takes_value:
            value = f":value:({' '.join(option.choices)})" if option.choices else ":value:"
            value = ":file:_files" if option.is_path else value
        lines += [f"            {quote(f'*{flag}[{about}]{value}')} \\" for flag in option.flags]
    return lines


def _zsh_rest(spec: CommandSpec) -> str:
    """What may follow the command's own word, which to ``_arguments`` is the first."""
    if spec.words:
        words = " ".join(spec.words)
        return f"'1: :' {quote(f'2:word:({words})')}"
    return "'1: :' '*:file:_files'" if spec.files else "'1: :' '*:value:'"


def fish(specs: Sequence[CommandSpec]) -> str:
    """One ``complete`` an option, and one a command."""
    program, *known = specs
    common = set(program.options)
    lines = ["# mailtui completion for fish"]
    first = "complete -c mailtui -n __fish_use_subcommand -f"
    lines += [f"{first} -a {spec.name} -d {_fish(spec.summary)}" for spec in known]
    lines += [f"complete -c mailtui {_fish_option(option)}" for option in program.options]
    for spec in known:
        seen = f"complete -c mailtui -n '__fish_seen_subcommand_from {spec.name}'"
        lines += [f"{seen} {_fish_option(option)}" for option in spec.options if option not in common]
        if spec.words:
            lines.append(f"{seen} -f -a {_fish(' '.join(spec.words))}")
    return "\n".join(lines)


def _fish_option(option: OptionSpec) -> str:
    names = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
    value = ""
    if option.takes_value:
        value = " -r -F" if option.is_path else " -x"
        value += f" -a {_fish(' '.join(option.choices))}" if option.choices else ""
    return f"{names}{value} -d {_fish(option.help)}"


def _fish(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


SCRIPTS: dict[str, Callable[[Sequence[CommandSpec]], str]] = {"bash": bash, "fish": fish, "zsh": zsh}
