"""Whether anything of this is on: three people can say no, and all must say yes."""

from dataclasses import dataclass

from models import Context


@dataclass(frozen=True)
class Switch:
    """The three switches of one course: the operator's, the tenant's, its own."""

    environment: bool
    tenant: bool
    course: bool

    @property
    def on(self) -> bool:
        return self.environment and self.tenant and self.course

    @property
    def off_by(self) -> tuple[str, ...]:
        """Name the switches that are off: `environment`, `tenant`, `course`."""
        states = {
            "environment": self.environment,
            "tenant": self.tenant,
            "course": self.course,
        }
        return tuple(name for name, on in states.items() if not on)


def switch_of(context: Context, *, environment: bool) -> Switch:
    """Return the switches of a course; the environment's is not in the database."""
    return Switch(environment, context.tenant.enabled, context.enabled)
