"""Local servers and the supervisor of `gema run`, for the command line and for tests only."""

from api.local.embedded import Urls, servers
from api.local.home import LocalHome
from api.local.ports import choose as choose_port
from api.local.program import Program
from api.local.supervisor import Plan, Supervisor

__all__ = ["LocalHome", "Plan", "Program", "Supervisor", "Urls", "choose_port", "servers"]
