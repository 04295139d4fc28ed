"""The virtual child: one mechanism from which findings, nights and answers to treatment follow.

`children` what a child is; `populations` who is asked; `airway` pressures and what they leave of a breath; `night` one
night as epochs and events; `summary` what a report says of it by a rule set; `treatment` and `trials` time, treatment
and arms; `targets` all of it held to published tables. Every number stands in parameters.toml with its basis.
Patients are invented, and the model is for teaching: it says nothing about a real child.
"""
