"""Reads the types that a source defines for others to see, by their qualified names."""

import re

SILENT = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
SCOPE = re.compile(r"\bnamespace\s*([\w:]*)\s*\{"
                   r"|(?<!template <)\b(?:struct|class|union|enum(?:\s+class)?)\s+(\w+)(?:\s+final)?"
                   r"\s*(?::(?!:)[^;{}()]*)?\{"
                   r"|[{}]")
HIDDEN = "(of one file)"


def without_texts(source):
    """The source with comments and literals left out; lines stay where they are."""
    return SILENT.sub(lambda match: "\n" * match[0].count("\n"), source)


def defined_types(source):
    """(qualified name, line) of each type at the level of a namespace; those without a name of their own to the
    linker, in unnamed namespaces and in functions, are not among them."""
    text = without_texts(source)
    scopes, found = [], []
    for match in SCOPE.finditer(text):
        if match[0] == "}":
            scopes = scopes[:-1]
        elif match[0].startswith("namespace"):
            scopes.append(match[1] or HIDDEN)
        elif match[2]:
            if None not in scopes and HIDDEN not in scopes:
                found.append(("::".join([*scopes, match[2]]), text.count("\n", 0, match.start()) + 1))
            scopes.append(None)
        else:
            scopes.append(None)
    return found


def find_twins(sources):
    """One line for each type that two places define: {path: text} of the whole program. Two types of one name make
    one of them of the other's size wherever the linker keeps a single copy of what both need
    ([basic.def.odr] in the C++ standard)."""
    first, problems = {}, []
    for path, text in sources.items():
        for name, line in defined_types(text):
            if name in first:
                problems.append(f"{path}:{line}: {name} is defined in {first[name]} too")
            else:
                first[name] = f"{path}:{line}"
    return problems
