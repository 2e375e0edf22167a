"""Hand-off: a release to a training job, submitted once.

submit.py      one hand-off from the claim to its outcome
attempts.py    claims with a lease, state and logs, in the safe zone
launcher.py    what a launcher is: a release in, a receipt out
registry.py    the launchers by name, and the YAML file that chooses one
command.py, webhook.py, kubernetes.py, slurm.py, nothing.py    one launcher each
"""

from pipeline.handoff.attempts import Status, handoffs
from pipeline.handoff.submit import Handoff, submit

__all__ = ["Handoff", "Status", "handoffs", "submit"]
