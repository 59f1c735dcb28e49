"""From a dataset to findings: what each condition needs, CEL, verdicts.

``judge`` is the step; ``compile_rules`` checks a programme's rules without data and raises at the first
fault, ``rule_problems`` lists every one.
"""

from generator.conditions.compiling import Rules, compile_rules, rule_problems
from generator.conditions.judging import ACCEPTED_RULE, judge

__all__ = ["ACCEPTED_RULE", "Rules", "compile_rules", "judge", "rule_problems"]
