"""Holds configurations against the JSON Schema: validate.py SCHEMA EXAMPLES-FOLDER BROKEN-FOLDER.

Every example must be valid. Of the broken ones, those whose error a schema can see must not be; which these are is told by the error.
"""
import json
import pathlib
import re
import sys

import jsonschema
import yaml


class Text(yaml.SafeLoader):
    """YAML with the booleans of 1.2: `on` stays a word, `2:30` and `01` stay text, as the appliance reads them."""


Text.yaml_implicit_resolvers = {}
Text.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Text.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^(?:0|[1-9][0-9]*)$"), list("0123456789"))
Text.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])

VISIBLE = ("unknown key", "out of range", "is not a decimal number", "text because of its quotes", " without '", "stands twice", "is empty",
           "no value", "stands here;", "is not known", "is neither", "is not a power of two", "belongs to", "has no prefix length")


def main(schema_path: str, examples: str, broken: str) -> int:
    schema = json.loads(pathlib.Path(schema_path).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures, valid, refused = [], 0, 0
    for path in sorted(pathlib.Path(examples).glob("*.yaml")):
        errors = list(validator.iter_errors(yaml.load(path.read_text(encoding="utf-8"), Text)))
        failures += [f"{path.name}: {error.json_path}: {error.message}" for error in errors]
        valid += not errors
    for path in sorted(pathlib.Path(broken).glob("*.yaml")):
        expected = path.with_suffix(".expected").read_text(encoding="utf-8")
        visible = [line for line in expected.splitlines() if ": device: " not in line]     # its form depends on the backend
        if not any(word in line for line in visible for word in VISIBLE):
            continue
        try:
            document = yaml.load(path.read_text(encoding="utf-8"), Text)
        except (yaml.YAMLError, UnicodeDecodeError, TypeError):
            continue
        if validator.is_valid(document):
            failures.append(f"{path.name}: the schema accepts what is wrong: {expected.strip()}")
        refused += 1
    print(f"{valid} examples valid, {refused} broken configurations refused by the schema")
    print("\n".join(failures))
    return 1 if failures or valid == 0 or refused == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
