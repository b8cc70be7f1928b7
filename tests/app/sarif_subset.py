"""What SARIF 2.1.0 (OASIS, errata 01) asks of the parts that Bulkhead writes, as a JSON Schema: every other property is
refused. The official schema is asked too where SARIF_SCHEMA names a copy of it."""

import json
import os

import jsonschema

TEXT = {"type": "object", "additionalProperties": False, "required": ["text"],
        "properties": {"text": {"type": "string", "minLength": 1}, "markdown": {"type": "string"}}}
RULE = {
    "type": "object", "additionalProperties": False, "required": ["id"],
    "properties": {
        "id": {"type": "string", "minLength": 1}, "shortDescription": TEXT, "fullDescription": TEXT, "help": TEXT,
        "defaultConfiguration": {"type": "object", "additionalProperties": False,
                                 "properties": {"level": {"enum": ["none", "note", "warning", "error"]}}},
        "properties": {"type": "object", "properties": {
            "tags": {"type": "array", "uniqueItems": True, "items": {"type": "string"}}}},
    }}
LOCATION = {
    "type": "object", "additionalProperties": False,
    "properties": {
        "physicalLocation": {
            "type": "object", "additionalProperties": False, "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {"type": "object", "additionalProperties": False, "required": ["uri"],
                                     "properties": {"uri": {"type": "string", "pattern": r"^[A-Za-z0-9._~/%:-]+$"}}},
                "region": {"type": "object", "additionalProperties": False,
                           "properties": {"startLine": {"type": "integer", "minimum": 1}}}}},
        "logicalLocations": {"type": "array", "uniqueItems": True, "items": {
            "type": "object", "additionalProperties": False,
            "properties": {"fullyQualifiedName": {"type": "string"}}}},
    }}
RESULT = {
    "type": "object", "additionalProperties": False, "required": ["message", "ruleId", "ruleIndex"],
    "properties": {
        "ruleId": {"type": "string", "minLength": 1}, "ruleIndex": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
        "level": {"enum": ["none", "note", "warning", "error"]}, "message": TEXT,
        "locations": {"type": "array", "items": LOCATION},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    # 3.27.10: another kind than fail goes with the level none alone
    "if": {"properties": {"kind": {"const": "fail"}}}, "else": {"properties": {"level": {"const": "none"}}}}
SUBSET = {
    "type": "object", "additionalProperties": False, "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": {
            "type": "object", "additionalProperties": False, "required": ["tool", "results"],
            "properties": {
                "tool": {"type": "object", "additionalProperties": False, "required": ["driver"], "properties": {
                    "driver": {"type": "object", "additionalProperties": False, "required": ["name"], "properties": {
                        "name": {"type": "string", "minLength": 1}, "version": {"type": "string"},
                        "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
                        "rules": {"type": "array", "uniqueItems": True, "items": RULE}}}}},
                "results": {"type": "array", "items": RESULT}}}}}}


def validate(document):
    """Raises where the document is no SARIF 2.1.0."""
    jsonschema.validate(document, SUBSET)
    official = os.environ.get("SARIF_SCHEMA")
    if official:
        with open(official, encoding="utf-8") as file:
            jsonschema.validate(document, json.load(file))
    for run in document["runs"]:
        rules = run["tool"]["driver"]["rules"]
        if len({rule["id"] for rule in rules}) != len(rules):
            raise ValueError("a rule stands twice")
        for result in run["results"]:
            if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
                raise ValueError(f"{result['ruleId']} is not the rule at its index")
