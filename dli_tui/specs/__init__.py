"""A dataset spec, the YAML file that a workflow is registered from.

`find` says which file of a project is meant, `reader` turns text into plain values without
trusting it, `model` says whether they make sense. Whatever is wrong is a `SpecError`.
"""
