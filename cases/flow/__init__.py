"""The rules of the flow, a module a step of the plan: a command in, acts or a refusal out."""
