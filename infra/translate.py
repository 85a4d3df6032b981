"""Writes what SAM makes of a template, as CloudFormation is given it: its input's name, its output's.

cfn-lint and `sam validate --lint` let pass what SAM itself refuses at a deployment. `infra/check`
runs this with the packages of its own.
"""

import json
import sys

import boto3
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

source, target, region = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    template = yaml_parse(file.read())
# `sam deploy` uploads folders, and writes where.
for resource in template["Resources"].values():
    for folder in ("CodeUri", "ContentUri"):
        if folder in resource.get("Properties", {}):
            resource["Properties"][folder] = "s3://bucket/key"
session = boto3.Session(region_name=region)
translated = Translator({}, Parser(), boto_session=session).translate(template, {})
with open(target, "w", encoding="utf-8") as file:
    json.dump(translated, file, indent=1, default=str)
