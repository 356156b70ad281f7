"""The pages of each role that has any, from the table of the product."""

from collections.abc import Mapping

from accounts.roles import RIGHTS
from survey.host.access import Role
from views.shell.pages_by_role import NEEDS

OF_ROLE: Mapping[Role, tuple[str, ...]] = {
    role: pages for role in Role if (pages := tuple(page for page, verb in NEEDS.items() if verb in RIGHTS[role]))
}
