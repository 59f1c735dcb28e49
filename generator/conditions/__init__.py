"""From a dataset to findings: what each condition needs, CEL, verdicts.

``judge`` is the step; ``compile_rules`` checks a programme's rules without data and raises at the first
fault, ``rule_problems`` lists every one.
"""

from generator.conditions.judge import ACCEPTED_RULE, judge
from generator.conditions.rules import Rules, compile_rules, rule_problems

__all__ = ["ACCEPTED_RULE", "Rules", "compile_rules", "judge", "rule_problems"]
